import { resolve } from 'node:path';
import {
  type HostOptions,
  parseVolumePath,
  resolvePod,
  type VolumeNews,
  watchAllSecretVolumes,
  watchSecretVolume,
  watchSecretVolumesOf,
  watchSecretVolumesOfPod,
  UsageError,
} from '../index.ts';
import { parseTargetName } from '../kube/target-name.ts';
import { watchDocument, watchText } from '../report/watch.ts';
import { complain } from './complaint.ts';
import { toDisclosure } from './disclosure.ts';
import { EXIT } from './exit-code.ts';
import { parseMilliseconds, parsePid } from './number.ts';
import { type OutputOptions, printLine, terminalStyle, toJsonLine } from './output.ts';
import { parseStateDirectories } from './state-directories.ts';
import { openTarget } from './target.ts';

/** A path that begins with `/` or `.` is no name of a target. */
function isTarget(text: string): boolean {
  return /^\d+$/.test(text) || parseTargetName(text) !== null;
}

async function* watchPath(path: string, options: HostOptions): AsyncGenerator<VolumeNews> {
  const identity = parseVolumePath(Buffer.from(resolve(path)));
  for await (const event of watchSecretVolume(path, options)) yield { path: event.path, identity, event, error: null };
}

/** All secret volumes of a pod, or those that one of its containers, or a process, has. */
async function* watchTarget(target: string, host: HostOptions, options: OutputOptions): AsyncGenerator<VolumeNews> {
  const stateDirectories = parseStateDirectories(options['stateDirectory']);
  const name = parseTargetName(target);
  if (name?.kind === 'pod' && name.container === null) {
    const { uid } = await resolvePod(target, { stateDirectories });
    yield* watchSecretVolumesOfPod(uid, host);
    return;
  }
  await using held = await openTarget(target, options);
  yield* watchSecretVolumesOf(held, host);
}

function choose(target: string | undefined, host: HostOptions, options: OutputOptions): AsyncIterable<VolumeNews> {
  if ((options['all'] === true) === (target !== undefined))
    throw new UsageError('target', 'or --all must be given, and not both');
  if (target === undefined) return watchAllSecretVolumes(host);
  return isTarget(target) ? watchTarget(target, host, options) : watchPath(target, host);
}

function parseCount(text: unknown): number {
  if (text === undefined) return Infinity;
  if (!/^[1-9]\d{0,8}$/.test(String(text)))
    throw new UsageError('--count', `must be a number of events, not '${text}'`);
  return Number(text);
}

function toOptions(options: OutputOptions, signal: AbortSignal): HostOptions {
  const timeout = parseMilliseconds('--timeout', String(options.timeout));
  return { timeout, signal, ...(typeof options.host === 'string' ? { host: parsePid('--host', options.host) } : {}) };
}

/** `podprobe watch`. */
export async function runWatch(target: string | undefined, options: OutputOptions): Promise<number> {
  const interrupt = new AbortController();
  const disclosure = toDisclosure(options);
  const style = terminalStyle();
  const asText = options.json !== true && process.stdout.isTTY === true;
  let left = parseCount(options['count']);
  let code: number = EXIT.done;
  const news = choose(target, toOptions(options, interrupt.signal), options);
  process.once('SIGINT', () => interrupt.abort());
  try {
    for await (const { event, ...rest } of news) {
      if (event === null) {
        complain(rest.error);
        code = EXIT.incomplete;
        continue;
      }
      using told = event;
      const line = { ...rest, event: told };
      await printLine(asText ? watchText(line, disclosure, style) : toJsonLine(watchDocument(line, disclosure)));
      left -= 1;
      if (left === 0) break;
    }
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
  }
  return code;
}
