import { SystemError } from '../../errors.ts';
import type { WaitOptions } from '../../options.ts';
import { type ProcessSummary, readCommandLine } from '../../processes.ts';
import { type CgroupLine, parseCgroupFile } from '../cgroup-file.ts';
import type { Finding } from '../finding.ts';
import { describeNode, findDoubt, type NodeView } from '../node-view.ts';
import { type EtcdProgram, isNamedSo, rankOf, type RecognizedProgram, recognizeProgram } from './program.ts';

/** Where a process that is believed runs: as one of the node's own, or in a pod that a file of the node asks for. */
export type EtcdPlace = 'host' | 'static pod';

/** A process that belongs to an etcd. */
export interface EtcdProcess {
  /** Process id, as this process sees it. */
  readonly pid: number;
  /** Clock ticks from boot to its start; with the pid, its identity. */
  readonly startTime: bigint;
  /** By the name of its file. */
  readonly program: EtcdProgram;
  /** Where it runs. */
  readonly place: EtcdPlace;
}

/** One, and what it was started with. */
export interface EtcdCandidate {
  readonly process: EtcdProcess;
  readonly recognized: RecognizedProgram;
}

/** A process that only has such a name. */
export interface DoubtedProcess {
  /** Process id, as this process sees it. */
  readonly pid: number;
  /** Its name. */
  readonly comm: string;
  /** Why it is not believed. */
  readonly reason: string;
}

const MOST_CANDIDATES = 64;

/** Whether systemd runs it as a service of the node with its own name: only root makes those, whoever they run as. */
function isService({ comm }: ProcessSummary, { path, place }: CgroupLine): boolean {
  const [, unit = ''] = /^\/system\.slice\/([^/]+)\.service(?:\/|$)/.exec(path) ?? [];
  return place.kind === 'host' && (unit === comm || unit.startsWith(`${comm}@`) || unit.startsWith(`${comm}-`));
}

/**
 * Where a process runs, or why it is not believed.
 *
 * A pod of the API server has a UUID for its uid; kubelet gives those that it reads from its own directory a hash, which
 * has no dashes, and its name is in the path of the control group, which only root can choose.
 *
 * Source: kubernetes, pkg/kubelet/config/common.go `applyDefaults`; apiserver/pkg/registry/rest/meta.go.
 */
export function placeOf(summary: ProcessSummary, node: NodeView): { place: EtcdPlace } | { reason: string } {
  const reason = findDoubt(summary, node);
  if (reason === null) return { place: 'host' };
  const chosen = summary.cgroup === null ? null : parseCgroupFile(summary.cgroup).chosen;
  if (chosen === null) return { reason };
  const { staticPod, node: outer, delegate } = chosen.place;
  if (staticPod === true && outer === null && delegate === null) return { place: 'static pod' };
  const { namespaces } = summary;
  const sharesPids = namespaces?.pid !== null && namespaces?.pid === node.pidNamespace;
  return sharesPids && isService(summary, chosen) ? { place: 'host' } : { reason };
}

async function readCandidate(
  { pid, startTime, comm }: ProcessSummary,
  place: EtcdPlace,
  wait: WaitOptions,
): Promise<EtcdCandidate | null> {
  const words = (await readCommandLine(pid, wait)).map((word) => word.toString());
  const recognized = recognizeProgram(comm, words);
  return recognized && { process: { pid, startTime, program: recognized.program, place }, recognized };
}

/**
 * Tells which of some processes belong to an etcd, the better ones to ask first, and which are not believed.
 *
 * Any program can have such a name, and its flags lead the reader to files and servers: one counts that root runs outside
 * of all containers, or systemd as a service of that name, or that is in a static pod. Race: the caller holds the process and compares its start time.
 */
export async function findCandidates(
  all: readonly ProcessSummary[],
  only: readonly number[] | null,
  wait: WaitOptions,
  findings: Finding[],
): Promise<{ believed: EtcdCandidate[]; doubted: DoubtedProcess[] }> {
  const node = describeNode(all);
  const named = all.filter(({ pid, comm, zombie, kernelThread }) => {
    return isNamedSo(comm) && !zombie && !kernelThread && (only === null || only.includes(pid));
  });
  if (named.length > MOST_CANDIDATES) {
    const message = `only ${MOST_CANDIDATES} of ${named.length} processes with the name of one were looked at`;
    findings.push({ code: 'too-many-candidates', message });
  }
  // the node's own first, so that a crowd of others does not hide them
  const judged = named.map((summary) => ({ summary, judgement: placeOf(summary, node) }));
  judged.sort((a, b) => Number('reason' in a.judgement) - Number('reason' in b.judgement));
  const believed: EtcdCandidate[] = [];
  const doubted: DoubtedProcess[] = [];
  for (const { summary, judgement } of judged.slice(0, MOST_CANDIDATES)) {
    if ('reason' in judgement) {
      doubted.push({ pid: summary.pid, comm: summary.comm, reason: judgement.reason });
      continue;
    }
    // not of the others: a program of a container could keep whoever reads its command line waiting
    const candidate = await readCandidate(summary, judgement.place, wait).catch((error: unknown) => {
      if (!(error instanceof SystemError)) throw error;
      if (error.code !== 'ESRCH') findings.push({ code: 'unreadable-process', message: error.message });
      return null;
    });
    if (candidate !== null) believed.push(candidate);
  }
  believed.sort(({ process: a }, { process: b }) => rankOf(a.program) - rankOf(b.program) || a.pid - b.pid);
  return { believed, doubted };
}
