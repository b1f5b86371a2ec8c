import { readlinkSync } from 'node:fs';
import { deviceKey, type HostView } from '../mounts/host-volumes.ts';
import { parseSubPath } from '../mounts/volume-path.ts';
import type { MountTable } from '../mounts/table.ts';
import type { ProcessSummary } from '../processes.ts';
import type { GroupSurvey } from './group-survey.ts';
import type { ListedContainer, ListedPod, ListedProcess, ListedVolume } from './pod-list.ts';

/** @internal What is known of secrets. */
export interface Holdings {
  /** Null where it was not asked for, or is not known. */
  readonly view: HostView | null;
  readonly variables: ReadonlyMap<number, readonly string[] | null>;
  /** In which user namespace this process is, as {@link userNamespaceOf} tells it. */
  readonly userNamespace: string | null;
}

/** @internal In which user namespace a process is; null where that may not be read. */
export function userNamespaceOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/user`);
  } catch {
    return null;
  }
}

function hasOwnUsers([first]: readonly ProcessSummary[], own: string | null): boolean | null {
  const its = first === undefined ? null : userNamespaceOf(first.pid);
  return its === null ? null : its !== own;
}

function toProcess(one: ProcessSummary, variables: Holdings['variables']): ListedProcess {
  const { pid, parentPid, comm, startTime, zombie, credentials } = one;
  const uid = credentials?.effectiveUid ?? null;
  return { pid, parentPid, comm, startTime, zombie, uid, secretVariables: variables.get(pid) ?? null };
}

function volumesIn(mounts: MountTable, { byDevice }: HostView): ListedVolume[] {
  return mounts.mounts.flatMap((mount) => {
    const host = byDevice.get(deviceKey(mount.device));
    if (host === undefined || mount.fsType !== 'tmpfs') return [];
    const { kind, volume, podUid } = host;
    return [{ kind, volume, podUid, containerPath: mount.mountPoint, subPath: parseSubPath(mount.root) !== null }];
  });
}

/** Where the node has none, no container has one; a sandbox is given none. */
function secretVolumesOf({ mounts, judgement }: GroupSurvey, { view }: Holdings): ListedVolume[] | null {
  if (view === null) return null;
  if (view.byDevice.size === 0 || judgement.facts.containerType === 'sandbox') return [];
  return mounts === null ? null : volumesIn(mounts, view);
}

function byStart(one: ProcessSummary, other: ProcessSummary): number {
  return one.startTime === other.startTime ? one.pid - other.pid : one.startTime < other.startTime ? -1 : 1;
}

/** @internal The container of a group. */
export function toContainer(survey: GroupSurvey, holdings: Holdings): ListedContainer {
  const { containerName, containerId, runtime, containerType, image } = survey.judgement.facts;
  const processes = survey.processes.toSorted(byStart);
  return {
    name: containerName,
    id: containerId,
    runtime,
    sandbox: containerType === null ? null : containerType === 'sandbox',
    image,
    ownUserNamespace: hasOwnUsers(processes, holdings.userNamespace),
    secretVolumes: secretVolumesOf(survey, holdings),
    processes: processes.map((one) => toProcess(one, holdings.variables)),
    findings: survey.findings,
  };
}

function isByMountsAlone({ judgement }: GroupSurvey): boolean {
  return judgement.sources.podUid === 'mountinfo';
}

/** What only a mount says is never one with what the host wrote; nor is a nested node's pod with one of the host. */
function keyOf(survey: GroupSurvey): string {
  const { node, facts } = survey.judgement;
  return `${node?.containerId ?? ''}/${facts.podUid}/${isByMountsAlone(survey)}`;
}

function compareText(one: string | null, other: string | null): number {
  if (one === other) return 0;
  // what has no name comes last
  return one === null ? 1 : other === null ? -1 : one < other ? -1 : 1;
}

function compareContainers(one: ListedContainer, other: ListedContainer): number {
  if (one.sandbox !== other.sandbox) return one.sandbox === true ? -1 : other.sandbox === true ? 1 : 0;
  return compareText(one.name, other.name) || compareText(one.id, other.id);
}

function comparePods(one: ListedPod, other: ListedPod): number {
  return (
    compareText(one.namespace, other.namespace) || compareText(one.name, other.name) || compareText(one.uid, other.uid)
  );
}

/** The first that is known, of any container: only the host's own files tell these. */
function firstOf<Value>(surveys: readonly GroupSurvey[], of: (survey: GroupSurvey) => Value | null): Value | null {
  for (const survey of surveys) {
    const value = of(survey);
    if (value !== null) return value;
  }
  return null;
}

function toPod(surveys: readonly GroupSurvey[], holdings: Holdings): ListedPod {
  const [first] = surveys as [GroupSurvey];
  return {
    namespace: firstOf(surveys, ({ judgement }) => judgement.facts.namespace),
    name: firstOf(surveys, ({ judgement }) => judgement.facts.podName),
    uid: first.judgement.facts.podUid ?? '',
    qosClass: firstOf(surveys, ({ judgement }) => judgement.facts.qosClass),
    staticPod: firstOf(surveys, ({ judgement }) => judgement.facts.staticPod),
    node: first.judgement.node,
    byMountsAlone: isByMountsAlone(first),
    containers: surveys.map((one) => toContainer(one, holdings)).toSorted(compareContainers),
  };
}

/** @internal The pods of groups: those with one uid are one pod's. */
export function gatherPods(surveys: readonly GroupSurvey[], holdings: Holdings): ListedPod[] {
  const byPod = new Map<string, GroupSurvey[]>();
  for (const survey of surveys.filter(({ judgement }) => judgement.kind === 'pod')) {
    const key = keyOf(survey);
    const known = byPod.get(key);
    if (known === undefined) byPod.set(key, [survey]);
    else known.push(survey);
  }
  return [...byPod.values()].map((some) => toPod(some, holdings)).toSorted(comparePods);
}
