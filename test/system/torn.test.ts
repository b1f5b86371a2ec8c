import { setTimeout as wait } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { readEnvironment } from '../../lib/index.ts';
import { hostile, startHostile, texts, unfit } from '../helpers/hostile.ts';
import { suite } from '../helpers/suite.ts';
import { Target } from '../helpers/target.ts';

const test = suite('torn reads');
/** PODPROBE_TORN_READS=100000 is the long run: a minute, or five where musl maps and unmaps at each setenv(). */
const READS = Number(process.env.PODPROBE_TORN_READS ?? 10_000);
const STOPS = 25;
const AT_ONCE = 8;
const GROWING = 24;
const timeout = 10_000 + READS * 5;

const fixed = Array.from({ length: 40 }, (_, i) => `FIXED_${i}=${`value ${i} `.repeat(5)}`);
const env = Object.fromEntries(fixed.map((entry) => entry.split('=') as [string, string]));

const isWork = (entry: string) => /^WORK=(A{64,200}|B{64,200})$/.test(entry);
const isOther = (entry: string) => /^OTHER=(A{64,200}|B{64,200})$/.test(entry);

/** What is wrong with the entries besides the fixed ones; each of these states is one that the program went through. */
const wrong: Record<string, (rest: string[]) => boolean> = {
  replace: (rest) => rest.length !== 1 || !rest.every(isWork),
  toggle: ([one = '', two, ...more]) =>
    more.length > 0 || !(two === undefined ? isWork(one) || isOther(one) : bothOf(one, two)),
  resize: (rest) => wrongRange(rest, (first, length) => first !== 0 && length > 0),
  slide: (rest) => wrongRange(rest, (first, length) => first !== 0 && first + length !== GROWING),
};

function bothOf(one: string, two: string): boolean {
  return (isWork(one) && isOther(two)) || (isOther(one) && isWork(two));
}

function wrongRange(rest: string[], refuse: (first: number, length: number) => boolean): boolean {
  const [work, ...grown] = rest;
  const numbers = grown.map((entry) => Number(/^GROW_(\d+)=(A+|B+)$/.exec(entry)?.[1]));
  const first = numbers[0] ?? 0;
  return !work || !isWork(work) || numbers.some((n, i) => n !== first + i) || refuse(first, numbers.length);
}

function problem(mode: string, entries: string[]): string | undefined {
  const present = new Set(entries);
  const lost = fixed.filter((entry) => !present.has(entry));
  if (lost.length > 0) return `lost ${lost.join()}`;
  const rest = entries.filter((entry) => !entry.startsWith('FIXED_'));
  if (entries.length - rest.length !== fixed.length) return `${entries.length - rest.length} fixed entries`;
  return wrong[mode]?.(rest) ? `no state of the program: ${rest.map(shorten).join()}` : undefined;
}

const shorten = (entry: string) => entry.replace(/(A{2,}|B{2,})/g, (run) => `${run[0]}*${run.length}`);

type Tally = { ok: number; torn: string[]; states: Map<string, number> };

async function readOften(pid: number, mode: string, count: number): Promise<Tally> {
  const tally: Tally = { ok: 0, torn: [], states: new Map() };
  let left = count;
  const reader = async () => {
    while (left-- > 0) {
      const { live } = await readEnvironment(pid, { initial: false });
      assert.ok(live);
      tally.states.set(live.state, (tally.states.get(live.state) ?? 0) + 1);
      if (live.state !== 'ok') continue;
      tally.ok++;
      const found = problem(mode, texts(live));
      if (found) tally.torn.push(found);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, reader));
  return tally;
}

/** Reads while the program stands still wherever a signal found it, for longer than what looks torn is looked at again. */
async function readStopped(pid: number, mode: string, count: number): Promise<string[]> {
  const torn: string[] = [];
  for (let left = count; left > 0; --left) {
    process.kill(pid, 'SIGSTOP');
    const { live } = await readEnvironment(pid, { initial: false });
    process.kill(pid, 'SIGCONT');
    const found = live?.state === 'ok' ? problem(mode, texts(live)) : undefined;
    if (found) torn.push(found);
    await wait(Math.random() * 2);
  }
  return torn;
}

type Loop = { compiler: 'gcc' | 'musl-gcc'; mode: string; busy: boolean };

const loops: Loop[] = (['gcc', 'musl-gcc'] as const).flatMap((compiler) => [
  { compiler, mode: 'replace', busy: false },
  { compiler, mode: 'toggle', busy: false },
  { compiler, mode: 'toggle', busy: true },
  { compiler, mode: 'resize', busy: false },
  { compiler, mode: 'slide', busy: true },
]);

for (const { compiler, mode, busy } of loops) {
  const where = busy ? 'on a busy machine' : 'on an idle machine';
  test(
    `tears nothing that it calls good: ${compiler}, ${mode}, ${where}`,
    async () => {
      const count = Math.ceil(busy ? READS / 20 : READS / 7.5);
      await using _one = busy ? await startHostile(['torn', 'spin']) : null;
      await using _two = busy ? await startHostile(['torn', 'spin']) : null;
      await using target = await Target.start([await hostile('torn', compiler), mode], { env });
      const { ok, torn, states } = await readOften(target.pid, mode, count);
      const summary = [...states].map(([state, times]) => `${state} ${times}`).join(', ');
      assert.is(torn.length, 0, `${torn.length} of ${count} torn (${summary}): ${torn[0]}`);
      // musl gives the memory of a replaced string to the next one: for minutes on end, each look can be of such a string
      if (compiler === 'gcc') assert.ok(ok >= count / 2, `too few are good: ${summary}`);
      // one that was preempted in the middle of setenv() has no vector to be read
      const { ok: _ok, unstable: _unstable, unknown = 0, ...others } = Object.fromEntries(states);
      assert.equal(others, {});
      assert.ok(unknown <= count / 1000, `too many are unknown: ${summary}`);
    },
    { skip: unfit({ tools: [compiler] }), timeout },
  );
}

for (const { compiler, mode } of loops.filter(({ busy }) => !busy)) {
  test(
    `tears nothing that it calls good, of a program that is stopped: ${compiler}, ${mode}`,
    async () => {
      await using target = await Target.start([await hostile('torn', compiler), mode], { env });
      assert.equal(await readStopped(target.pid, mode, STOPS), []);
    },
    { skip: unfit({ tools: [compiler] }), timeout },
  );
}

test.run();
