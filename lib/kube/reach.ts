import type { ProcMount } from './proc-view.ts';
import type { Verdict } from './reader-rule.ts';
import type { ReadTarget } from './reader-target.ts';

type Named = Pick<ReadTarget, 'pidNamespaces' | 'allPidNamespaces'>;

function describe({ path, pidNamespace }: ProcMount, own: number | null, pidNamespaces: readonly number[]): string {
  if (pidNamespace !== own)
    return `through the /proc of a pid namespace ${place(pidNamespace, pidNamespaces)} at ${path}`;
  return `in ${pidNamespace === pidNamespaces[0] ? 'the same pid namespace' : 'a pid namespace above it'}`;
}

function place(pidNamespace: number | null, [own]: readonly number[]): string {
  return pidNamespace === own ? 'of it' : 'above it';
}

/**
 * @internal Whether a process can name /proc/PID of another: a /proc is mounted where it is that shows it, of the pid namespace
 * of the other or of one above. `seen` are the pid namespaces of processes that this one sees: none of them is above its own.
 *
 * With `hidepid` a /proc hides processes only from those whom the kernel lets read no environ of them: it changes nothing.
 * Source: pid_namespaces(7), "/proc and PID namespaces"; fs/proc/base.c `has_pid_permissions`.
 */
export function judgeReach(
  mounts: readonly ProcMount[] | null,
  own: number | null,
  { pidNamespaces, allPidNamespaces }: Named,
  seen: ReadonlySet<number>,
): Verdict {
  if (mounts === null) return { answer: 'unknown', reason: 'its mounts could not be read' };
  const showing = mounts.filter(({ pidNamespace }) => pidNamespace !== null && pidNamespaces.includes(pidNamespace));
  const best = showing.find(({ pidNamespace }) => pidNamespace === own) ?? showing[0];
  if (best !== undefined) return { answer: 'yes', reason: describe(best, own, pidNamespaces) };
  const unknown = mounts.find(
    ({ pidNamespace }) => pidNamespace === null || (!allPidNamespaces && !seen.has(pidNamespace)),
  );
  if (unknown !== undefined) {
    return { answer: 'unknown', reason: `whose processes its /proc at ${unknown.path} shows could not be told` };
  }
  const reason = mounts.length === 0 ? 'no /proc is mounted where it is' : 'its /proc shows other pid namespaces only';
  return { answer: 'no', reason };
}
