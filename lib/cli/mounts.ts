import {
  type HostOptions,
  listMounts,
  type MountTable,
  type SecretVolumeSurvey,
  surveySecretVolumes,
} from '../index.ts';
import { mountsDocument } from '../report/mounts-json.ts';
import { explainText, mountsText } from '../report/mounts-text.ts';
import { EXIT } from './exit-code.ts';
import { parseMilliseconds, parsePid } from './number.ts';
import { type OutputOptions, print, printJson, terminalStyle } from './output.ts';
import { openTarget } from './target.ts';

function toOptions(options: OutputOptions): HostOptions {
  const timeout = parseMilliseconds('--timeout', String(options.timeout));
  return typeof options.host === 'string' ? { timeout, host: parsePid('--host', options.host) } : { timeout };
}

function toExitCode(table: MountTable, { volumes, unmatched }: SecretVolumeSurvey): number {
  const unknown = volumes.some(({ keys, stale }) => keys === null || stale === null);
  const cut = table.malformed > 0 || table.truncated || table.length === 0;
  return unknown || cut || unmatched === null || unmatched.length > 0 ? EXIT.incomplete : EXIT.done;
}

/** `podprobe mounts`. */
export async function runMounts(target: string, options: OutputOptions): Promise<number> {
  const host = toOptions(options);
  await using held = await openTarget(target, options);
  const table = await listMounts(held, host);
  const survey = await surveySecretVolumes(held, host);
  if (options.json === true) printJson(mountsDocument(held.pid, table, survey));
  else if (options.explain === true) print(explainText(table, survey, terminalStyle()));
  else print(mountsText(held.pid, table, survey, terminalStyle()));
  return toExitCode(table, survey);
}
