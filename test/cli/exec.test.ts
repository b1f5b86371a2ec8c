import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { FORWARDED } from '../../lib/cli/exec.ts';
import { commandLine, NOBODY, podprobe, unfitForNobody } from '../helpers/command.ts';
import { hostile, unfit } from '../helpers/hostile.ts';
import { suite } from '../helpers/suite.ts';
import { eventually } from '../helpers/threads.ts';

const test = suite('cli: exec');
const target = spawn('sleep', ['600'], { stdio: 'ignore' });
const pid = target.pid as number;
test.after(() => target.kill('SIGKILL'));
const skip = process.getuid?.() === 0 ? undefined : 'needs root';

const codes: [what: string, argv: string[], code: number][] = [
  ["the command's own", ['sh', '-c', 'exit 7'], 7],
  ['126: not executable', ['/etc/passwd'], 126],
  ['127: not found', ['no-such-program'], 127],
  ['128+n: killed by signal n', ['sh', '-c', 'kill -TERM $$'], 143],
];
for (const [what, argv, code] of codes) {
  test(`exits with ${what}`, async () => assert.is((await podprobe(['exec', pid, '--', ...argv])).code, code), {
    skip,
  });
}

test(
  'says what went wrong on standard error',
  async () => {
    const { code, stdout, stderr } = await podprobe(['exec', pid, '--', 'no-such-program']);
    assert.equal([code, stdout], [127, '']);
    assert.match(stderr, /^podprobe: ENOENT: .*, execve 'no-such-program': no such program in the container/);
  },
  { skip },
);

test('exits 3 where there is no process', async () => {
  assert.is((await podprobe(['exec', 2 ** 22 + 1, '--', 'true'])).code, 3);
});

test(
  'exits 4, and names the step and what it needs, as nobody',
  async () => {
    const options = { uid: NOBODY };
    const { code, stderr } = await podprobe(['exec', 1, '--', 'true'], options);
    assert.is(code, 4, stderr);
    const chosen = await podprobe(['exec', process.pid, '--namespaces', 'mnt', '--', 'true'], options);
    assert.is(chosen.code, 4);
    assert.match(chosen.stderr, /open\(ns\/mnt\).*needs CAP_SYS_PTRACE: run as root/);
  },
  { skip: unfitForNobody() },
);

test(
  'keeps what the two streams print apart',
  async () => {
    const { code, stdout, stderr } = await podprobe(['exec', pid, '--', 'sh', '-c', 'echo out; echo err >&2']);
    assert.equal([code, stdout, stderr], [0, 'out\n', 'err\n']);
  },
  { skip },
);

function start(args: readonly (string | number)[]): ChildProcess {
  const [program, ...words] = commandLine(args);
  return spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
}

test(
  'passes bytes both ways',
  async () => {
    const bytes = randomBytes(1 << 20);
    const child = start(['exec', pid, '--', 'cat']);
    child.stdin?.end(bytes);
    const chunks: Buffer[] = [];
    for await (const chunk of child.stdout ?? []) chunks.push(chunk as Buffer);
    assert.ok(Buffer.concat(chunks).equals(bytes));
  },
  { skip },
);

test(
  'ends with the command, although its own input goes on',
  async () => {
    const child = start(['exec', pid, '--', 'true']);
    const [code] = (await once(child, 'exit')) as [number];
    assert.is(code, 0);
  },
  { skip },
);

const guide = readFileSync(new URL('../../docs/guides/exec.md', import.meta.url), 'utf8');
const documented = (/^(SIG[^.]+) are passed on\./m.exec(guide)?.[1] ?? '').split(/, | and /) as NodeJS.Signals[];

test('the guide names all signals that are passed on', () => assert.equal(documented, [...FORWARDED]));

for (const signal of documented) {
  test(
    `passes ${signal} on`,
    async () => {
      const name = signal.slice(3);
      const child = start([
        'exec',
        pid,
        '--',
        'sh',
        '-c',
        `trap 'exit 33' ${name}; echo ready; while :; do sleep 0.02; done`,
      ]);
      await once(child.stdout as NodeJS.ReadableStream, 'data');
      child.kill(signal);
      const [code] = (await once(child, 'exit')) as [number];
      assert.is(code, 33);
    },
    { skip },
  );
}

test(
  'leaves the command no descriptor where there is no close_range(2), whatever the limit is by now',
  async () => {
    const lower = ['sh', '-c', 'ulimit -S -n 64; exec "$@"', 'sh'];
    const own = await podprobe(['exec', pid, '--', 'ls', '/proc/self/fd']);
    for (const limit of [[], lower]) {
      const prefix = [await hostile('without'), 'close_range', ...limit];
      const { stdout, stderr } = await podprobe(['exec', pid, '--', 'ls', '/proc/self/fd'], { prefix });
      assert.equal([stdout, stderr], [own.stdout, '']);
    }
    assert.is(own.stdout, '0\n1\n2\n3\n');
  },
  { skip: skip ?? unfit() },
);

test(
  'kills the command after --timeout, exits 5 and says so',
  async () => {
    const { code, stderr } = await podprobe(['exec', pid, '--timeout', 300, '--', 'sleep', '60']);
    assert.is(code, 5);
    assert.match(stderr, /ETIMEDOUT.*the command was killed after 300 ms/);
  },
  { skip },
);

test(
  'runs a binary of the host under the name of the command',
  async () => {
    const script = 'echo $0; readlink /proc/$$/exe; exit 9';
    const words = ['exec', pid, '--host-binary', '/bin/busybox', '--', 'sh', '-c', script];
    const { code, stdout, stderr } = await podprobe(words);
    assert.equal([code, stderr], [9, '']);
    assert.match(stdout, /^sh\n\/memfd:podprobe/);
  },
  { skip: skip ?? unfit({ tools: ['busybox'] }) },
);

const gone = (number: number): boolean => !existsSync(`/proc/${number}`);

for (const options of [[], ['--tty']]) {
  test(
    `leaves nothing of the command's process group when it is killed, and what has left the group: ${options.join() || 'pipes'}`,
    async () => {
      // SIGHUP of a terminal that goes away is not what ends them
      const leave = "setsid sh -c 'echo $$ end; exec sleep 600' &";
      const script = `trap '' HUP; sleep 600 & echo $$ $!; ${leave} wait`;
      const child = start(['exec', ...options, pid, '--', 'sh', '-c', script]);
      let text = '';
      child.stdout?.on('data', (bytes) => (text += String(bytes)));
      await eventually(
        () => text.includes('end'),
        () => 'the command did not start',
        10_000,
      );
      const [shell = 0, member = 0, left = 0] = text.split(/\s+/).map(Number);
      assert.equal([shell, member, left].map(gone), [false, false, false]);
      child.kill('SIGKILL');
      await eventually(
        () => gone(shell) && gone(member),
        () => `of processes ${shell} and ${member} one still runs`,
        5_000,
      );
      assert.is(gone(left), false);
      process.kill(left, 'SIGKILL');
    },
    { skip: skip ?? unfit({ tools: ['setsid'] }) },
  );
}

test(
  'does not wait for what the command leaves behind',
  async () => {
    const { code, stdout } = await podprobe(['exec', pid, '--', 'sh', '-c', 'sleep 20 & echo $!']);
    process.kill(Number(stdout), 'SIGKILL');
    assert.is(code, 0);
  },
  { skip },
);

test.run();
