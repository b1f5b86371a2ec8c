import { PodRefused, runPodExperiment } from '../demo/pod.ts';
import { runSetenvExperiment } from '../demo/setenv.ts';
import { UsageError } from '../index.ts';
import { podDocument, podRefusedText, podText } from '../report/pod.ts';
import { setenvDocument, setenvText } from '../report/setenv.ts';
import { EXIT } from './exit-code.ts';
import { type OutputOptions, print, printJson, terminalStyle } from './output.ts';

/** What one experiment came to: to be printed for people or as a document. */
interface Told {
  readonly text: string[];
  readonly document: object | null;
  readonly code: number;
}

async function tellSetenv(): Promise<Told> {
  const experiment = await runSetenvExperiment();
  const { before, after } = experiment;
  const known = before.live.state === 'ok' && after.live.state === 'ok';
  return {
    text: setenvText(experiment, terminalStyle()),
    document: setenvDocument(experiment),
    code: known ? EXIT.done : EXIT.incomplete,
  };
}

async function tellPod(): Promise<Told> {
  const experiment = await runPodExperiment();
  return { text: podText(experiment, terminalStyle()), document: podDocument(experiment), code: EXIT.done };
}

/** With the other one, it may be left out. */
async function tellPodOrWhy(): Promise<Told> {
  try {
    return await tellPod();
  } catch (error) {
    if (!(error instanceof PodRefused)) throw error;
    return { text: podRefusedText(error.message, terminalStyle()), document: null, code: EXIT.done };
  }
}

async function runBoth(json: boolean): Promise<number> {
  const setenv = await tellSetenv();
  if (!json) print([...setenv.text, '', '']);
  const pod = await tellPodOrWhy();
  if (json) printJson({ schema: 'podprobe/demo/v1', setenv: setenv.document, pod: pod.document });
  else print(pod.text);
  return Math.max(setenv.code, pod.code);
}

const TALES: Readonly<Record<string, () => Promise<Told>>> = { setenv: tellSetenv, pod: tellPod };

/** `podprobe demo`: one of the experiments, or both. */
export async function runDemo(name: string | undefined, options: OutputOptions): Promise<number> {
  const json = options.json === true;
  if (name === undefined) return runBoth(json);
  const tell = Object.hasOwn(TALES, name) ? TALES[name] : undefined;
  if (tell === undefined) throw new UsageError('demo', `'${name}' is not known: setenv and pod are`);
  const { text, document, code } = await tell();
  if (json) printJson(document as object);
  else print(text);
  return code;
}
