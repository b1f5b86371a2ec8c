import { readFileSync } from 'node:fs';
import {
  environmentDrift,
  type ProcessEnvironment,
  type ReadEnvironmentOptions,
  readEnvironment,
  UsageError,
} from '../index.ts';
import type { Disclosure } from '../report/entry.ts';
import { envDocument } from '../report/env-json.ts';
import { envText } from '../report/env-text.ts';
import { createFingerprint } from '../report/fingerprint.ts';
import { EXIT } from './exit-code.ts';
import { parseMilliseconds } from './number.ts';
import { type OutputOptions, print, printJson, terminalStyle } from './output.ts';
import { parseTarget } from './target.ts';

const SHORTEST_KEY = 16;

function readKey(path: string): Buffer {
  let key: Buffer;
  try {
    key = readFileSync(path);
  } catch (cause) {
    throw new UsageError('--fingerprint-key', `cannot be read: ${(cause as Error).message}`);
  }
  if (key.length < SHORTEST_KEY)
    throw new UsageError('--fingerprint-key', `must hold at least ${SHORTEST_KEY} bytes: ${path}`);
  return key;
}

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

function toDisclosure(options: OutputOptions): Disclosure {
  const path = options.fingerprintKey;
  return {
    fingerprint: createFingerprint(typeof path === 'string' ? readKey(path) : undefined),
    reveal: options.reveal === true,
  };
}

function toExitCode({ initial, live }: ProcessEnvironment): number {
  const unknown =
    (live !== null && live.state !== 'ok') || initial?.state === 'unreadable' || initial?.truncated === true;
  return unknown ? EXIT.incomplete : EXIT.done;
}

/** `podprobe env`. */
export async function runEnv(target: string, options: OutputOptions): Promise<number> {
  const disclosure = toDisclosure(options);
  using environment = await readEnvironment(parseTarget(target), toReadOptions(options));
  if (options.json === true) printJson(envDocument(environment, disclosure));
  else print(envText(environment, disclosure, terminalStyle()));
  const code = toExitCode(environment);
  const drifted = options.exitCode === true && (environmentDrift(environment)?.length ?? 0) > 0;
  return code === EXIT.done && drifted ? EXIT.found : code;
}
