import type { ProcessSummary } from '../processes.ts';
import { parseCgroupFile } from './cgroup-file.ts';

/** What the node's own processes have. */
export interface NodeView {
  /** As {@link containerOf} gives it. */
  readonly container: string;
  readonly pidNamespace: number | null;
}

/** The container of a process; empty when it is in none. */
export function containerOf({ cgroup }: ProcessSummary): string {
  const place = cgroup === null ? undefined : parseCgroupFile(cgroup).chosen?.place;
  return place === undefined ? '' : `${place.podUid ?? ''}/${place.containerId ?? ''}`;
}

/** By process 1; where that may not be looked at, by this one, which is in the pid namespace of its /proc. */
export function describeNode(all: readonly ProcessSummary[]): NodeView {
  const first = all.find(({ pid }) => pid === 1);
  const own = all.find(({ pid }) => pid === process.pid);
  return {
    // this program may itself see a node that is a container, as one of kind is: all of that node is in it
    container: first === undefined ? '/' : containerOf(first),
    pidNamespace: first?.namespaces?.pid ?? own?.namespaces?.pid ?? null,
  };
}

/** Why a process is not believed to be one of the node's own, run by root; null when it is. */
export function findDoubt(candidate: ProcessSummary, node: NodeView): string | null {
  const { credentials, namespaces } = candidate;
  if (credentials === null) return 'whose it is cannot be seen';
  if (credentials.uid !== 0 || credentials.effectiveUid !== 0) return `user ${credentials.uid} runs it, not root`;
  if (candidate.cgroup === null) return 'its control groups cannot be seen';
  if (containerOf(candidate) !== node.container) return 'it runs in a container';
  const own = namespaces?.pid ?? null;
  const differs = own !== null && node.pidNamespace !== null && own !== node.pidNamespace;
  return differs ? 'it has a pid namespace of its own, as in a container' : null;
}
