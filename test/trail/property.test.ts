import * as assert from 'uvu/assert';
import { isDistinctive } from '../../lib/trail/distinctive.ts';
import type { Verdict } from '../../lib/trail/holder.ts';
import { suite } from '../helpers/suite.ts';
import { cluster, type Data, follow, history, podOf, process, secret, secretKey, seen } from '../helpers/trail.ts';

const test = suite('trail: verdicts of random histories');

/** Random numbers, the same in each run. */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return (this.#state >>> 8) % limit;
  }

  one<Of>(list: readonly Of[]): Of {
    const found = list[this.below(list.length)];
    if (found === undefined) throw new Error('nothing to choose from');
    return found;
  }
}

// few values, so that keys share them and old ones come back; some too short to be proof, one within another
const VALUES = ['', 'a', 'bar', 'x7Kp2mQ9vL4z', 'x7Kp2mQ9vL4z2', 'b8Rt5nW1cH6y', 'production', 'n4Jd8sF2gT7e'];
const KEYS = ['one', 'two'];

function randomHistory(dice: Dice): Data[] {
  return Array.from({ length: 1 + dice.below(5) }, () =>
    Object.fromEntries(KEYS.map((key) => [key, dice.one(VALUES)])),
  );
}

const view = cluster([podOf({ env: KEYS.map((key) => secretKey(key.toUpperCase(), key)) })]);

function has(states: readonly Data[], value: string, keys: readonly string[]): boolean {
  return states.some((data) => keys.some((key) => data[key] === value));
}

/** What the rules say of a variable that is this value as a whole, written anew; null: it is no holder. */
function expectedVerdict(states: readonly Data[], value: string, key: string | null): Verdict | null {
  const [now, before] = [states.slice(-1), states.slice(0, -1)];
  const own = key === null ? [] : [key];
  if (has(now, value, own)) return 'current';
  if (has(before, value, own)) return 'stale';
  if (isDistinctive(Buffer.from(value))) return has(now, value, KEYS) ? 'current' : 'stale';
  return key === null ? null : 'mismatch';
}

test('a verdict on a whole value is what the rules say, and current only where the bytes are', () => {
  const counts = new Map<Verdict | null, number>();
  for (let seed = 1; seed <= 3000; seed += 1) {
    const dice = new Dice(seed);
    const states = randomHistory(dice);
    const known = secret(history(...states), { complete: true });
    const value = states[dice.below(states.length)]?.[dice.one(KEYS)] as string;
    const name = dice.one(['ONE', 'TWO', 'ELSEWHERE']);
    const { holders } = follow(known, view, (n) => ({
      processes: [process([seen('live', name, { value: n(value) })])],
    }));
    const key = name === 'ELSEWHERE' ? null : name.toLowerCase();
    const wanted = expectedVerdict(states, value, key);
    const told = `seed ${seed}: ${JSON.stringify({ states, value, name })}`;
    assert.equal(
      holders.map(({ verdict }) => verdict),
      wanted === null ? [] : [wanted],
      told,
    );
    counts.set(wanted, (counts.get(wanted) ?? 0) + 1);
  }
  for (const verdict of ['current', 'stale', 'mismatch', null] as const)
    assert.ok((counts.get(verdict) ?? 0) > 50, `${verdict}`);
});

test('a verdict on something longer is of a value that is in it', () => {
  const counts = new Map<Verdict, number>();
  for (let seed = 1; seed <= 3000; seed += 1) {
    const dice = new Dice(seed);
    const states = randomHistory(dice);
    const known = secret(history(...states));
    const values = [...new Set(states.flatMap((data) => Object.values(data) as string[]))];
    const text = Array.from({ length: 1 + dice.below(3) }, () => dice.one(values)).join('/');
    const inside = values.filter((value) => value !== '' && text.includes(value));
    const { holders } = follow(known, view, (n, { request }) => {
      const found = inside.filter((value) => request.distinctive.has(n(value)));
      return { processes: [process(found.map((value) => seen('live', 'X', { value: n(value), whole: false })))] };
    });
    for (const { verdict, key } of holders) {
      const versions = verdict === 'current' ? states.slice(-1) : states.slice(0, -1);
      assert.ok(
        inside.some((value) => has(versions, value, [key ?? ''])),
        `seed ${seed}`,
      );
      counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
    }
  }
  assert.ok((counts.get('current') ?? 0) > 100 && (counts.get('stale') ?? 0) > 100);
});

test.run();
