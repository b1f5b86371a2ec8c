import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { listProcesses, openProcess, type ProcessSummary, readCommandLine } from '../lib/index.ts';
import { rejects } from './helpers/rejects.ts';
import { suite } from './helpers/suite.ts';

const test = suite('the list of processes');
const root = process.getuid?.() === 0;

async function find(pid: number | undefined, options = {}): Promise<ProcessSummary> {
  const found = (await listProcesses(options)).find((one) => one.pid === pid);
  assert.ok(found, `no process ${pid}`);
  return found;
}

/** A field of /proc/PID/stat behind the name, counted as the manual page does. */
function statField(pid: number, which: number): string {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[which - 3] as string;
}

test('tells of this process what /proc does', async () => {
  const own = await find(process.pid, { namespaces: true });
  assert.is(own.parentPid, process.ppid);
  assert.is(`${own.comm}\n`, readFileSync('/proc/self/comm', 'utf8'));
  assert.is(own.startTime, BigInt(statField(process.pid, 22)));
  assert.equal([own.kernelThread, own.zombie], [false, false]);
  assert.is(own.cgroup?.toString(), readFileSync('/proc/self/cgroup', 'utf8'));
  const capabilities = /^CapEff:\t(\w+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  assert.equal(own.credentials, {
    uid: process.getuid?.(),
    effectiveUid: process.geteuid?.(),
    gid: process.getgid?.(),
    effectiveGid: process.getegid?.(),
    capabilities: BigInt(`0x${capabilities}`),
  });
  const number = (kind: string): number => Number(/\d+/.exec(readlinkSync(`/proc/self/ns/${kind}`))?.[0]);
  assert.equal(own.namespaces, { mnt: number('mnt'), pid: number('pid'), user: number('user') });
});

test('asks for namespaces only when it is told to', async () => {
  assert.is((await find(process.pid)).namespaces, null);
});

test('lists every process that was there all the time, each once', async () => {
  const child = spawn('cat', { stdio: ['pipe', 'ignore', 'inherit'] });
  await once(child, 'spawn');
  const pids = (await listProcesses()).map(({ pid }) => pid);
  assert.is(new Set(pids).size, pids.length);
  for (const pid of [process.pid, process.ppid, child.pid]) assert.ok(pids.includes(pid as number), `no ${pid}`);
  child.stdin.end();
  await once(child, 'close');
  assert.not((await listProcesses()).some(({ pid }) => pid === child.pid));
});

test('tells a zombie from one that runs, whatever its name', async () => {
  const script = 'import os, sys\nif os.fork() == 0: os._exit(0)\nprint(flush=True)\nsys.stdin.read()';
  const child = spawn('python3', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  let zombies: ProcessSummary[] = [];
  while (zombies.length === 0) {
    zombies = (await listProcesses()).filter(({ parentPid, zombie }) => parentPid === child.pid && zombie);
  }
  assert.equal([zombies.length, zombies[0]?.state], [1, 'Z']);
  child.stdin.end();
  await once(child, 'close');
});

test(
  'tells who a process is, not who started it',
  async () => {
    const options = { uid: 65534, gid: 65533, stdio: ['pipe', 'ignore', 'inherit'] as ['pipe', 'ignore', 'inherit'] };
    const child = spawn('cat', options);
    await once(child, 'spawn');
    const ids = { uid: 65534, effectiveUid: 65534, gid: 65533, effectiveGid: 65533, capabilities: 0n };
    assert.equal((await find(child.pid)).credentials, ids);
    child.stdin.end();
    await once(child, 'close');
  },
  { skip: root ? undefined : 'needs root' },
);

test('reads the arguments of a process as the bytes they are', async () => {
  const words = ['', 'a b', '--x=é', ''];
  const args = ['-e', 'process.stdin.resume()', '--', ...words];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'ignore'] });
  await once(child, 'spawn');
  await using held = await openProcess(child.pid as number);
  const found = (await readCommandLine(held)).map(String);
  assert.equal(found, [process.execPath, ...args]);
  child.stdin.end();
  await once(child, 'close');
  await rejects(readCommandLine(held), { code: 'ESRCH' });
});

test('refuses options that cannot be used, and ends when it is told to', async () => {
  await rejects(listProcesses({ namespaces: 1 as never }), { code: 'ERR_INVALID_ARG_VALUE' });
  await rejects(listProcesses({ timeout: 0 }), { code: 'ERR_INVALID_ARG_VALUE' });
  await rejects(listProcesses({ signal: AbortSignal.abort() }), { name: 'AbortError' });
});

test.run();
