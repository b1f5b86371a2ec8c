import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { readEnvironment } from '../../lib/index.ts';
import { hostile, startHostile, unfit } from '../helpers/hostile.ts';
import { suite } from '../helpers/suite.ts';
import type { Target } from '../helpers/target.ts';
import { assertFree, threadsOf } from '../helpers/threads.ts';

const test = suite('stopped processes and the end of either side');
const skip = unfit();
const prober = fileURLToPath(new URL('../fixtures/prober.mjs', import.meta.url));

/** How often a prober is killed. */
const KILLS = Number(process.env.PODPROBE_KILLS ?? 1_000);
const LANES = 4;
const LATEST_KILL = 30;
const FREEZES = 60;
/** How long a frozen reader can keep its target: the bound of a stop, and something for a busy machine. */
const LONGEST_HOLD = 500;

const start = (mode: string, count = 1) => startHostile(['stopped', mode, String(count)], { env: {} });

/** Another program that stops and reads the targets without end. */
class Prober {
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown[]>;

  constructor(targets: readonly Target[]) {
    const args = [prober, ...targets.map(({ pid }) => String(pid))];
    this.#child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdin?.on('error', () => {});
    this.#gone = once(this.#child, 'exit');
  }

  async firstRead(): Promise<void> {
    const ended = this.#gone.then((how) => assert.unreachable(`the prober ended on its own: ${how.join()}`));
    await Promise.race([once(this.#child.stdout as NodeJS.EventEmitter, 'data'), ended]);
    ended.catch(() => {});
    this.#child.stdout?.resume();
  }

  signal(signal: NodeJS.Signals): void {
    assert.ok(this.#child.kill(signal), 'the prober has ended on its own');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#gone;
  }
}

const isHeld = ({ pid }: Target) => threadsOf(pid).some(({ tracer }) => tracer !== 0);

async function assertUnharmed(targets: readonly Target[], patience?: number): Promise<void> {
  for (const target of targets) {
    await assertFree(target.pid, patience);
    assert.is(await target.send('ping'), 'pong');
  }
}

/** Gives whether the reader died while a target was stopped, as far as that can be seen. */
async function killOnce(targets: readonly Target[]): Promise<boolean> {
  await using reader = new Prober(targets);
  await reader.firstRead();
  await wait(Math.random() * LATEST_KILL);
  const held = targets.some(isHeld);
  reader.signal('SIGKILL');
  return held;
}

async function killOften(count: number): Promise<number> {
  await using one = await start('threads');
  await using many = await start('threads', 32);
  let held = 0;
  for (let i = 0; i < count; i++) {
    if (await killOnce([one, many])) held++;
    await assertUnharmed([one, many]);
  }
  return held;
}

test(
  `leaves nothing stopped or traced when the reader is killed, ${KILLS} times`,
  async () => {
    const held = await Promise.all(Array.from({ length: LANES }, () => killOften(Math.ceil(KILLS / LANES))));
    const sum = held.reduce((a, b) => a + b);
    assert.ok(sum * 50 > KILLS, `only ${sum} of ${KILLS} kills can have met a stopped target`);
  },
  { skip, timeout: 10_000 + KILLS * 250 },
);

test(
  `lets go of a target in time while the reader itself is stopped, ${FREEZES} times`,
  async () => {
    await using one = await start('threads');
    await using many = await start('threads', 32);
    const targets = [one, many];
    await using reader = new Prober(targets);
    await reader.firstRead();
    let held = 0;
    for (let i = 0; i < FREEZES; i++) {
      await wait(Math.random() * 5);
      reader.signal('SIGSTOP');
      held += targets.some(isHeld) ? 1 : 0;
      await assertUnharmed(targets, LONGEST_HOLD);
      reader.signal('SIGCONT');
    }
    assert.ok(held > FREEZES / 10, `only ${held} of ${FREEZES} times the target was held`);
  },
  { skip },
);

type End = { code: number | null; signal: string | null };

/** A child of this process, spawned as any program would; what was reported of its end, in order. */
async function spawnChild(): Promise<{ child: ChildProcess; ends: End[] }> {
  const ends: End[] = [];
  const child = spawn(await hostile('stopped'), ['threads', '8'], { stdio: ['pipe', 'pipe', 'inherit'], env: {} });
  child.on('exit', (code, signal) => ends.push({ code, signal }));
  await once(child.stdout as NodeJS.EventEmitter, 'data');
  return { child, ends };
}

async function readUntil(pid: number, over: () => boolean): Promise<void> {
  while (!over()) {
    const { live } = await readEnvironment(pid, { stop: true });
    assert.is(live?.state, 'ok');
  }
}

for (const end of [{ code: 7, signal: null }, { code: null, signal: 'SIGKILL' }, { code: null, signal: 'SIGTERM' }]) {
  test(
    `does not disturb what this process learns of its own child: ${end.signal ?? `exit ${end.code}`}`,
    async () => {
      for (let i = 0; i < 20; i++) {
        const { child, ends } = await spawnChild();
        const pid = child.pid as number;
        let reads = 0;
        await readUntil(pid, () => ++reads > 10);
        assert.equal(ends, [], 'an end was reported of a child that runs');
        const gone = once(child, 'exit');
        const reading = readUntil(pid, () => ends.length > 0).catch((error: Error & { code?: string }) => error);
        await wait(Math.random() * 5);
        if (end.signal === null) child.stdin?.write(`exit ${end.code}\n`);
        else process.kill(pid, end.signal);
        await gone;
        const failed = await reading;
        if (failed) assert.is(failed.code, 'ESRCH', failed.message);
        assert.equal(ends, [end]);
      }
    },
    { skip },
  );
}

test.run();
