import type { Holder } from '../trail/holder.ts';
import type { Trail } from '../trail/trail-result.ts';
import { describeSpan } from './age.ts';
import { shortId } from './container-text.ts';
import { groupBy } from './group-by.ts';
import { listing } from './shorten.ts';
import { podTitle } from './trail-tree.ts';
import { heldVersion, shownName } from './trail-words.ts';

/** What ends it that something holds an old version. */
export interface TrailAction {
  /** `recreate`: delete the pod, so that it is made anew. `wait`: kubelet writes volumes again by itself. */
  readonly action: 'restart' | 'recreate' | 'wait';
  /** What to restart or recreate, also if waiting does not help. */
  readonly target: {
    /** `owner`: what the pod belongs to. */
    readonly kind: 'owner' | 'pod' | 'container' | 'process';
    /** `deployment/payments`, `test/mypod`, the id of a container, `nginx`. */
    readonly name: string;
    /** Of an owner or pod. */
    readonly namespace: string | null;
  };
  /** Name in the pod; null where it has none, or what holds it is in none. */
  readonly container: string | null;
  /** Empty where the container as a whole holds it. */
  readonly pids: readonly number[];
  /** Variables, files and arguments. */
  readonly names: readonly string[];
  /** Null where several are in it. */
  readonly key: string | null;
  readonly revision: bigint | null;
  /** The earliest of them; null where none is known. */
  readonly heldSince: Date | null;
}

/** What `kubectl rollout restart` takes; of all else the pod is deleted, and made anew by what it belongs to, if by anything. */
const RESTARTED = /^(deployment|statefulset|daemonset)\//i;

function targetOf({ process, container }: Holder): TrailAction['target'] {
  if (container === null) return { kind: 'process', name: process?.comm ?? '', namespace: null };
  const { namespace, pod, owner, id } = container;
  if (owner !== null && RESTARTED.test(owner)) return { kind: 'owner', name: owner, namespace };
  if (pod !== null) return { kind: 'pod', name: podTitle(container) ?? pod, namespace };
  return { kind: 'container', name: id, namespace: null };
}

function sameness(holder: Holder): unknown {
  const { process, container, key, verdict, revision, place } = holder;
  const where = container === null ? process?.pid : container.name;
  return [targetOf(holder), place === 'volume', where, key, heldVersion({ verdict, revision })];
}

function toAction(holders: readonly Holder[]): TrailAction {
  const first = holders[0] as Holder;
  const target = targetOf(first);
  const times = holders.flatMap(({ heldSince }) => (heldSince === null ? [] : [heldSince.getTime()]));
  const cure = target.kind === 'pod' ? 'recreate' : 'restart';
  return {
    action: first.place === 'volume' ? 'wait' : cure,
    target,
    container: first.container?.name ?? null,
    pids: [...new Set(holders.flatMap(({ process }) => (process === null ? [] : [process.pid])))],
    names: [...new Set(holders.map(({ name }) => name))],
    key: first.key,
    revision: first.revision,
    heldSince: times.length === 0 ? null : new Date(Math.min(...times)),
  };
}

/** What to do: once for all that a container holds of a version of a key, and pods of one owner have the same containers. */
export function trailActions({ holders }: Pick<Trail, 'holders'>): TrailAction[] {
  return groupBy(
    holders.filter(({ verdict }) => verdict === 'stale'),
    sameness,
  ).map(toAction);
}

function cureText({ action, target: { kind, name, namespace }, pids }: TrailAction, home: string): string {
  const elsewhere = kind === 'owner' && namespace !== null && namespace !== home;
  const what = {
    owner: `${shownName(name)}${elsewhere ? ` in namespace ${shownName(namespace)}` : ''}`,
    pod: `pod ${shownName(name)}`,
    container: `container ${shortId(name)}`,
    process: `${shownName(name)} (pid ${pids[0]})`,
  }[kind];
  if (action !== 'wait') return `${action} ${what}`;
  return `wait until kubelet writes it again, else ${kind === 'pod' ? 'recreate' : 'restart'} ${what}`;
}

function subjectText({ target, container, pids }: TrailAction): string {
  if (target.kind === 'process') return 'it';
  const process = pids.length === 0 ? [] : [`pid${pids.length === 1 ? '' : 's'} ${listing(pids.map(String), 5)}`];
  const parts = [...(container === null ? [] : [`container ${shownName(container)}`]), ...process];
  return parts.length === 0 ? 'it' : parts.join(', ');
}

/** An action on one line, as somebody who is tired can follow it; `home` is the Secret's namespace, `now` in milliseconds. */
export function actionText(action: TrailAction, home: string, now: number): string {
  const { pids, names, key, revision, heldSince } = action;
  const holds = pids.length > 1 ? 'hold' : 'holds';
  const version = heldVersion({ verdict: 'stale', revision });
  const since = heldSince === null ? '' : `, since ${describeSpan(now - heldSince.getTime())}`;
  const of = key === null ? '' : ` of key ${shownName(key)}`;
  const where = listing(names.map(shownName), 4);
  return `${cureText(action, home)}: ${subjectText(action)} still ${holds} ${version}${of} in ${where}${since}`;
}
