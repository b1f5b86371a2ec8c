import { TargetError, UsageError } from '../errors.ts';
import { openProcess, type Process } from '../process.ts';
import type { IdentifyOptions } from './identity.ts';
import type { ListedContainer, ListedPod, ListedProcess, PodList } from './pod-list.ts';
import { listPods } from './pods.ts';
import { readStat } from './proc-file.ts';
import { checkTargetName, type TargetName } from './target-name.ts';

/** A container that a name may mean, with the pod that it is in. */
interface Candidate {
  readonly pod: ListedPod | null;
  readonly container: ListedContainer;
}

const MOST_TOLD = 20;

function candidatesIn({ pods, containers }: PodList): Candidate[] {
  return [
    ...pods.flatMap((pod) => pod.containers.map((container) => ({ pod, container }))),
    ...containers.map((container) => ({ pod: null, container })),
  ];
}

function podNameOf({ namespace, name }: ListedPod): string | null {
  return namespace === null || name === null ? null : `${namespace}/${name}`;
}

/** The one whose parent is outside of the container, and was there first; null when all have exited. */
function firstProcess({ processes }: ListedContainer): ListedProcess | null {
  const living = processes.filter(({ zombie }) => !zombie);
  const pids = new Set(living.map(({ pid }) => pid));
  return living.find(({ parentPid }) => !pids.has(parentPid)) ?? living[0] ?? null;
}

/** What can be given for each: its name, else its id, else a process, each only where it means no other of them. */
function namesOf(candidates: readonly Candidate[]): string[] {
  const namings = [
    ({ pod, container }: Candidate) => pod && container.name && podNameOf(pod) && `${podNameOf(pod)}/${container.name}`,
    ({ container }: Candidate) => container.id,
    ({ container }: Candidate) => String(firstProcess(container)?.pid ?? ''),
  ];
  return candidates.map((one) => {
    const unique = namings.find((naming) => {
      const name = naming(one);
      return Boolean(name) && candidates.filter((other) => naming(other) === name).length === 1;
    });
    return unique?.(one) ?? '';
  });
}

/** Of an id as much as runtimes' own tools show. */
function tell(names: readonly string[]): string {
  const told = names.slice(0, MOST_TOLD).map((name) => name.replace(/^([0-9a-f]{13})[0-9a-f]{51}$/, '$1'));
  const more = names.length > MOST_TOLD ? ` and ${names.length - MOST_TOLD} more` : '';
  return `${told.join(', ')}${more}`;
}

/** Who may not read what runtimes wrote finds no names. */
function cureFor(list: PodList): string {
  const all = [...list.findings, ...candidatesIn(list).flatMap(({ container }) => container.findings)];
  return all.some(({ code }) => code.startsWith('unreadable-')) ? '. Not all could be read: run as root' : '';
}

function unknown(text: string, what: string, candidates: readonly string[], list: PodList): TargetError {
  const others = candidates.length === 0 ? 'there is none' : `there are ${tell(candidates)}`;
  const message = `no ${what} '${text}' runs on this node; ${others}${cureFor(list)}`;
  return new TargetError('ERR_TARGET_UNKNOWN', message, candidates);
}

function ambiguous(text: string, candidates: readonly string[]): TargetError {
  return new TargetError('ERR_TARGET_AMBIGUOUS', `'${text}' can mean ${tell(candidates)}`, candidates);
}

function only(text: string, candidates: readonly Candidate[]): Candidate {
  const [first] = candidates;
  if (first === undefined || candidates.length > 1) throw ambiguous(text, namesOf(candidates));
  return first;
}

function findById(text: string, prefix: string, list: PodList): Candidate {
  const all = candidatesIn(list);
  const found = all.filter(({ container }) => container.id?.startsWith(prefix) === true);
  if (found.length === 0) throw unknown(text, 'container', namesOf(all), list);
  return only(text, found);
}

function findPod(text: string, namespace: string, name: string, list: PodList): ListedPod {
  const found = list.pods.filter((pod) => pod.namespace === namespace && pod.name === name);
  const [first] = found;
  if (first === undefined) {
    const named = list.pods.map(podNameOf).filter((one) => one !== null);
    throw unknown(text, 'pod', [...new Set(named)], list);
  }
  if (found.length === 1) return first;
  // one that was made anew while the old one ends
  throw ambiguous(text, namesOf(candidatesIn({ ...list, pods: found, containers: [] })));
}

function findInPod(text: string, pod: ListedPod, name: string | null, list: PodList): Candidate {
  const all = pod.containers.map((container) => ({ pod, container }));
  const others = all.filter(({ container }) => container.sandbox !== true);
  if (name === null) return only(text, others.length > 0 ? others : all);
  const found = others.filter(({ container }) => container.name === name);
  if (found.length === 0) throw unknown(text, 'container', namesOf(others), list);
  return only(text, found);
}

function find(text: string, name: Exclude<TargetName, { kind: 'process' }>, list: PodList): Candidate {
  if (name.kind === 'id') return findById(text, name.prefix, list);
  return findInPod(text, findPod(text, name.namespace, name.pod, list), name.container, list);
}

/** Holds the first process of a container, and not another that has its number by now. */
async function openFirst(text: string, { container }: Candidate): Promise<Process> {
  const first = firstProcess(container);
  if (first !== null) {
    const held = await openProcess(first.pid);
    if ((await readStat(first.pid))?.startTime === first.startTime) return held;
    await held.close();
  }
  throw new TargetError('ERR_TARGET_UNKNOWN', `all processes of '${text}' have ended`, []);
}

/**
 * Holds the process that a name means: a process id; `NAMESPACE/POD/CONTAINER`, or without the container where the pod has but
 * one; or 8 or more digits that the id of a container begins with. Of a container it is the first process, whose parent is
 * outside of it. The sandbox of a pod is meant only by its id, or where the pod has nothing else.
 *
 * Names are those that the host's own files tell: see {@link listPods}.
 *
 * Errors: `ERR_TARGET_UNKNOWN` there is none, `ERR_TARGET_AMBIGUOUS` there are several (`candidates` can be given instead);
 * `ESRCH` it has exited; as {@link listPods} and {@link openProcess}.
 */
export async function resolveTarget(text: string, options: IdentifyOptions = {}): Promise<Process> {
  const name = checkTargetName(text);
  if (name.kind === 'process') return openProcess(name.pid);
  return openFirst(text, find(text, name, await listPods(options)));
}

/**
 * Finds the pod that `NAMESPACE/POD` names.
 *
 * Errors: as {@link resolveTarget}.
 */
export async function resolvePod(text: string, options: IdentifyOptions = {}): Promise<ListedPod> {
  const name = checkTargetName(text);
  if (name.kind !== 'pod' || name.container !== null)
    throw new UsageError('pod', `must be NAMESPACE/POD, not '${text}'`);
  return findPod(text, name.namespace, name.pod, await listPods(options));
}
