import {
  type ContainerIdentity,
  environmentDrift,
  identifyContainer,
  type IdentifyOptions,
  type Process,
  type ProcessEnvironment,
  type ReadEnvironmentOptions,
  readEnvironment,
  SystemError,
} from '../index.ts';
import { envDocument } from '../report/env-json.ts';
import { envText } from '../report/env-text.ts';
import { toDisclosure } from './disclosure.ts';
import { EXIT } from './exit-code.ts';
import { parseMilliseconds } from './number.ts';
import { type OutputOptions, print, printJson, terminalStyle } from './output.ts';
import { parseStateDirectories } from './state-directories.ts';
import { openTarget } from './target.ts';

function toReadOptions(options: OutputOptions): ReadEnvironmentOptions {
  const both = options.initial === options.live;
  const stopTimeout = parseMilliseconds('--stop-timeout', options['stopTimeout']);
  return {
    initial: both || options.initial === true,
    live: both || options.live === true,
    stop: options['stop'] === true && stopTimeout,
    timeout: parseMilliseconds('--timeout', options.timeout),
  };
}

function toExitCode({ initial, live }: ProcessEnvironment): number {
  const unknown =
    (live !== null && live.state !== 'ok') || initial?.state === 'unreadable' || initial?.truncated === true;
  return unknown ? EXIT.incomplete : EXIT.done;
}

/** Null where the process has ended meanwhile, or may not be seen: what was read of its environment stands. */
async function identify(held: Process, options: IdentifyOptions): Promise<ContainerIdentity | null> {
  try {
    return await identifyContainer(held, options);
  } catch (error) {
    if (error instanceof SystemError) return null;
    throw error;
  }
}

/** `podprobe env`. */
export async function runEnv(target: string, options: OutputOptions): Promise<number> {
  const disclosure = toDisclosure(options);
  const readOptions = toReadOptions(options);
  const stateDirectories = parseStateDirectories(options['stateDirectory']);
  await using held = await openTarget(target, options);
  using environment = await readEnvironment(held, readOptions);
  const identity = await identify(held, {
    timeout: parseMilliseconds('--timeout', options['timeout']),
    stateDirectories,
  });
  if (options.json === true) printJson(envDocument(environment, disclosure, identity));
  else print(envText(environment, disclosure, terminalStyle(), identity));
  const code = toExitCode(environment);
  const drifted = options.exitCode === true && (environmentDrift(environment)?.length ?? 0) > 0;
  return code === EXIT.done && drifted ? EXIT.found : code;
}
