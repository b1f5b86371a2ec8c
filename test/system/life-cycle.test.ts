import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { readEnvironment } from '../../lib/index.ts';
import * as hostileHelp from '../helpers/hostile.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';
import { Target } from '../helpers/target.ts';

const { assertInitial, assertLive, hostile, readBounded, startHostile, texts, unfit } = hostileHelp;
const test = suite('stages of a life');
const skip = unfit();
const skipUnprivileged = unfit({ root: true });
const env = { FIRST: '1', SECOND: '2' };
const given = ['FIRST=1', 'SECOND=2'];
const live = [...given, 'LIVE=1'];
const NO_SUCH_PID = 2 ** 22 + 1;

const directory = mkdtempSync(join(tmpdir(), 'podprobe-life-'));
test.after(() => rmSync(directory, { recursive: true }));

async function assertPlain(target: Target): Promise<void> {
  const read = await readBounded(target.pid);
  assertInitial(read.initial, 'intact', given);
  assertLive(read.live, live);
}

/** A file that the target has mapped: its loader, its libc. */
function mapped(pid: number, name: RegExp): string {
  const paths = readFileSync(`/proc/${pid}/maps`, 'latin1').match(/\/.*$/gm) ?? [];
  const path = paths.find((candidate) => name.test(candidate));
  if (path === undefined) throw new Error(`process ${pid} has not mapped ${name}`);
  return path;
}

const isLoader = /\/ld-[^/]*$/;
const isLibc = /\/libc\.so\.6$/;

async function pathOf(name: RegExp): Promise<string> {
  await using target = await startHostile(['plain'], { env });
  return mapped(target.pid, name);
}

test(
  'reads a process whose leading thread is gone',
  async () => {
    await using target = await startHostile(['plain', 'leader-exited'], { env });
    await assertPlain(target);
  },
  { skip },
);

test(
  'reads a program that was started by way of its loader',
  async () => {
    await using target = await Target.start([await pathOf(isLoader), await hostile('plain')], { env });
    await assertPlain(target);
  },
  { skip },
);

test(
  'reads the first libc where there is a second',
  async () => {
    await using target = await startHostile(['stages', 'second-libc'], { env });
    await assertPlain(target);
  },
  { skip },
);

test(
  'reads a program whose file is gone',
  async () => {
    const program = join(directory, 'gone');
    copyFileSync(await hostile('plain'), program);
    await using target = await Target.start([program], { env });
    unlinkSync(program);
    await assertPlain(target);
  },
  { skip },
);

test(
  'reads a program whose file was replaced by another',
  async () => {
    const program = join(directory, 'replaced');
    copyFileSync(await hostile('tiny'), program);
    await using target = await Target.start([program], { env });
    unlinkSync(program);
    copyFileSync(await hostile('plain'), program);
    const read = await readBounded(target.pid);
    assertInitial(read.initial, 'intact', given);
    assertLive(read.live, ['TINY=1', 'LIVE=1']);
  },
  { skip },
);

test(
  'reads a program whose libc is gone',
  async () => {
    const libc = join(directory, 'libc.so.6');
    copyFileSync(await pathOf(isLibc), libc);
    await using target = await startHostile(['plain'], { env: { ...env, LD_LIBRARY_PATH: directory } });
    assert.is(mapped(target.pid, isLibc), libc);
    unlinkSync(libc);
    const read = await readBounded(target.pid);
    assertLive(read.live, [...given, `LD_LIBRARY_PATH=${directory}`, 'LIVE=1']);
  },
  { skip },
);

for (const program of ['plain', 'tiny']) {
  test(
    `reads a program with a root of its own: ${program}`,
    async () => {
      await using target = await startHostile(['stages', 'other-root', await hostile(program)], { env });
      const read = await readBounded(target.pid);
      assertInitial(read.initial, 'intact', given);
      assertLive(read.live, program === 'plain' ? live : ['TINY=1', 'LIVE=1']);
    },
    { skip: skipUnprivileged },
  );
}

test(
  'does not take a program whose loader has not run for one without variables',
  async () => {
    await using target = await startHostile(['stages', 'before-loader', await hostile('plain')], { env });
    const read = await readBounded(target.pid);
    assertInitial(read.initial, 'intact', given);
    assert.ok(read.live);
    if (read.live.state === 'ok') assert.equal(texts(read.live), given);
    else assert.ok(read.live.reason);
  },
  { skip },
);

test(
  'never mixes two images of a process that executes itself again and again',
  async () => {
    await using target = await startHostile(['stages', 'exec-loop'], { env });
    const results = await Promise.allSettled(Array.from({ length: 500 }, () => readEnvironment(target.pid)));
    let good = 0;
    for (const result of results) {
      if (result.status === 'rejected') continue;
      const { initial, live: current } = result.value;
      const generations = new Set([...generationsOf(initial, 'intact'), ...generationsOf(current, 'ok')]);
      assert.ok(generations.size <= 1, `one answer holds the generations ${[...generations].join(', ')}`);
      good += generations.size;
    }
    assert.ok(good > 0, `none of 500 reads was good: ${describe(results)}`);
  },
  { skip },
);

function describe(results: PromiseSettledResult<hostileHelp.Read>[]): string {
  const causes = results.map((result) =>
    result.status === 'rejected'
      ? String(result.reason)
      : `${result.value.initial?.state} ${result.value.live?.reason}`,
  );
  return [...new Set(causes)].join('; ');
}

/** The generations in a list that claims to be whole: every image but the first, which has none, has 40 variables. */
function generationsOf(part: hostileHelp.Initial | hostileHelp.Live | null, whole: string): string[] {
  if (part?.state !== whole) return [];
  const entries = texts(part);
  if (entries.join() === given.join()) return ['the first'];
  assert.is(entries.length, 40, `a whole list of ${entries.length}: ${entries.slice(0, 3).join()}`);
  return entries.map((entry) => entry.replace(/^GENERATION_\d\d=/, ''));
}

test(
  'says of a zombie that it is one',
  async () => {
    await using target = await startHostile(['stages', 'zombie'], { env });
    await rejects(readEnvironment(target.pid), { code: 'ESRCH', pid: target.pid, message: /zombie/i });
  },
  { skip },
);

test(
  'says of a kernel thread that it is one',
  async () => {
    await rejects(readEnvironment(2), { pid: 2, message: /kernel thread/i });
  },
  { skip: isKernelThread(2) ? undefined : 'needs the first pid namespace' },
);

function isKernelThread(pid: number): boolean {
  const flags =
    existsSync(`/proc/${pid}/stat`) && readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ')[6];
  return (Number(flags || 0) & 0x0020_0000) !== 0;
}

test('says that there is no such process', async () => {
  await rejects(readEnvironment(NO_SUCH_PID), { code: 'ESRCH', pid: NO_SUCH_PID });
});

test(
  'says of a process that has ended that there is none',
  async () => {
    const target = await startHostile(['plain'], { env });
    await target.stop();
    await rejects(readEnvironment(target.pid), { code: 'ESRCH', pid: target.pid });
  },
  { skip },
);

test.run();
