import { SystemError } from '../errors.ts';
import { type HostView, readHostView } from '../mounts/host-volumes.ts';
import type { ProcessSummary } from '../processes.ts';
import type { Finding } from './finding.ts';
import { type GroupSurvey, surveyGroup } from './group-survey.ts';
import { seesAllGroups } from './own-view.ts';
import { gatherPods, toContainer, userNamespaceOf } from './pod-gathering.ts';
import type { PodList } from './pod-list.ts';
import type { ListPodsOptions } from './pods.ts';
import { type ProcessGroup, ProcessTable } from './process-table.ts';
import { mapSideBySide } from './side-by-side.ts';
import { readSecretVariables, type SecretVariables } from './secret-variables.ts';
import { existing } from './state-directories.ts';

const AT_A_TIME = 16;

function isListed({ judgement }: GroupSurvey): boolean {
  return judgement.kind === 'pod' || judgement.kind === 'container';
}

/** The volumes of the node; null where they were not asked for, or its mounts cannot be read. */
async function readVolumes(
  options: ListPodsOptions,
  wanted: boolean,
): Promise<{ view: HostView | null; findings: Finding[] }> {
  if (!wanted) return { view: null, findings: [] };
  try {
    return { view: await readHostView(options), findings: [] };
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    const message = `the volumes of this node are not known: ${error.message}`;
    return { view: null, findings: [{ code: 'unreadable-mounts', message }] };
  }
}

/** Whether a group may be a container's: the host's own are as such only where all groups can be seen. */
function mayBeListed({ cgroup: { chosen } }: ProcessGroup, allSeen: boolean): boolean {
  return chosen !== null && (chosen.place.kind !== 'host' || !allSeen);
}

async function readVariables(
  groups: readonly ProcessGroup[],
  options: ListPodsOptions,
  wanted: boolean,
): Promise<SecretVariables> {
  if (!wanted) return { byPid: new Map(), findings: [] };
  const { timeout, signal } = options;
  const waiting = { ...(timeout === undefined ? {} : { timeout }), ...(signal === undefined ? {} : { signal }) };
  return readSecretVariables(
    groups.flatMap(({ processes }) => processes),
    waiting,
  );
}

function countOther(processes: readonly ProcessSummary[], others: readonly GroupSurvey[]): PodList['other'] {
  const count = { host: 0, kernelThreads: processes.filter(({ kernelThread }) => kernelThread).length };
  let [zombies, unknown] = [0, 0];
  for (const { processes: some, judgement } of others) {
    const exited = some.filter(({ zombie }) => zombie).length;
    zombies += exited;
    if (judgement.kind === 'unknown') unknown += some.length - exited;
    else count.host += some.length - exited;
  }
  return { ...count, zombies, unknown };
}

/** Says whose they are, since there is no container to say it beside. */
function findingsOfOthers(others: readonly GroupSurvey[]): Finding[] {
  return others.flatMap(({ findings, processes }) => {
    const [first] = processes;
    const more = processes.length > 1 ? ` and ${processes.length - 1} more` : '';
    return findings.map((finding) => ({ ...finding, message: `process ${first?.pid}${more}: ${finding.message}` }));
  });
}

/** @internal The pods of one list of processes; `wanted` is whether secrets were asked for. */
export async function surveyNode(
  listing: Promise<readonly ProcessSummary[]>,
  options: ListPodsOptions,
  wanted: boolean,
): Promise<PodList> {
  const [{ view, findings }, allSeen, processes] = await Promise.all([
    readVolumes(options, wanted),
    seesAllGroups(),
    listing,
  ]);
  const table = new ProcessTable(processes);
  const context = {
    table,
    seesAllGroups: allSeen,
    stateDirectories: existing(options.stateDirectories),
    wantsMounts: (view?.byDevice.size ?? 0) > 0,
    options,
  };
  const groups = table.group(processes.filter(({ kernelThread }) => !kernelThread));
  const candidates = groups.filter((group) => mayBeListed(group, allSeen));
  const [variables, surveys] = await Promise.all([
    readVariables(candidates, options, wanted),
    mapSideBySide(groups, AT_A_TIME, (group) => surveyGroup(group, context)),
  ]);
  const [listed, others] = [surveys.filter(isListed), surveys.filter((one) => !isListed(one))];
  const holdings = { view, variables: variables.byPid, userNamespace: userNamespaceOf(process.pid) };
  return {
    pods: gatherPods(listed, holdings),
    containers: listed
      .filter(({ judgement }) => judgement.kind === 'container')
      .map((one) => toContainer(one, holdings)),
    other: countOther(processes, others),
    findings: [...findings, ...findingsOfOthers(others), ...variables.findings],
  };
}
