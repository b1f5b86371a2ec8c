import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { Worker } from 'node:worker_threads';
import * as assert from 'uvu/assert';
import { EXIT, exitCodeOf } from '../../lib/cli/exit-code.ts';
import { ApiError, SystemError, TargetError, UsageError } from '../../lib/index.ts';
import { NOBODY, podprobe, unfitForNobody } from '../helpers/command.ts';
import { startHostile, unfit } from '../helpers/hostile.ts';
import { suite } from '../helpers/suite.ts';
import { Target } from '../helpers/target.ts';
import { build } from '../helpers/toolchain.ts';

const test = suite('cli: exit codes');
const skip = unfit();
const env = { FIRST: '1' };

/** Runs `podprobe env`; the message must be the one of this code. */
async function assertExit(code: number, words: (string | number)[], message: RegExp, uid?: number): Promise<void> {
  const result = await podprobe(['env', ...words], uid === undefined ? {} : { uid });
  assert.is(result.code, code, result.text);
  assert.match(code < EXIT.usage || code === EXIT.incomplete ? result.text : result.stderr, message);
  assert.not.match(result.stderr, /^\s+at /m);
  if ([EXIT.noTarget, EXIT.denied].some((failed) => failed === code)) assert.is(result.stdout, '');
}

test('are the ones that are documented', () => {
  const own = { done: 0, found: 1, usage: 2, noTarget: 3, denied: 4, incomplete: 5, bug: 70 };
  assert.equal(EXIT, { ...own, notExecutable: 126, notFound: 127 });
});

const byCode: Record<string, number> = {
  ENOTDIR: 3,
  ENAMETOOLONG: 3,
  ESRCH: 3,
  ENOENT: 3,
  EINVAL: 3,
  EACCES: 4,
  EPERM: 4,
  ETIMEDOUT: 5,
  EBUSY: 5,
};
const alsoIncomplete = ['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM', 'EIO'];

for (const [code, exit] of [...Object.entries(byCode), ...alsoIncomplete.map((name): [string, number] => [name, 5])]) {
  test(`are found by the code of an error: ${code}`, () => {
    const errno = -constants.errno[code as keyof typeof constants.errno];
    assert.is(exitCodeOf(new SystemError({ errno, syscall: 'read', path: '', detail: '' })), exit);
    assert.is(exitCodeOf(Object.assign(new Error(), { code })), exit);
  });
}

test('are that of an answer that is missing for whatever else a system call says', () => {
  for (const code of ['ENXIO', 'EISDIR', 'EFBIG', 'ELOOP', 'ENOSYS', 'ENODATA', 'ESTALE'] as const) {
    const record = { errno: -constants.errno[code], syscall: 'read', path: '', detail: '' };
    assert.is(exitCodeOf(new SystemError(record)), 5, code);
  }
});

test('are 3 for a name that means no target, or several', () => {
  for (const code of ['ERR_TARGET_UNKNOWN', 'ERR_TARGET_AMBIGUOUS'] as const)
    assert.is(exitCodeOf(new TargetError(code, 'x', [])), 3);
});

test('are those of an API server that does not answer, denies, or answers something else', () => {
  const codes = [
    'ERR_API_UNREACHABLE',
    'ERR_API_CERTIFICATE',
    'ERR_API_DENIED',
    'ERR_API_TIMEOUT',
    'ERR_API_ANSWER',
  ] as const;
  assert.equal(
    codes.map((code) => exitCodeOf(new ApiError(code, 'x', { server: 'https://x' }))),
    [3, 4, 4, 5, 5],
  );
});

test('are that of a bug for every other error', () => {
  assert.is(exitCodeOf(new UsageError('pid', 'is wrong')), 2);
  for (const other of [new Error('x'), new TypeError('x'), 'ESRCH', null, undefined, { code: 'ESRCH' }]) {
    assert.is(exitCodeOf(other), 70);
  }
  assert.is(exitCodeOf(Object.assign(new Error(), { code: 'toString' })), 70);
});

