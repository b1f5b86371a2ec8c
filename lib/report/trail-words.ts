import { judgeGate } from '../trail/gate.ts';
import type { Holder, Verdict } from '../trail/holder.ts';
import type { Place } from '../trail/sighting.ts';
import type { Trail } from '../trail/trail-result.ts';
import { describeSpan } from './age.ts';
import { printable } from './printable.ts';
import { shorten } from './shorten.ts';
import { count } from './style.ts';

/** From the worst on. */
export const VERDICTS: readonly Verdict[] = ['stale', 'mismatch', 'suspect', 'unknown', 'current'];

export const PLACES: Record<Place, string> = {
  bundle: 'bundle',
  initial: 'initial',
  live: 'live',
  commandLine: 'command line',
  volume: 'volume',
  subPath: 'subPath',
  openFile: 'open file',
};

/** A name can have 4,096 characters; what tells of it to people has so many. JSON has them all. */
const WIDEST = 72;

/** A name that a container or a client chose, as people are shown it. */
export function shownName(name: string): string {
  return shorten(printable(name), WIDEST);
}

/** What a program or the kernel said, as people are shown it: such a message can name a path. */
export function shownMessage(message: string): string {
  return shorten(printable(message), 240);
}

/** Which version a holder has: `revision 214`. */
export function heldVersion({ verdict, revision }: Pick<Holder, 'verdict' | 'revision'>): string {
  if (revision !== null) return `revision ${revision}`;
  return {
    current: 'the current version',
    stale: 'an older version',
    mismatch: 'no version',
    suspect: 'perhaps old',
    unknown: 'not known',
  }[verdict];
}

/** Since when a holder has had it: `since 3 d`; null where that is not known; `now` in milliseconds. */
export function sinceText({ heldSince }: Pick<Holder, 'heldSince'>, now: number): string | null {
  return heldSince === null ? null : `since ${describeSpan(now - heldSince.getTime())}`;
}

/** Whether it is known which places a pod asks for the Secret at: of values without a Secret no pod asks for any. */
export function isAskingKnown({ references, secret }: Pick<Trail, 'references' | 'secret'>): boolean {
  return references !== null && secret.name !== '';
}

/** What is odd about where a holder has it. */
export function oddities({ derived, expected }: Holder, askingKnown: boolean): string[] {
  const isStray = askingKnown && !expected;
  return [
    ...(derived ? ['derived: a longer value that contains it'] : []),
    ...(isStray ? ['not asked for there'] : []),
  ];
}

/** When and by whom the version of a stale holder was replaced, on one line; none where nobody says. */
export function replacedLines({ replaced }: Holder, now: number): string[] {
  const { time = null, by = null, revision = null } = replaced ?? {};
  const parts = [
    ...(revision === null ? [] : [`by revision ${revision}`]),
    ...(time === null ? [] : [`${describeSpan(now - time.getTime())} ago`]),
    ...(by === null ? [] : [`written by ${shownName(by)}`]),
  ];
  return parts.length === 0 ? [] : [`replaced ${parts.join(', ')}`];
}

/** How much was looked at, and who told where to expect it. */
export function lookedText({ summary, references, secret }: Trail): string {
  const looked = `${count(summary.processes, 'process', 'processes')} and ${count(summary.containers, 'container')} looked at`;
  if (secret.name === '') return looked;
  const teller = { etcd: 'etcd', api: 'the API server', manifest: 'a manifest', none: 'nobody' }[references ?? 'none'];
  return `${looked}; ${teller} told which pods ask for it`;
}

/** The whole of it in a sentence: who still holds an old version. */
export function conclusion(trail: Trail): string {
  const { summary, holders, unread } = trail;
  const { stale, mismatch, suspect, unknown } = summary.verdicts;
  const unsure = mismatch + suspect + unknown;
  const gaps = [
    ...(unsure > 0 ? [`${unsure} not certain`] : []),
    ...(unread.length > 0 ? [`${count(unread.length, 'place')} not read`] : []),
  ];
  const but = gaps.length === 0 ? '' : `; ${gaps.join(', ')}`;
  if (stale > 0) return `${count(stale, 'holder')} still ${stale === 1 ? 'has' : 'have'} an old version${but}.`;
  if (judgeGate(trail).gate === 'unproved') return `It is not proved that nothing holds an old version${but}.`;
  if (holders.length === 0) return 'Nothing on this node holds it.';
  return `${holders.length === 1 ? 'The only holder has' : `All ${holders.length} holders have`} the current version.`;
}

/** What is not proved, where nothing is proved to be old; nothing that is left open by what is known to be old. */
export function openQuestions(trail: Trail): readonly string[] {
  const { gate, reasons } = judgeGate(trail);
  return gate === 'unproved' ? reasons.map(shownMessage) : [];
}

/** At most so many holders, those that are not current before the others, in their order; and how many are left out. */
export function chooseHolders(holders: readonly Holder[], most: number): { shown: Holder[]; left: number } {
  const chosen = new Set(
    VERDICTS.flatMap((wanted) => holders.filter(({ verdict }) => verdict === wanted)).slice(0, most),
  );
  return { shown: holders.filter((holder) => chosen.has(holder)), left: holders.length - chosen.size };
}
