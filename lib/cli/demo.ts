import { runSetenvExperiment } from '../demo/setenv.ts';
import { UsageError } from '../index.ts';
import { setenvDocument, setenvText } from '../report/setenv.ts';
import { EXIT } from './exit-code.ts';
import { type OutputOptions, print, printJson, terminalStyle } from './output.ts';

/** `podprobe demo`. */
export async function runDemo(name: string, options: OutputOptions): Promise<number> {
  if (name !== 'setenv') throw new UsageError('demo', `'${name}' is not known: setenv is`);
  const experiment = await runSetenvExperiment();
  if (options.json === true) printJson(setenvDocument(experiment));
  else print(setenvText(experiment, terminalStyle()));
  const { before, after } = experiment;
  return before.live.state === 'ok' && after.live.state === 'ok' ? EXIT.done : EXIT.incomplete;
}
