import type { Place, Sighting, UnreadPlace } from '../sighting.ts';
import type { Matcher, Matches } from './matcher.ts';

/** Of one process or container, in one place: what holds more than that was made for its reader. */
const MOST_SIGHTINGS = 4096;
/** UTF-16 units of a name. */
const LONGEST_NAME = 4096;

/** Bytes as text, those that are none replaced, at most 4,096 long. */
export function nameOf(bytes: Buffer): string {
  return bytes.subarray(0, LONGEST_NAME).toString();
}

/** What a text is of, and whether it was asked for. */
export interface Told extends Pick<Sighting, 'place' | 'name'>, Partial<Pick<Sighting, 'generation' | 'removed'>> {
  readonly through?: string;
  /** It is told whatever it holds, and a value that is not distinctive counts, too. */
  readonly asked: boolean;
}

/** Gathers what is seen of one process or container. */
export class Report {
  readonly sightings: Sighting[] = [];
  readonly unread: UnreadPlace[] = [];
  readonly #counts = new Map<Place, number>();
  readonly #matcher: Matcher;

  constructor(matcher: Matcher) {
    this.#matcher = matcher;
  }

  /** Says once of a place why it, or a part of it, is not known. */
  leave(place: Place, reason: string): void {
    if (!this.unread.some((one) => one.place === place && one.reason === reason)) this.unread.push({ place, reason });
  }

  /** What is in a text. */
  tell(told: Told, { whole, contained, complete }: Matches): void {
    const { place, asked } = told;
    if (!complete)
      this.leave(place, 'a part of it looks like values nearly everywhere, and was not compared to its end');
    const itself = whole !== null && (asked || this.#matcher.isDistinctive(whole)) ? whole : null;
    if (itself !== null) this.#add(told, itself, true);
    for (const value of contained) this.#add(told, value, false);
    if (asked && itself === null && contained.length === 0) this.#add(told, null, false);
  }

  #add({ place, name, generation, removed, through }: Told, value: number | null, whole: boolean): void {
    const count = (this.#counts.get(place) ?? 0) + 1;
    this.#counts.set(place, count);
    if (count > MOST_SIGHTINGS) {
      return this.leave(place, `more than ${MOST_SIGHTINGS} parts of it hold values; the others are not told`);
    }
    const ofFile = { generation: generation ?? null, removed: removed ?? null, through: through ?? null };
    this.sightings.push({ place, name, value, whole, ...ofFile });
  }
}
