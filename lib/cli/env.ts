import {
  type BundleEnvironment,
  type ContainerIdentity,
  type EnvironReaders,
  environmentDrift,
  identifyContainer,
  type IdentifyOptions,
  findKubelet,
  type Process,
  type ProcessEnvironment,
  type ReadEnvironmentOptions,
  readBundleEnvironment,
  readEnvironment,
  readersOf,
  readVariableOrigins,
  SystemError,
  UsageError,
  type VariableOrigins,
  type WaitOptions,
} from '../index.ts';
import { type EnvironmentContext, envDocument } from '../report/env-json.ts';
import { envText } from '../report/env-text.ts';
import { toDisclosure } from './disclosure.ts';
import { EXIT } from './exit-code.ts';
import { parseMilliseconds } from './number.ts';
import { type OutputOptions, print, printJson, terminalStyle } from './output.ts';
import { parseStateDirectories } from './state-directories.ts';
import { openTarget } from './target.ts';

interface Surroundings extends EnvironmentContext {
  readonly origins: VariableOrigins;
  readonly identity: ContainerIdentity | null;
  readonly bundle: BundleEnvironment | null;
  readonly readers: EnvironReaders | null;
}

const LAYERS = ['bundle', 'initial', 'live'] as const;

/** The layers that were asked for: all where nothing was named. */
function layersOf(options: OutputOptions): Record<(typeof LAYERS)[number], boolean> {
  const all = options['readers'] !== true && LAYERS.every((layer) => options[layer] !== true);
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

function isUnknown({ initial, live }: ProcessEnvironment, { bundle, readers }: Surroundings): boolean {
  return (
    (live !== null && live.state !== 'ok') ||
    initial?.state === 'unreadable' ||
    initial?.truncated === true ||
    bundle?.state === 'unknown' ||
    bundle?.state === 'unreadable' ||
    bundle?.truncated === true ||
    readers?.complete === false ||
    readers?.readers.some(({ answer }) => answer === 'unknown') === true
  );
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

async function endpointOf(text: string): Promise<string> {
  if (text !== 'auto') return text;
  const { containerRuntimeEndpoint } = await findKubelet();
  if (containerRuntimeEndpoint !== null) return containerRuntimeEndpoint.value;
  throw new UsageError('--cri', 'must name a socket: no kubelet and none of the usual sockets were found');
}

/** Who set each variable; nothing unless the runtime is to be asked, and for what is in no container. */
async function originsOf(
  identity: ContainerIdentity | null,
  cri: unknown,
  wait: WaitOptions,
): Promise<VariableOrigins> {
  const id = identity?.containerId ?? null;
  if (typeof cri !== 'string' || id === null) return new Map();
  return (await readVariableOrigins(id, await endpointOf(cri), wait)) ?? new Map();
}

async function survey(held: Process, options: OutputOptions): Promise<Surroundings> {
  const wait: IdentifyOptions = {
    timeout: parseMilliseconds('--timeout', options.timeout),
    stateDirectories: parseStateDirectories(options['stateDirectory']),
  };
  const bundle = layersOf(options).bundle ? await orNull(readBundleEnvironment(held, wait)) : null;
  const identity = bundle?.identity ?? (await orNull(identifyContainer(held, wait)));
  const readers = options['readers'] === true ? await readersOf(held, wait) : null;
  const origins = await originsOf(identity, options['cri'], wait);
  return { identity, bundle, readers, origins };
}

/** `podprobe env`. */
export async function runEnv(target: string, options: OutputOptions): Promise<number> {
  const disclosure = toDisclosure(options);
  const readOptions = toReadOptions(options);
  await using held = await openTarget(target, options);
  using environment = await readEnvironment(held, readOptions);
  const context = await survey(held, options);
  using _bundle = context.bundle;
  if (options.json === true) printJson(envDocument(environment, disclosure, context));
  else print(envText(environment, disclosure, terminalStyle(), context));
  const code = isUnknown(environment, context) ? EXIT.incomplete : EXIT.done;
  const drifted = options.exitCode === true && (environmentDrift(environment)?.length ?? 0) > 0;
  return code === EXIT.done && drifted ? EXIT.found : code;
}
