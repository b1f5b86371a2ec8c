import { SystemError } from '../errors.ts';
import type { MountTable } from '../mounts/table.ts';
import type { WaitOptions } from '../options.ts';
import type { ProcessSummary } from '../processes.ts';
import type { Disagreement } from './claims.ts';
import { gatherHostEvidence, type HostEvidence, NO_EVIDENCE } from './evidence.ts';
import type { Finding } from './finding.ts';
import { type Judgement, judge } from './judgement.ts';
import { type MountEvidence, readMountEvidence } from './mount-evidence.ts';
import type { ProcessGroup, ProcessTable } from './process-table.ts';
import { findShim } from './shim.ts';
import type { StateDirectories } from './state-directories.ts';

/** @internal What all surveys of one look share. */
export interface SurveyContext {
  readonly table: ProcessTable;
  readonly seesAllGroups: boolean;
  readonly stateDirectories: StateDirectories;
  /** Whether the mounts of containers are wanted for their volumes. */
  readonly wantsMounts: boolean;
  readonly options: WaitOptions;
}

/** @internal Which pod and container the processes of a group are of. */
export interface GroupSurvey {
  readonly processes: readonly ProcessSummary[];
  readonly judgement: Judgement;
  /** Mounts of one of them; null where they were not needed, or could not be read. */
  readonly mounts: MountTable | null;
  readonly findings: readonly Finding[];
}

/** Of a container of which all but one process after the other end, no more are looked at. */
const MOST_ATTEMPTS = 4;
const NO_MOUNTS: MountEvidence = { table: null, hints: null, findings: [] };

/** Mounts of the first process that is there before and after. */
async function readMountsOfAny(group: ProcessGroup, { table, options }: SurveyContext): Promise<MountEvidence> {
  for (const { pid } of group.processes.filter(({ zombie }) => !zombie).slice(0, MOST_ATTEMPTS)) {
    try {
      const mounts = await readMountEvidence(pid, options);
      if (await table.isThere(pid)) return mounts;
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
    }
  }
  return NO_MOUNTS;
}

/** What only mounts could add. */
function lacksNames({ kind, facts }: Judgement): boolean {
  if (kind === 'unknown') return true;
  return kind === 'pod' && facts.containerName === null && facts.containerType !== 'sandbox';
}

/** A sandbox is given no volume. */
function mayHaveVolumes({ kind, facts }: Judgement): boolean {
  return (kind === 'pod' || kind === 'container') && facts.containerType !== 'sandbox';
}

function describeDisagreement({ fact, values }: Disagreement): Finding {
  const said = values.map(({ source, value }) => `${source} says '${value}'`).join(', ');
  return { code: 'sources-disagree', message: `${fact} is in doubt: ${said}` };
}

async function gatherOf(group: ProcessGroup, context: SurveyContext): Promise<HostEvidence> {
  const { chosen } = group.cgroup;
  const [first] = group.processes;
  if (chosen === null || first === undefined) return NO_EVIDENCE;
  const shimOf = (container: string) => findShim(first.pid, container, context.table);
  return gatherHostEvidence(chosen, shimOf, context.stateDirectories);
}

/**
 * @internal Tells which pod and container the processes of a group are of, as `identifyContainer` tells it of each. Mounts are
 * read of one process, where the host's own files do not tell the names.
 */
export async function surveyGroup(group: ProcessGroup, context: SurveyContext): Promise<GroupSurvey> {
  const { seesAllGroups, wantsMounts } = context;
  const host = await gatherOf(group, context);
  const judgeBy = ({ hints }: MountEvidence): Judgement =>
    judge({ cgroup: group.cgroup, host, hints, seesAllGroups, ownPids: false });
  const first = judgeBy(NO_MOUNTS);
  const needed = group.cgroup.chosen !== null && (lacksNames(first) || (wantsMounts && mayHaveVolumes(first)));
  const mounts = needed ? await readMountsOfAny(group, context) : NO_MOUNTS;
  const judgement = mounts.hints === null ? first : judgeBy(mounts);
  return {
    processes: group.processes,
    judgement,
    mounts: mounts.table,
    findings: [
      ...judgement.findings,
      ...host.findings,
      ...mounts.findings,
      ...judgement.disagreements.map(describeDisagreement),
    ],
  };
}
