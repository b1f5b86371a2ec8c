import { scanProgress } from '../report/trail-progress.ts';
import type { TrailOptions } from '../trail.ts';
import { parsePid } from './number.ts';
import type { OutputOptions } from './output.ts';
import type { ProgressLine } from './progress-line.ts';
import { parseStateDirectories } from './state-directories.ts';

/** What a trail is looked for with, the same in each look. */
export function toScanOptions(options: OutputOptions, progress: ProgressLine): TrailOptions {
  const { host } = options;
  return {
    stateDirectories: parseStateDirectories(options['stateDirectory']),
    strict: options['strict'] === true,
    onProgress: (done, total) => progress.show(scanProgress(done, total)),
    ...(typeof host === 'string' ? { host: parsePid('--host', host) } : {}),
  };
}
