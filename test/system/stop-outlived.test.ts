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

/** How often a prober is killed: each is a start of Node. 1,000 take more than two minutes on two processors. */
const KILLS = Number(process.env.PODPROBE_KILLS ?? 200);
const LANES = 4;
const LATEST_KILL = 30;
const FREEZES = 60;
/** Long enough for every thread to get its turn on a busy machine. */
const PATIENT = 1_000;
/** What a frozen reader can keep its target for, and something for a busy machine. */
const BOUND = 50;
const LONGEST_HOLD = 500;
/** Far longer than the test waits: only the end of the reader lets the target go. */
const ENDLESS = 10_000;

const start = (mode: string, count = 1) => startHostile(['stopped', mode, String(count)], { env: {} });

/** Another program that stops and reads the targets without end. */
class Prober {
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown[]>;

  constructor(targets: readonly Target[], bound: number) {
    const args = [prober, bound, ...targets.map(({ pid }) => pid)].map(String);
    this.#child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdin?.on('error', () => {});
    this.#gone = once(this.#child, 'exit');
  }

  async nextRead(): Promise<void> {
    const ended = this.#gone.then((how) => assert.unreachable(`the prober ended on its own: ${how.join()}`));
    await Promise.race([once(this.#child.stdout as NodeJS.EventEmitter, 'data'), ended]);
    ended.catch(() => {});
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
  await using reader = new Prober(targets, ENDLESS);
  await reader.nextRead();
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
  { skip, timeout: 10_000 + KILLS * 500 },
);

test(
  `lets go of a target in time while the reader itself is stopped, ${FREEZES} times`,
  async () => {
    await using one = await start('threads');
    await using many = await start('threads', 32);
    const targets = [one, many];
    await using reader = new Prober(targets, BOUND);
    await reader.nextRead();
    let held = 0;
    for (let i = 0; i < FREEZES; i++) {
      await wait(Math.random() * 5);
      reader.signal('SIGSTOP');
      held += targets.some(isHeld) ? 1 : 0;
      await assertUnharmed(targets, LONGEST_HOLD);
      reader.signal('SIGCONT');
    }
    await reader.nextRead();
    assert.ok(held > FREEZES / 10, `only ${held} of ${FREEZES} times the target was held`);
  },
  { skip },
);

type End = { code: number | null; signal: string | null };

/** A child of this process, spawned as any program would. */
class Child {
  readonly process: ChildProcess;
  readonly gone: Promise<unknown>;
  /** What was reported of its end. */
  readonly ends: End[] = [];

  constructor(program: string) {
    this.process = spawn(program, ['threads', '8'], { stdio: ['pipe', 'pipe', 'inherit'], env: {} });
    this.process.on('exit', (code, signal) => this.ends.push({ code, signal }));
    this.gone = once(this.process, 'close');
  }

  async readUntil(over: () => boolean): Promise<void> {
    while (!over()) {
      const { live } = await readEnvironment(this.process.pid as number, { stop: PATIENT });
      assert.is(live?.state, 'ok');
    }
  }

  end({ code, signal }: End): void {
    if (signal === null) this.process.stdin?.write(`exit ${code}\n`);
    else process.kill(this.process.pid as number, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill('SIGKILL');
    await this.gone;
  }
}

async function watchEnd(end: End): Promise<void> {
  await using child = new Child(await hostile('stopped'));
  await once(child.process.stdout as NodeJS.EventEmitter, 'data');
  let reads = 0;
  await child.readUntil(() => ++reads > 10);
  assert.equal(child.ends, [], 'an end was reported of a child that runs');
  const reading = child.readUntil(() => child.ends.length > 0);
  const failed = reading.then(
    () => null,
    (error: Error & { code?: string }) => error,
  );
  await wait(Math.random() * 5);
  child.end(end);
  await child.gone;
  const error = await failed;
  if (error) assert.is(error.code, 'ESRCH', `${error.code} ${error.message}`);
  assert.equal(child.ends, [end]);
}

const ends: readonly End[] = [
  { code: 7, signal: null },
  { code: null, signal: 'SIGKILL' },
  { code: null, signal: 'SIGTERM' },
];

for (const end of ends) {
  test(
    `does not disturb what this process learns of its own child: ${end.signal ?? `exit ${end.code}`}`,
    async () => {
      for (let i = 0; i < 20; i++) await watchEnd(end);
    },
    { skip },
  );
}

test(
  'says ESRCH, not ENOENT, of a process that is reaped while its threads are listed',
  async () => {
    for (let i = 0; i < 150; i++) await watchEnd({ code: null, signal: 'SIGKILL' });
  },
  { skip },
);

test.run();
