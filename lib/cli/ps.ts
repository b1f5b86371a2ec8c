import { uptime } from 'node:os';
import type { PodList } from '../kube/pod-list.ts';
import { listPods, type ListPodsOptions } from '../kube/pods.ts';
import type { PsMoment } from '../report/ps-owner.ts';
import { complain } from './complaint.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
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

function moment(): PsMoment {
  return { uptime: uptime(), userNames: readUserNames() };
}

/** The list takes its time: what shows it is loaded meanwhile. */
async function show(listing: Promise<PodList>, options: OutputOptions): Promise<PodList> {
  if (options['json'] === true) {
    const [list, { psDocument }] = await Promise.all([listing, import('../report/ps-json.ts')]);
    printJson(psDocument(list, moment()));
    return list;
  }
  const [list, { psText }] = await Promise.all([listing, import('../report/ps-text.ts')]);
  print(psText(list, moment(), terminalStyle()));
  return list;
}

function toListOptions(options: OutputOptions): ListPodsOptions {
  return {
    secrets: true,
    timeout: parseMilliseconds('--timeout', options['timeout']),
    stateDirectories: parseStateDirectories(options['stateDirectory']),
    ...(typeof options['host'] === 'string' ? { host: parsePid('--host', options['host']) } : {}),
  };
}

/** `podprobe ps`. */
export async function runPs(options: OutputOptions): Promise<number> {
  try {
    return toExitCode(await show(listPods(toListOptions(options)), options));
  } catch (error) {
    complain(error);
    return exitCodeOf(error);
  }
}
