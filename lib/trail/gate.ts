import { isDistinctive } from './distinctive.ts';
import type { Verdict } from './holder.ts';
import type { Trail } from './trail-result.ts';

/** Whether the old values of a Secret can be given up. */
export interface GateAnswer {
  /** `stale`: something holds an old value. `unproved`: nothing was seen to, and not all could be seen. `clear`: nothing does. */
  readonly gate: 'clear' | 'stale' | 'unproved';
  /** Why it is not `clear`, in words; empty where it is. */
  readonly reasons: readonly string[];
}

/** Findings that say that something was not looked at. */
const INCOMPLETE =
  /^(?:unreadable-.*|too-many-.*|(?:container|volume)-not-seen|(?:truncated|unmatched)-volume|pod-not-told|versions-cut)$/;
const UNPROVED: readonly Verdict[] = ['mismatch', 'suspect', 'unknown'];

function counted(number: number, one: string, more: string): string[] {
  return number === 0 ? [] : [`${number} ${number === 1 ? one : more}`];
}

/** Keys with an old value that is found only where a pod asks for it. */
function weakKeys({ secret: { versions } }: Trail): string[] {
  const now = versions.find(({ current }) => current)?.data;
  const old = versions.flatMap(({ data }) => [...data]).filter(([key, value]) => now?.get(key)?.equals(value) !== true);
  return [...new Set(old.filter(([, value]) => !isDistinctive(value)).map(([key]) => key))].toSorted();
}

function doubtsOf(trail: Trail): string[] {
  const { secret, references, summary, findings } = trail;
  const unread = trail.unread.filter(({ counts }) => counts);
  const weak = references === null ? weakKeys(trail) : [];
  return [
    ...(secret.versions.length === 0 ? ['no version of the Secret is known'] : []),
    ...UNPROVED.flatMap((verdict) =>
      counted(summary.verdicts[verdict], `holder is ${verdict}`, `holders are ${verdict}`),
    ),
    ...counted(unread.length, 'place could not be read', 'places could not be read'),
    ...(weak.length === 0
      ? []
      : [
          `it is not known which pods ask for the Secret, and old values are too common to be told without: ${weak.join(', ')}`,
        ]),
    ...findings.filter(({ code }) => INCOMPLETE.test(code)).map(({ message }) => message),
  ];
}

/**
 * Whether the old values can be given up, as far as this node goes.
 *
 * What could not be read of a process that nothing gives the Secret to leaves it `clear`, unless the trail is
 * `strict`: there is such a process on nearly every node. An old value of which no source tells is not looked for: see docs/guides/trail-verdicts.md for
 * what `clear` proves.
 */
export function judgeGate(trail: Trail): GateAnswer {
  const stale = counted(trail.summary.verdicts.stale, 'holder is stale', 'holders are stale');
  const reasons = [...stale, ...doubtsOf(trail)];
  if (stale.length > 0) return { gate: 'stale', reasons };
  return { gate: reasons.length > 0 ? 'unproved' : 'clear', reasons };
}
