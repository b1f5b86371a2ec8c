import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { execIn, openProcess } from '../../lib/index.ts';
import { packageRoot } from '../../lib/root.ts';
import { podprobe } from '../helpers/command.ts';
import { Unshared } from '../helpers/runc.ts';
import { execute, print } from '../helpers/executed.ts';
import { hostile, unfit } from '../helpers/hostile.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';
import { eventually, waitForState } from '../helpers/threads.ts';

const test = suite('commands in the namespaces of a process');
const skip = unfit({ root: true, tools: ['unshare', 'busybox'] });
const all = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--time', '--fork', '--mount-proc'];
const kinds = ['mnt', 'uts', 'ipc', 'net', 'pid', 'cgroup', 'time'] as const;

let target: Unshared;
test.before(async () => {
  target = await Unshared.start(all);
});
test.after(() => target[Symbol.dispose]());

const linkOf = (pid: number | string, kind: string) => readlinkSync(`/proc/${pid}/ns/${kind}`);
const namespaces = (pid: number | string) => Object.fromEntries(kinds.map((kind) => [kind, linkOf(pid, kind)]));

test(
  'joins all namespaces',
  async () => {
    await using command = await execIn(target.pid, ['sleep', '60']);
    assert.equal(namespaces(command.pid), namespaces(target.pid));
  },
  { skip },
);

test(
  'joins those that were chosen, and stays who it is',
  async () => {
    await using command = await execIn(target.pid, ['sleep', '60'], { namespaces: ['uts', 'net'] });
    const expected = { ...namespaces('self'), uts: linkOf(target.pid, 'uts'), net: linkOf(target.pid, 'net') };
    assert.equal(namespaces(command.pid), expected);
    assert.is(readFileSync(`/proc/${command.pid}/environ`, 'latin1').includes('PATH='), true);
  },
  { skip },
);

for (const kind of kinds) {
  test(
    `joins one that was chosen, and no other: ${kind}`,
    async () => {
      await using command = await execIn(target.pid, ['sleep', '60'], { namespaces: [kind] });
      assert.is.not(linkOf(target.pid, kind), linkOf('self', kind));
      assert.equal(namespaces(command.pid), { ...namespaces('self'), [kind]: linkOf(target.pid, kind) });
    },
    { skip },
  );
}

test(
  'runs in a held process',
  async () => {
    await using held = await openProcess(target.pid);
    await using command = await execIn(held, ['true']);
    assert.equal(await command.exit, { code: 0, signal: null });
  },
  { skip },
);

test(
  'enters a user namespace of an unprivileged user',
  async () => {
    using nested = await Unshared.start(['--user', '--map-root-user', '--mount'], ['sleep', '600'], 65_534);
    assert.is(await print(nested.pid, ['id', '-u']), '0\n');
    assert.match(await print(nested.pid, ['cat', '/proc/self/uid_map']), /^\s*0\s+65534\s+1\n$/);
    assert.is(await print(nested.pid, ['id', '-u'], { namespaces: ['user'] }), '0\n');
  },
  { skip },
);

test(
  'has no descriptor but 0, 1 and 2, whatever this process left open',
  async () => {
    openSync('/etc/hostname', 'r');
    await using command = await execIn(target.pid, ['sleep', '60']);
    const open = (): string => readdirSync(`/proc/${command.pid}/fd`).join();
    // its loader has one of its own for a moment
    await eventually(
      () => open() === '0,1,2',
      () => `its descriptors are ${open()}`,
    );
  },
  { skip },
);

test(
  'has every signal as it is at first, SIGPIPE included',
  async () => {
    const status = await print(target.pid, ['cat', '/proc/self/status']);
    for (const name of ['SigBlk', 'SigIgn', 'SigCgt']) assert.match(status, new RegExp(`^${name}:\t0{16}$`, 'm'));
  },
  { skip },
);

test(
  'has a session of its own, and no terminal',
  async () => {
    await using command = await execIn(target.pid, ['sleep', '60']);
    const [, , , group, session, terminal] = readFileSync(`/proc/${command.pid}/stat`, 'latin1')
      .replace(/^.*\) /, '0 ')
      .split(' ')
      .map(Number);
    assert.equal([group, session, terminal], [command.pid, command.pid, 0]);
  },
  { skip },
);

/** Types of the program headers of a 64-bit ELF file: elf(5). */
function segmentsOf(path: string): number[] {
  const file = readFileSync(path);
  const [start, size, count] = [Number(file.readBigUInt64LE(32)), file.readUInt16LE(54), file.readUInt16LE(56)];
  return Array.from({ length: count }, (_, i) => file.readUInt32LE(start + i * size));
}

const [LOAD, DYNAMIC, INTERPRETER] = [1, 2, 3];

