import { resolve } from 'node:path';
import {
  type HostOptions,
  parseVolumePath,
  type VolumeNews,
  watchAllSecretVolumes,
  watchSecretVolume,
  watchSecretVolumesOf,
  UsageError,
} from '../index.ts';
import { watchDocument, watchText } from '../report/watch.ts';
import { complain } from './complaint.ts';
import { toDisclosure } from './disclosure.ts';
import { EXIT } from './exit-code.ts';
import { parseMilliseconds } from './number.ts';
import { type OutputOptions, printLine, terminalStyle, toJsonLine } from './output.ts';
import { parseTarget } from './target.ts';

const PID = /^\d+$/;

async function* watchPath(path: string, options: HostOptions): AsyncGenerator<VolumeNews> {
  const identity = parseVolumePath(Buffer.from(resolve(path)));
  for await (const event of watchSecretVolume(path, options)) yield { path: event.path, identity, event, error: null };
}

function choose(target: string | undefined, all: boolean, options: HostOptions): AsyncIterable<VolumeNews> {
  if (all === (target !== undefined)) throw new UsageError('target', 'or --all must be given, and not both');
  if (target === undefined) return watchAllSecretVolumes(options);
  return PID.test(target) ? watchSecretVolumesOf(parseTarget(target), options) : watchPath(target, options);
}

function parseCount(text: unknown): number {
  if (text === undefined) return Infinity;
  if (!/^[1-9]\d{0,8}$/.test(String(text)))
    throw new UsageError('--count', `must be a number of events, not '${text}'`);
  return Number(text);
}

function toOptions(options: OutputOptions, signal: AbortSignal): HostOptions {
  const timeout = parseMilliseconds('--timeout', String(options.timeout));
  return { timeout, signal, ...(typeof options.host === 'string' ? { host: parseTarget(options.host) } : {}) };
}

/** `podprobe watch`. */
export async function runWatch(target: string | undefined, options: OutputOptions): Promise<number> {
  const interrupt = new AbortController();
  const disclosure = toDisclosure(options);
  const style = terminalStyle();
  const asText = options.json !== true && process.stdout.isTTY === true;
  let left = parseCount(options['count']);
  let code: number = EXIT.done;
  const news = choose(target, options['all'] === true, toOptions(options, interrupt.signal));
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
