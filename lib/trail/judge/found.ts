import type { TrailRequest, ValueUse } from '../request.ts';
import type { Sighting } from '../sighting.ts';
import { type Standing, standingOf } from './standing.ts';
import { newestOf, type Truth } from './truth.ts';

/** What was seen in one place, as one variable, argument or file. */
export interface Spot extends Pick<Sighting, 'place' | 'name' | 'generation' | 'removed' | 'through'> {
  /** Values that it is; several where a name is there more than once. */
  readonly wholes: readonly number[];
  /** Values that it contains, none of which is a part of another of them. */
  readonly parts: readonly number[];
}

/** A verdict, and on which key. */
export interface Found {
  /** Null where several are in it. */
  readonly key: string | null;
  /** It is longer than the value of a key. */
  readonly derived: boolean;
  /** What is proved. */
  readonly standing: Standing;
}

/** A hostile program can put all values into one variable: only so many of the longest are looked through for others. */
const MOST_OUTER = 64;

/** What an old value and its successor have in common is no sign of the old one: `secret1` in `secret12`. */
function dropInner(parts: readonly number[], wholes: readonly number[], values: readonly Buffer[]): number[] {
  const longest = [...new Set([...wholes, ...parts])].toSorted((a, b) => lengthOf(b, values) - lengthOf(a, values));
  const kept: number[] = [];
  for (const number of longest) {
    const value = values[number];
    if (value !== undefined && !kept.slice(0, MOST_OUTER).some((outer) => values[outer]?.includes(value) === true))
      kept.push(number);
  }
  return kept.filter((number) => !wholes.includes(number));
}

function lengthOf(number: number, values: readonly Buffer[]): number {
  return values[number]?.length ?? 0;
}

/** Sightings of one variable, argument or file together, in the order of the first. */
export function gatherSpots(sightings: readonly Sighting[], { request: { values } }: TrailRequest): Spot[] {
  const spots = new Map<string, Sighting[]>();
  for (const sighting of sightings) {
    const { place, name, through, generation } = sighting;
    const id = JSON.stringify([place, name, through, generation]);
    const own = spots.get(id);
    if (own === undefined) spots.set(id, [sighting]);
    else own.push(sighting);
  }
  return [...spots.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const numbers = (whole: boolean): number[] => own.flatMap((one) => (one.whole === whole ? (one.value ?? []) : []));
    const wholes = [...new Set(numbers(true))];
    const { place, name, generation, removed, through } = first;
    return [{ place, name, generation, removed, through, wholes, parts: dropInner(numbers(false), wholes, values) }];
  });
}

function toFound(use: ValueUse, whole: boolean, truth: Truth): Found {
  const { keys, versions, derived } = use;
  const standing = standingOf(versions, keys, truth, whole && !derived ? 'is equal to' : 'contains');
  return { key: keys.length === 1 ? (keys[0] ?? null) : null, derived: derived || !whole, standing };
}

/** Of several things that a value is, what speaks best for whoever holds it: current, a key itself, the newest version. */
function bestOf(uses: readonly ValueUse[], { current }: Truth): ValueUse | undefined {
  const rank = ({ versions, derived }: ValueUse): number[] => [
    versions.has(current) ? 1 : 0,
    derived ? 0 : 1,
    newestOf(versions),
  ];
  const compare = (a: number[], b: number[]): number =>
    b.map((one, at) => one - (a[at] ?? 0)).find((by) => by !== 0) ?? 0;
  return uses.toSorted((a, b) => compare(rank(a), rank(b)))[0];
}

/** One of each key: the stale one, where an old and a current value are in it. */
export function worstByKey(all: readonly Found[]): Found[] {
  const byKey = new Map<string | null, Found>();
  for (const found of all) {
    const other = byKey.get(found.key);
    const replaces = other?.standing.verdict === 'current' && found.standing.verdict === 'stale';
    if (other === undefined || replaces) byKey.set(found.key, found);
  }
  return [...byKey.values()];
}

/** What values prove by themselves: those that are distinctive, whoever asked for them. */
export function findByValue({ wholes, parts }: Spot, { request, uses }: TrailRequest, truth: Truth): Found[] {
  const judge = (numbers: readonly number[], whole: boolean): Found[] =>
    numbers
      .filter((number) => request.distinctive.has(number))
      .flatMap((number) => {
        const use = bestOf(uses[number] ?? [], truth);
        return use === undefined ? [] : [toFound(use, whole, truth)];
      });
  const equal = judge(wholes, true);
  return worstByKey(equal.length > 0 ? equal : judge(parts, false));
}

/** What a spot holds of these keys, however short: their values as a whole, or else inside of it. */
export function findOfKeys(spot: Spot, keys: readonly string[], { uses }: TrailRequest, truth: Truth): Found[] {
  const judge = (numbers: readonly number[], whole: boolean): Found[] =>
    numbers
      .flatMap((number) => uses[number] ?? [])
      .filter((use) => !use.derived && use.keys.some((key) => keys.includes(key)))
      .map((use) => toFound(use, whole, truth));
  const equal = judge(spot.wholes, true);
  return worstByKey(equal.length > 0 ? equal : judge(spot.parts, false));
}