test('goes by a helper that loads nothing of anybody: it has no loader and no library', () => {
  for (const program of ['nsexec', 'errand']) {
    const segments = segmentsOf(`${packageRoot}build/Release/${program}`);
    assert.ok(segments.includes(LOAD));
    assert.not.ok(segments.includes(DYNAMIC) || segments.includes(INTERPRETER), program);
  }
  assert.ok(segmentsOf(process.execPath).includes(INTERPRETER));
});

const SIZE = 8 << 20;
const REST = 200;

/** What a process has written when it sleeps, and has written nothing more for a while. */
async function writtenAtRest(pid: number): Promise<number> {
  const written = () => Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1'))?.[1]);
  for (let before = -1; before !== written(); await wait(REST)) before = written();
  await waitForState(pid, 'S');
  return written();
}

test(
  'passes a mebibyte of all bytes both ways, to a reader that is slow',
  async () => {
    const bytes = randomBytes(1 << 20);
    await using command = await execIn(target.pid, ['cat']);
    command.stdin?.end(bytes);
    const chunks: Buffer[] = [];
    for await (const chunk of command.stdout ?? []) {
      chunks.push(chunk as Buffer);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(Buffer.concat(chunks).equals(bytes));
    assert.equal(await command.exit, { code: 0, signal: null });
  },
  { skip },
);

test(
  'holds the command back while nobody reads',
  async () => {
    await using command = await execIn(target.pid, ['head', '-c', String(SIZE), '/dev/zero']);
    assert.ok((await writtenAtRest(command.pid)) < SIZE / 8);
    let size = 0;
    for await (const chunk of command.stdout ?? []) size += (chunk as Buffer).length;
    assert.is(size, SIZE);
  },
  { skip },
);

test(
  'holds the writer back while the command does not read, until that ends',
  async () => {
    await using command = await execIn(target.pid, ['sh', '-c', 'read line; sleep 60']);
    const { stdin } = command;
    assert.ok(stdin);
    let taken = false;
    assert.is(
      stdin.write(Buffer.alloc(SIZE, '\n'), () => (taken = true)),
      false,
    );
    const failed = once(stdin, 'close');
    await wait(REST);
    assert.equal([taken, stdin.writableNeedDrain, stdin.writableLength], [false, true, SIZE]);
    command.kill('SIGKILL');
    assert.equal(await command.exit, { code: null, signal: 'SIGKILL' });
    await failed;
    assert.is(taken, true);
  },
  { skip },
);

test(
  'gives what was printed before a quick end',
  async () => {
    for (let i = 0; i < 20; i++) assert.is(await print(target.pid, ['echo', String(i)]), `${i}\n`);
  },
  { skip },
);

test(
  'ignores streams that are not wanted',
  async () => {
    await using command = await execIn(target.pid, ['sh', '-c', 'cat; readlink /proc/self/fd/0'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    assert.equal([command.stdin, command.stderr], [null, null]);
    let text = '';
    for await (const chunk of command.stdout ?? []) text += String(chunk);
    assert.is(text, '/dev/null\n');
  },
  { skip },
);

test(
  'tells exit codes and signals, and passes signals on',
  async () => {
    assert.is((await execute(target.pid, ['sh', '-c', 'exit 42'])).code, 42);
    await using command = await execIn(target.pid, ['sleep', '60']);
    assert.is(command.kill('SIGUSR1'), true);
    assert.equal(await command.exit, { code: null, signal: 'SIGUSR1' });
  },
  { skip },
);

test(
  'runs in the directory that was asked for',
  async () => {
    assert.is(await print(target.pid, ['pwd'], { cwd: '/usr/bin' }), '/usr/bin\n');
    await rejects(execute(target.pid, ['pwd'], { cwd: '/nowhere' }), {
      code: 'ENOENT',
      syscall: 'chdir',
      path: '/nowhere',
    });
  },
  { skip },
);

test(
  'has a session keyring of its own as the container, and keeps that of the caller in chosen namespaces',
  async () => {
    const prefix = [await hostile('keyring'), 'podprobe-key'];
    const keys = async (...options: string[]) =>
      (await podprobe(['exec', target.pid, ...options, '--', 'cat', '/proc/keys'], { prefix })).text;
    assert.match(await keys('--namespaces', 'uts'), /podprobe-key/);
    assert.match(await keys(), / keyring +_ses: empty$/m);
    assert.not.match(await keys(), /podprobe-key/);
  },
  { skip: skip ?? (existsSync('/proc/keys') ? undefined : 'needs keyrings') },
);

test(
  'names what cannot be executed',
  async () => {
    await rejects(execute(target.pid, ['/etc/passwd']), { code: 'EACCES', syscall: 'execve', path: '/etc/passwd' });
    await rejects(execute(target.pid, ['no-such-program']), { code: 'ENOENT', syscall: 'execve' });
    await rejects(execute(target.pid, ['true'], { hostBinary: '/nowhere' }), {
      code: 'ERR_INVALID_ARG_VALUE',
      option: 'hostBinary',
    });
    await rejects(execute(2 ** 22 + 1, ['true']), { code: 'ESRCH' });
  },
  { skip },
);

test.run();