test(
  'are 0 with and without drift, and 1 with drift and --exit-code',
  async () => {
    const commands = [['gcc', '-O2', '-o', 'OUT', 'SOURCES']];
    await using target = await Target.start([await build({ sources: ['target.c'], commands })], { env });
    await assertExit(0, [target.pid], /Nothing has changed/);
    await assertExit(0, [target.pid, '--exit-code'], /Nothing has changed/);
    await target.set('NEW', '1');
    await assertExit(0, [target.pid], /1 added/);
    await assertExit(1, [target.pid, '--exit-code'], /1 added/);
    await assertExit(1, [target.pid, '--exit-code', '--json'], /"change": "added"/);
    await target.unset('NEW');
    await assertExit(0, [target.pid, '--exit-code'], /Nothing has changed/);
  },
  { skip },
);

test('are 3 where there is no such process', async () => {
  await assertExit(3, [2 ** 22 + 1], /^podprobe: ESRCH: no such process, pidfd_open \(pid 4194305\)\n$/);
  await assertExit(3, [2 ** 22 + 1, '--json'], /ESRCH/);
});

test('are 3 for the id of a thread', async () => {
  const worker = new Worker('require("node:worker_threads").parentPort.once("message", () => {})', { eval: true });
  await once(worker, 'online');
  const thread = readdirSync('/proc/self/task')
    .map(Number)
    .find((id) => id !== process.pid);
  try {
    await assertExit(3, [thread as number], /Tgid/);
  } finally {
    await worker.terminate();
  }
});

test(
  'are 3 for a zombie, and for a process that has ended',
  async () => {
    await using zombie = await startHostile(['stages', 'zombie'], { env });
    await assertExit(3, [zombie.pid], /zombie/);
    const ended = await startHostile(['plain'], { env });
    await ended.stop();
    await assertExit(3, [ended.pid], /ESRCH/);
  },
  { skip },
);

test('are 3 for a kernel thread', () => assertExit(3, [2], /kernel thread/), {
  skip: isKernelThread(2) ? undefined : 'needs the first pid namespace',
});

function isKernelThread(pid: number): boolean {
  const path = `/proc/${pid}/stat`;
  const flags = existsSync(path) ? readFileSync(path, 'latin1').split(') ')[1]?.split(' ')[6] : 0;
  return (Number(flags) & 0x0020_0000) !== 0;
}

test(
  'are 4 where it is not permitted, and the message says why',
  async () => {
    await using target = await startHostile(['plain'], { env });
    const message = /^podprobe: E(ACCES|PERM): .*another user \(uid\).*CAP_SYS_PTRACE/;
    await assertExit(4, [target.pid], message, NOBODY);
    await assertExit(4, [target.pid, '--json'], message, NOBODY);
    await assertExit(4, [target.pid, '--live'], message, NOBODY);
    await assertExit(4, [target.pid, '--initial'], message, NOBODY);
    await assertExit(0, [target.pid], /1 added/);
  },
  { skip: skip ?? unfitForNobody() },
);

test(
  'are 5 where the live environment is not known, but not for the initial one alone',
  async () => {
    await using target = await startHostile(['vectors', 'unmapped'], { env });
    await assertExit(5, [target.pid], /live +unknown \(.*\)[^]*cannot be told/);
    await assertExit(5, [target.pid, '--exit-code'], /cannot be told/);
    await assertExit(5, [target.pid, '--live'], /live +unknown/);
    await assertExit(5, [target.pid, '--json'], /"state": "unknown"/);
    await assertExit(0, [target.pid, '--initial'], /initial +intact, 1 variable/);
  },
  { skip },
);

test(
  'are 5 for a stripped static program that has cleared its environment',
  async () => {
    const flags = ['-static', '-O2', '-fno-pie', '-no-pie'];
    const commands = [
      ['gcc', ...flags, '-o', 'OUT', 'SOURCES'],
      ['strip', '-s', 'OUT'],
    ];
    await using target = await Target.start([await build({ sources: ['target.c'], commands })], { env });
    await target.clear();
    await assertExit(5, [target.pid], /live +(unknown|ambiguous)/);
  },
  { skip: unfit({ tools: ['strip'] }) },
);

test(
  'are 5 where it takes longer than the timeout',
  async () => {
    await using target = await startHostile(['vectors', 'overlapping-strings'], { env });
    await assertExit(5, [target.pid, '--timeout', 20], /^podprobe: ETIMEDOUT: .*no answer within 20 ms/);
  },
  { skip },
);

test.run();
