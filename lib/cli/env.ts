import {
  type BundleEnvironment,
  type ContainerIdentity,
  environmentDrift,
  identifyContainer,
  openProcess,
  type Process,
  type ProcessEnvironment,
  type ReadEnvironmentOptions,
  readBundleEnvironment,
  readEnvironment,
  SystemError,
  type WaitOptions,
} from '../index.ts';
import { type EnvironmentContext, envDocument } from '../report/env-json.ts';
import { envText } from '../report/env-text.ts';
import { toDisclosure } from './disclosure.ts';
import { EXIT } from './exit-code.ts';
import { parseMilliseconds } from './number.ts';
import { type OutputOptions, print, printJson, terminalStyle } from './output.ts';
import { parseTarget } from './target.ts';

const LAYERS = ['bundle', 'initial', 'live'] as const;

/** The layers that were asked for: all where none was named. */
function layersOf(options: OutputOptions): Record<(typeof LAYERS)[number], boolean> {
  const all = LAYERS.every((layer) => options[layer] !== true);
  const wanted = (layer: (typeof LAYERS)[number]): boolean => all || options[layer] === true;
  return { bundle: wanted('bundle'), initial: wanted('initial'), live: wanted('live') };
}

function toReadOptions(options: OutputOptions): ReadEnvironmentOptions {
  const { initial, live } = layersOf(options);
  const stopTimeout = parseMilliseconds('--stop-timeout', options['stopTimeout']);
  return {
    initial,
    live,
    stop: options['stop'] === true && stopTimeout,
    timeout: parseMilliseconds('--timeout', options.timeout),
  };
}

function toExitCode({ initial, live }: ProcessEnvironment, bundle: BundleEnvironment | null): number {
  const unknown =
    (live !== null && live.state !== 'ok') ||
    initial?.state === 'unreadable' ||
    initial?.truncated === true ||
    bundle?.state === 'unknown' ||
    bundle?.state === 'unreadable' ||
    bundle?.truncated === true;
  return unknown ? EXIT.incomplete : EXIT.done;
}

/** Null where the process has ended meanwhile, or may not be seen: what was read of its environment stands. */
async function orNull<Value>(read: Promise<Value>): Promise<Value | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof SystemError) return null;
    throw error;
  }
}

type Surroundings = { readonly identity: ContainerIdentity | null; readonly bundle: BundleEnvironment | null };

async function survey(held: Process, withBundle: boolean, { timeout }: WaitOptions): Promise<Surroundings> {
  const options = timeout === undefined ? {} : { timeout };
  if (!withBundle) return { identity: await orNull(identifyContainer(held, options)), bundle: null };
  const bundle = await orNull(readBundleEnvironment(held, options));
  return { identity: bundle?.identity ?? null, bundle };
}

/** `podprobe env`. */
export async function runEnv(target: string, options: OutputOptions): Promise<number> {
  const disclosure = toDisclosure(options);
  const readOptions = toReadOptions(options);
  await using held = await openProcess(parseTarget(target));
  using environment = await readEnvironment(held, readOptions);
  const context: EnvironmentContext & Surroundings = await survey(held, layersOf(options).bundle, readOptions);
  using bundle = context.bundle;
  if (options.json === true) printJson(envDocument(environment, disclosure, context));
  else print(envText(environment, disclosure, terminalStyle(), context));
  const code = toExitCode(environment, bundle);
  const drifted = options.exitCode === true && (environmentDrift(environment)?.length ?? 0) > 0;
  return code === EXIT.done && drifted ? EXIT.found : code;
}
