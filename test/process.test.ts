import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import * as assert from 'uvu/assert';
import { openProcess, Process, readEnvironment } from '../lib/index.ts';
import { checkPid, processError } from '../lib/process.ts';
import { startHostile, texts, unfit } from './helpers/hostile.ts';
import { openFiles } from './helpers/open-files.ts';
import { rejects, throws } from './helpers/rejects.ts';
import { suite } from './helpers/suite.ts';

const test = suite('process');
const skip = unfit();
const closed = { name: 'UsageError', code: 'ERR_INVALID_ARG_VALUE', option: 'process', message: /closed/ };
const wrong = { name: 'UsageError', code: 'ERR_INVALID_ARG_VALUE', option: 'pid' };

const noPids = [0, -1, 1.5, 2 ** 31, 2 ** 32 + 1, NaN, Infinity, '1', 1n, null, undefined, {}, [], true];

for (const value of noPids) {
  const what = `${typeof value} ${JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? String(one) : one))}`;
  test(`takes ${Number.isNaN(value) ? 'NaN' : value === Infinity ? 'Infinity' : what} for no pid`, async () => {
    throws(() => checkPid(value), wrong);
    await rejects(openProcess(value as number), wrong);
    await rejects(readEnvironment(value as number), wrong);
  });
}

test('takes every number that can be a pid', () => {
  for (const pid of [1, 2 ** 22, 2 ** 31 - 1]) assert.is(checkPid(pid), pid);
});

test('says what was given instead of a pid, but not what stands in a text', () => {
  assert.match(throws(() => checkPid(-7), wrong).message, /from 1 to 2147483647, not -7$/);
  assert.match(throws(() => checkPid('S3CR3T'), wrong).message, /, not string$/);
});

test('says that there is no such process', async () => {
  await rejects(openProcess(2 ** 31 - 1), { code: 'ESRCH', syscall: 'pidfd_open', pid: 2 ** 31 - 1 });
});

test('says of the id of a thread that it is one, and where the process is to be found', async () => {
  const worker = new Worker('require("node:worker_threads").parentPort.once("message", () => {})', { eval: true });
  await once(worker, 'online');
  try {
    const thread = readdirSync('/proc/self/task')
      .map(Number)
      .find((id) => id !== process.pid) as number;
    const error = await rejects(openProcess(thread), { name: 'SystemError', syscall: 'pidfd_open', pid: thread });
    assert.match(String(Reflect.get(error, 'code')), /^(EINVAL|ENOENT)$/);
    assert.match(error.message, /thread.*Tgid in \/proc\/TID\/status/);
    await rejects(readEnvironment(thread), { message: /Tgid/ });
  } finally {
    await worker.terminate();
  }
});

test('adds the cure to what is not permitted, and to nothing else', () => {
  const record = { syscall: 'read', path: '/proc/1/mem', detail: '' };
  for (const errno of [-1, -13]) {
    assert.match(processError({ ...record, errno }, process.pid).message, /read '\/proc\/1\/mem': .*CAP_SYS_PTRACE/);
  }
  assert.is(processError({ ...record, errno: -110 }, 1).message, `ETIMEDOUT: connection timed out, read '/proc/1/mem'`);
  assert.is(processError({ ...record, errno: -22 }, 1).message, `EINVAL: invalid argument, read '/proc/1/mem'`);
});

test('holds a process, and reads it again and again', async () => {
  await using held = await openProcess(process.pid);
  assert.instance(held, Process);
  assert.is(held.pid, process.pid);
  const first = await readEnvironment(held);
  const second = await readEnvironment(held);
  assert.equal(texts(second.live), texts(first.live));
  assert.is(second.process.startTime, first.process.startTime);
});

test('reads a held process many times at once, without one read in the way of another', async () => {
  await using held = await openProcess(process.pid);
  const reads = await Promise.all(Array.from({ length: 50 }, () => readEnvironment(held)));
  const [expected] = reads.map(({ live }) => texts(live));
  for (const { live } of reads) {
    assert.is(live?.state, 'ok', String(live?.reason));
    assert.equal(texts(live), expected);
  }
});

test('does not let a read that failed end those behind it', async () => {
  await using held = await openProcess(process.pid);
  const [failed, good] = await Promise.allSettled([
    readEnvironment(held, { signal: AbortSignal.abort() }),
    readEnvironment(held),
  ]);
  assert.equal([failed.status, good.status], ['rejected', 'fulfilled']);
});

test('ends the reads that were asked for before it closes', async () => {
  const held = await openProcess(process.pid);
  const reads = Array.from({ length: 5 }, () => readEnvironment(held));
  await held.close();
  for (const { live } of await Promise.all(reads)) assert.is(live?.state, 'ok');
});

test('refuses reads after it was closed, and while it closes', async () => {
  const held = await openProcess(process.pid);
  const before = readEnvironment(held);
  const closing = held.close();
  await rejects(readEnvironment(held), closed);
  await Promise.all([before, closing]);
  await rejects(readEnvironment(held), closed);
});

test('can be closed twice, and at once', async () => {
  const held = await openProcess(process.pid);
  await Promise.all([held.close(), held.close()]);
  await held.close();
  await rejects(readEnvironment(held), closed);
});

test('is closed where its scope ends', async () => {
  const leaked = await scoped();
  await rejects(readEnvironment(leaked), closed);
});

async function scoped(): Promise<Process> {
  await using held = await openProcess(process.pid);
  await readEnvironment(held);
  return held;
}

test('gives its descriptors back', async () => {
  await (await openProcess(process.pid)).close();
  const before = openFiles();
  const held = await Promise.all(Array.from({ length: 20 }, () => openProcess(process.pid)));
  assert.ok(openFiles() >= before + 40, `20 processes held, but only ${openFiles() - before} descriptors`);
  await Promise.all(held.map((one) => one.close()));
  assert.is(openFiles(), before);
});

test(
  'is of the process that it was opened for, after that has ended',
  async () => {
    const target = await startHostile(['plain']);
    const held = await openProcess(target.pid);
    assert.is((await readEnvironment(held)).live?.state, 'ok');
    await target.stop();
    await rejects(readEnvironment(held), { name: 'SystemError', code: 'ESRCH', pid: target.pid });
    await held.close();
  },
  { skip },
);

test(
  'keeps what is read of two held processes apart',
  async () => {
    await using one = await startHostile(['plain'], { env: { NAME: 'one' } });
    await using two = await startHostile(['plain'], { env: { NAME: 'two' } });
    await using first = await openProcess(one.pid);
    await using second = await openProcess(two.pid);
    const reads = await Promise.all([first, second, first, second].map((held) => readEnvironment(held)));
    assert.equal(
      reads.map(({ live, process: { pid } }) => [pid, live?.get('NAME')?.toString()]),
      [one, two, one, two].map(({ pid }) => [pid, pid === one.pid ? 'one' : 'two']),
    );
  },
  { skip },
);

test('reads the pid and the start time that /proc shows', async () => {
  const { process: identity } = await readEnvironment(process.pid);
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  assert.is(identity.pid, process.pid);
  assert.is(identity.startTime, BigInt(fields[19] as string));
  assert.is(identity.comm, readFileSync('/proc/self/comm', 'utf8').trimEnd());
  assert.is(identity.exe, process.execPath);
});

test.run();
