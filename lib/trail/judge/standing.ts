import type { Evidence, Holder } from '../holder.ts';
import { newestOf, type Truth } from './truth.ts';

/** A verdict without whom it is about. */
export type Standing = Pick<Holder, 'verdict' | 'revision' | 'replaced' | 'evidence'>;

/**
 * How long kubelet may go on giving containers an old value, in milliseconds: the longest that the `ttl` annotation of a node
 * is set to. Within it, what a container was started with can be of before.
 *
 * Source: kubernetes, pkg/controller/ttl/ttl_controller.go.
 */
export const PROPAGATION = 300_000;

export function keysText(keys: readonly string[]): string {
  return `${keys.length === 1 ? 'key' : 'keys'} ${keys.join(', ')}`;
}

/** The newest of those that are counted, if there are any. */
function newestCounted(versions: Iterable<number>, { known }: Truth): number {
  const counted = newestOf([...versions].filter((number) => known.versions[number]?.revision != null));
  return counted >= 0 ? counted : newestOf(versions);
}

function versionText(number: number, { known: { versions }, current }: Truth): string {
  const revision = versions[number]?.revision ?? null;
  if (number === current) return revision === null ? 'the current version' : `revision ${revision}, the current one`;
  if (revision !== null) return `revision ${revision}, an old one`;
  return versions[number]?.source === 'values' ? 'an old value that was given' : 'an old version';
}

function replacementOf(number: number, keys: readonly string[], truth: Truth): Holder['replaced'] {
  const next = truth.after(number);
  if (next === null) return null;
  const time = next.since ?? (next.current ? truth.knownSince(keys) : null);
  const [by, { revision }] = [next.by?.manager ?? null, next];
  return time === null && by === null && revision === null ? null : { time, by, revision };
}

/** Of what is equal to these versions of a key, or of what is made of it. */
export function standingOf(
  versions: ReadonlySet<number>,
  keys: readonly string[],
  truth: Truth,
  how: 'is equal to' | 'contains',
): Standing {
  const isCurrent = versions.has(truth.current);
  const number = isCurrent ? truth.current : newestCounted(versions, truth);
  const value: Evidence = { by: 'value', message: `${how} ${keysText(keys)} of ${versionText(number, truth)}` };
  const gone: Evidence = { by: 'value', message: 'the Secret was deleted: no value of it is current' };
  return {
    verdict: isCurrent ? 'current' : 'stale',
    revision: truth.known.versions[number]?.revision ?? null,
    replaced: isCurrent ? null : replacementOf(number, keys, truth),
    evidence: truth.deleted ? [value, gone] : [value],
  };
}

/** Of what cannot be told. */
export function unknownStanding(message: string, by: Evidence['by'] = 'value'): Standing {
  return { verdict: 'unknown', revision: null, replaced: null, evidence: [{ by, message }] };
}

function byTime(keys: readonly string[], frozenAt: Date | null, truth: Truth): [Standing['verdict'], string] {
  const since = truth.knownSince(keys);
  if (since === null) return ['suspect', 'older versions are not known, nor when it was last written'];
  const written = `all versions since ${since.toISOString()} are known`;
  if (frozenAt === null) return ['suspect', `${written}; when it got its value is not`];
  const started = `it got its value at ${frozenAt.toISOString()}`;
  return frozenAt.getTime() < since.getTime() + PROPAGATION
    ? ['suspect', `${started}, and can be of a version before: ${written}`]
    : ['mismatch', `${started}, and ${written}`];
}

/** Of what should be a version of these keys, and is none that is known. `frozenAt`: since when it cannot have changed. */
export function strangerStanding(keys: readonly string[], frozenAt: Date | null, truth: Truth): Standing {
  const value: Evidence = { by: 'value', message: `is equal to no known version of ${keysText(keys)}` };
  const rest = { revision: null, replaced: null };
  if (truth.known.complete) {
    const all: Evidence = { by: 'value', message: 'every version that there ever was is known' };
    return { verdict: 'mismatch', ...rest, evidence: [value, all] };
  }
  const [verdict, message] = byTime(keys, frozenAt, truth);
  return { verdict, ...rest, evidence: [value, { by: 'time', message }] };
}
