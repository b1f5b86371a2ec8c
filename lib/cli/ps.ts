import { uptime } from 'node:os';
import type { PodList } from '../kube/pod-list.ts';
import { listPods } from '../kube/pods.ts';
import { psDocument } from '../report/ps-json.ts';
import { psText } from '../report/ps-text.ts';
import { EXIT } from './exit-code.ts';
import { parseMilliseconds, parsePid } from './number.ts';
import { type OutputOptions, print, printJson, terminalStyle } from './output.ts';
import { parseStateDirectories } from './state-directories.ts';
import { readUserNames } from './user-names.ts';

function toExitCode({ pods, containers, other, findings }: PodList): number {
  const all = [
    ...findings,
    ...[...pods.flatMap((pod) => pod.containers), ...containers].flatMap((one) => one.findings),
  ];
  const unread = all.some(({ code }) => code.startsWith('unreadable-'));
  return unread || other.unknown > 0 ? EXIT.incomplete : EXIT.done;
}

/** `podprobe ps`. */
export async function runPs(options: OutputOptions): Promise<number> {
  const list = await listPods({
    secrets: true,
    timeout: parseMilliseconds('--timeout', options['timeout']),
    stateDirectories: parseStateDirectories(options['stateDirectory']),
    ...(typeof options['host'] === 'string' ? { host: parsePid('--host', options['host']) } : {}),
  });
  const now = { uptime: uptime(), userNames: readUserNames() };
  if (options['json'] === true) printJson(psDocument(list, now));
  else print(psText(list, now, terminalStyle()));
  return toExitCode(list);
}
