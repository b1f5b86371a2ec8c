import { readdirSync } from 'node:fs';
import { surveyNode } from '../../kube/node-survey.ts';
import type { ListedContainer, PodList } from '../../kube/pod-list.ts';
import type { StateDirectories } from '../../kube/state-directories.ts';
import type { WaitOptions } from '../../options.ts';
import { listProcesses, type ProcessSummary } from '../../processes.ts';
import { unlessGone } from './gone.ts';
import type { ContainerItem, ProcessItem } from './protocol.ts';

/** The processes of this node at one moment, and which pods and containers they are of. */
export interface NodeProcesses {
  /** By pid. */
  readonly processes: readonly ProcessSummary[];
  /** The pods and containers of those. */
  readonly pods: PodList;
}

/** Milliseconds for the list alone: 10,000 processes on a busy machine take more than one of them may. */
const LISTING_TIMEOUT = 10_000;

/** How to list what is on this node. */
export interface NodeProcessesOptions extends WaitOptions {
  /** Where runtimes keep their state; those left out are where they usually are. */
  readonly stateDirectories?: Partial<StateDirectories>;
}

/**
 * Lists the processes of this node and tells of each which container it is of, in one look.
 *
 * Errors: as `listPods`.
 */
export async function listNodeProcesses(options: NodeProcessesOptions = {}): Promise<NodeProcesses> {
  const { timeout = 0 } = options;
  const listing = listProcesses({ ...options, timeout: Math.max(timeout, LISTING_TIMEOUT) });
  const [processes, pods] = await Promise.all([listing, surveyNode(listing, options, false)]);
  return { processes: processes.toSorted((one, other) => one.pid - other.pid), pods };
}

/** @internal What there is to scan of a node. */
export interface Census {
  readonly processes: readonly (ProcessItem & ProcessSummary)[];
  readonly containers: readonly ContainerItem[];
}

function containersOf({ pods, containers }: PodList): ListedContainer[] {
  return [...pods.flatMap((pod) => pod.containers), ...containers];
}

/** Its first thread has ended, and others go on. */
function isLeaderless({ zombie, pid }: ProcessSummary): boolean {
  return zombie && (unlessGone(() => readdirSync(`/proc/${pid}/task`))?.length ?? 0) > 1;
}

/**
 * @internal Leaves out what has no memory, and what holds the values for this scan itself: `own` and its children, which are
 * this program.
 */
export function takeCensus({ processes, pods }: NodeProcesses, own: readonly number[]): Census {
  const listed = containersOf(pods);
  const idOf = new Map(listed.flatMap(({ id, processes: some }) => some.map(({ pid }) => [pid, id] as const)));
  const isOwn = ({ pid, parentPid }: ProcessSummary) => own.includes(pid) || own.slice(1).includes(parentPid);
  const hasMemory = (one: ProcessSummary) => !one.kernelThread && (!one.zombie || isLeaderless(one));
  const scanned = processes.filter((one) => hasMemory(one) && !isOwn(one));
  const byId = new Map<string, ContainerItem['processes'][number][]>();
  for (const { id, sandbox, processes: some } of listed) {
    const alive = some.filter(({ zombie }) => !zombie);
    if (id !== null && sandbox !== true && alive.length > 0) byId.set(id, [...(byId.get(id) ?? []), ...alive]);
  }
  return {
    processes: scanned.map((one) => ({ ...one, containerId: idOf.get(one.pid) ?? null })),
    containers: [...byId].map(([containerId, some]) => {
      return { containerId, processes: some.map(({ pid, startTime }) => ({ pid, startTime })) };
    }),
  };
}
