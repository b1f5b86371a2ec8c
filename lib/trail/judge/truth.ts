import { isOfHistory } from '../history.ts';
import type { KnownSecret, SecretVersion } from '../known-secret.ts';

/** The largest of the numbers of versions; -1 of none. There can be too many for arguments. */
export function newestOf(versions: Iterable<number>): number {
  let newest = -1;
  for (const number of versions) newest = Math.max(newest, number);
  return newest;
}

/** What the versions of a Secret say of time and order. */
export class Truth {
  readonly known: KnownSecret;
  /** Number of the current version; -1 where there is none. */
  readonly current: number;
  /** There was a Secret, and there is none now. */
  readonly deleted: boolean;
  /** The first version of the history, from which on none is missing. */
  readonly #oldest: SecretVersion | undefined;

  constructor(known: KnownSecret) {
    this.known = known;
    this.current = known.versions.findIndex(({ current }) => current);
    this.#oldest = known.versions.find(isOfHistory);
    this.deleted = this.current < 0 && this.#oldest !== undefined;
  }

  /** The version that came after another, where their order is known. */
  after(number: number): SecretVersion | null {
    const [version, ...later] = this.known.versions.slice(number);
    return version !== undefined && isOfHistory(version) ? (later.find(isOfHistory) ?? null) : null;
  }

  /** From when on every value of these keys is known; null where nobody says. */
  knownSince(keys: readonly string[]): Date | null {
    const times = keys.map((key) => this.known.keyTimes.get(key)?.getTime());
    // a time that is missing makes NaN of the newest
    const written = Math.max(...times.map((time) => time ?? Number.NaN));
    const candidates = [written, this.#oldest?.since?.getTime() ?? Number.NaN].filter((time) => Number.isFinite(time));
    return candidates.length === 0 ? null : new Date(Math.min(...candidates));
  }
}
