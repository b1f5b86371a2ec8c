import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as assert from 'uvu/assert';
import { readVariableNames, unpackNames } from '../../lib/environ/variable-names.ts';
import { listProcesses, type ProcessSummary, readEnvironments } from '../../lib/index.ts';
import { readSecretVariables } from '../../lib/kube/secret-variables.ts';
import { startHostile, unfit } from '../helpers/hostile.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('what variables are called');

/** Sleepers, in the order of their start, with their environments. */
class Sleepers implements AsyncDisposable {
  readonly #started: ReturnType<typeof spawn>[] = [];

  async start(env: Record<string, string>): Promise<number> {
    const child = spawn('/bin/sleep', ['600'], { env, stdio: 'ignore' });
    this.#started.push(child);
    await once(child, 'spawn');
    return child.pid as number;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = this.#started.map((child) => once(child, 'exit'));
    this.#started.forEach((child) => child.kill('SIGKILL'));
    await Promise.all(ended);
  }
}

async function summaryOf(pids: readonly number[]): Promise<ProcessSummary[]> {
  const all = new Map((await listProcesses()).map((one) => [one.pid, one]));
  return pids.map((pid) => all.get(pid) as ProcessSummary);
}

test('are the names that the initial environment has, in its order, with the start of the process', async () => {
  await using sleepers = new Sleepers();
  const pid = await sleepers.start({
    B: '2',
    A: 'x=y',
    EMPTY: '',
    ['LONG'.padEnd(256, '_')]: '',
    ['L'.repeat(257)]: '',
  });
  const [names] = await readVariableNames([pid], {});
  const [summary] = await summaryOf([pid]);
  assert.equal(names, { startTime: summary?.startTime, names: ['B', 'A', 'EMPTY', 'LONG'.padEnd(256, '_')] });
});

test('are none where a process was started without variables', async () => {
  await using sleepers = new Sleepers();
  const [names] = await readVariableNames([await sleepers.start({})], {});
  assert.equal(names?.names, []);
});

test('are one list for processes with equal names, also of different parts of a batch', async () => {
  await using sleepers = new Sleepers();
  const pids: number[] = [];
  for (let i = 0; i < 40; i++) pids.push(await sleepers.start(i === 7 ? { OTHER: '1' } : { SAME: String(i) }));
  const read = await readVariableNames(pids, {});
  assert.equal(
    read.map((one) => one?.names),
    pids.map((_, i) => (i === 7 ? ['OTHER'] : ['SAME'])),
  );
  assert.ok(read[39]?.names === read[0]?.names);
});

test('are not told of what has exited, nor of a kernel thread', async () => {
  const sleepers = new Sleepers();
  const pid = await sleepers.start({ A: '1' });
  await sleepers[Symbol.asyncDispose]();
  const thread = (await listProcesses()).find(({ kernelThread }) => kernelThread)?.pid;
  const pids = thread === undefined ? [pid] : [pid, thread];
  assert.equal(
    await readVariableNames(pids, {}),
    pids.map(() => null),
  );
});

for (const mode of ['titled', 'relocated']) {
  test(`are what readEnvironments() makes of them where the area was tampered with: ${mode}`, async () => {
    await using target = await startHostile(['tampering', mode], { env: { FIRST: '1', MY_TOKEN: 'two' } });
    const [read] = await readEnvironments([target.pid], { live: false });
    const [names] = await readVariableNames([target.pid], {});
    const initial = read?.status === 'fulfilled' ? read.value.initial : null;
    if (initial?.state === 'overwritten') assert.is(names, null);
    else assert.equal(names?.names, initial?.namesOfAtMost(256));
    const secret = (await readSecretVariables(await summaryOf([target.pid]), {})).byPid.get(target.pid);
    assert.is(secret === null, initial?.state === 'overwritten');
  });
}

test('are not known of those that were read together with one that kept its reader waiting', () => {
  const words = new Uint32Array([5, 1, 0]).buffer;
  const [ends, names] = [new Uint32Array([2]).buffer, new Uint8Array(Buffer.from('A\0')).buffer];
  const error = { errno: -110, syscall: 'read', path: '', detail: '' };
  const unpacked = unpackNames([{ error }, { value: { words, ends, names } }], 33);
  assert.equal(unpacked, [...Array<null>(32).fill(null), { startTime: 0x1_0000_0005n, names: ['A'] }]);
});

test(
  'are told of all others beside a process of which they cannot be read',
  async () => {
    await using sleepers = new Sleepers();
    const env = { FIRST: '1', BIG: 'x'.repeat(65_536) };
    await using target = await startHostile(['blocking', 'userfaultfd', 'initial'], { env });
    const pids: number[] = [];
    for (let i = 0; i < 40; i++) pids.push(await sleepers.start({ API_TOKEN: 'x' }));
    const { byPid, findings } = await readSecretVariables(await summaryOf([target.pid, ...pids]), {});
    assert.equal(
      pids.map((pid) => byPid.get(pid)),
      pids.map(() => ['API_TOKEN']),
    );
    assert.is(byPid.get(target.pid), null);
    assert.match(findings[0]?.message ?? '', /environments of 1 processes could not be read/);
  },
  { skip: unfit({ root: true }) },
);

test('end with the signal that is aborted', async () => {
  const reason = new Error('enough');
  await readVariableNames([process.pid], { signal: AbortSignal.abort(reason) }).then(
    () => assert.unreachable(),
    (error: unknown) => assert.is(error, reason),
  );
});

test.run();
