import { basename } from 'node:path';
import { SystemError } from '../errors.ts';
import type { WaitOptions } from '../options.ts';
import { listProcesses, type ProcessSummary, readCommandLine } from '../processes.ts';
import type { Finding } from './finding.ts';
import { lastValue, parseGoFlags } from './go-flags.ts';
import { readTitle } from './k3s-config.ts';
import { describeNode, findDoubt } from './node-view.ts';

/** The program that kubelet is, or is in. */
export type KubeletProgram = 'kubelet' | 'hyperkube' | 'kubelite' | 'k3s' | 'k0s';

/** The process that is kubelet. */
export interface KubeletProcess {
  /** Process id, as this process sees it. */
  readonly pid: number;
  /** Clock ticks from boot to its start; with the pid, its identity. */
  readonly startTime: bigint;
  /** Which program it runs. */
  readonly program: KubeletProgram;
}

/** A process that is kubelet, and what it was started with. */
export interface KubeletCandidate {
  readonly process: KubeletProcess;
  /** Its command line, without its name. */
  readonly words: readonly string[];
  /** Its command line is overwritten or empty, and what it was told there is not known. */
  readonly hidden: boolean;
}

/** By the name of the program's file, in the order in which they are taken: k0s and k3s can have a kubelet as their child. */
const PROGRAMS: Readonly<Record<string, KubeletProgram>> = {
  kubelet: 'kubelet',
  hyperkube: 'hyperkube',
  kubelite: 'kubelite',
  k3s: 'k3s',
  'k3s-server': 'k3s',
  'k3s-agent': 'k3s',
  k0s: 'k0s',
};
const RANKS = Object.values(PROGRAMS);
const MOST_CANDIDATES = 64;
const NO_VALUES = new Set<string>();

/** Whether this program, so started, has a kubelet in it. */
function hasKubelet(program: KubeletProgram, words: readonly string[]): boolean {
  const flags = parseGoFlags(words, NO_VALUES);
  const [command] = flags.words;
  if (program === 'hyperkube') return command === 'kubelet';
  if (program === 'k3s') return command === 'server' ? !flags.values.has('disable-agent') : command === 'agent';
  if (program !== 'k0s') return true;
  const both = ['enable-worker', 'single'].some((name) => lastValue(flags, name) === 'true');
  return command === 'worker' || (command === 'controller' && both);
}

async function readCandidate(summary: ProcessSummary, options: WaitOptions): Promise<KubeletCandidate | null> {
  const { pid, startTime, comm } = summary;
  const [name = '', ...given] = (await readCommandLine(pid, options)).map((word) => word.toString());
  // as a link to hyperkube is
  const program = PROGRAMS[basename(name)] ?? (PROGRAMS[comm] as KubeletProgram);
  const title = program === 'k3s' ? readTitle(name) : [];
  const words = [...title, ...given];
  if (!hasKubelet(program, words)) return null;
  return { process: { pid, startTime, program }, words, hidden: title.length > 0 || name === '' };
}

function summarize(found: readonly KubeletCandidate[], findings: Finding[]): KubeletCandidate | null {
  const ranked = [...found].sort((a, b) => {
    const rank = RANKS.indexOf(a.process.program) - RANKS.indexOf(b.process.program);
    return rank === 0 ? a.process.pid - b.process.pid : rank;
  });
  const [first, ...others] = ranked;
  const rivals = others.filter(({ process }) => process.program === first?.process.program);
  if (first !== undefined && rivals.length > 0) {
    const pids = rivals.map(({ process }) => process.pid).join(', ');
    findings.push({ code: 'several-kubelets', message: `pid ${first.process.pid} was taken, not ${pids}` });
  }
  return first ?? null;
}

/**
 * Finds the process that is this node's kubelet; null when there is none. `only`: looks at no other process.
 *
 * Any program can have this name: only one of root counts that is in no container and in the pid namespace of process 1.
 * Race: the caller holds the process and compares its start time.
 */
export async function findKubeletProcess(
  options: WaitOptions,
  only: number | null,
  findings: Finding[],
): Promise<KubeletCandidate | null> {
  const { timeout, signal } = options;
  const wait = { ...(timeout === undefined ? {} : { timeout }), ...(signal === undefined ? {} : { signal }) };
  const all = await listProcesses({ ...wait, namespaces: true });
  const node = describeNode(all);
  const named = all.filter(({ pid, comm, zombie, kernelThread }) => {
    return comm in PROGRAMS && !zombie && !kernelThread && (only === null || pid === only);
  });
  if (named.length > MOST_CANDIDATES) {
    findings.push({ code: 'too-many-kubelets', message: `only ${MOST_CANDIDATES} of ${named.length} were looked at` });
  }
  const found: KubeletCandidate[] = [];
  for (const summary of named.slice(0, MOST_CANDIDATES)) {
    const doubt = findDoubt(summary, node);
    if (doubt !== null) {
      const message = `pid ${summary.pid} is called ${summary.comm}, and is not believed to be kubelet: ${doubt}`;
      findings.push({ code: 'kubelet-not-believed', message });
      continue;
    }
    // not of the others: a program of a container could keep whoever reads its command line waiting
    const candidate = await readCandidate(summary, wait).catch((error: unknown) => {
      if (!(error instanceof SystemError)) throw error;
      if (error.code !== 'ESRCH') findings.push({ code: 'unreadable-process', message: error.message });
      return null;
    });
    if (candidate !== null) found.push(candidate);
  }
  return summarize(found, findings);
}
