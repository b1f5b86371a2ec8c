import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { readFileIn } from '../../lib/index.ts';
import { commandLine } from '../helpers/command.ts';
import { Container } from '../helpers/container.ts';
import { errands } from '../helpers/errands.ts';
import { unfit } from '../helpers/hostile.ts';
import { isAllClosed, openFiles } from '../helpers/open-files.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';
import { eventually, threadsOf } from '../helpers/threads.ts';

const test = suite('a file system whose server takes a request and never answers');
const skip = unfit({ root: true }) ?? (readdirSync('/dev').includes('fuse') ? undefined : 'needs /dev/fuse');
const script = fileURLToPath(new URL('../fixtures/hung.mjs', import.meta.url));
const LONGEST_LIFE = 5_000;

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'none',
    ({ code }: NodeJS.ErrnoException) => String(code),
  );

type End = { code: number | null; signal: string | null; output: string };

/** Runs a program to the end of its life and of its output, whoever may have a hand on that. */
async function live([program, ...args]: readonly [string, ...string[]]): Promise<End> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_LIFE,
    killSignal: 'SIGKILL',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)));
  const late = AbortSignal.timeout(LONGEST_LIFE + 1_000);
  const [code, signal] = (await once(child, 'close', { signal: late })) as [number | null, string | null];
  return { code, signal, output };
}

const noErrands = () =>
  eventually(
    () => errands().length === 0,
    () => `there are errands still: ${errands()}`,
  );

const commands: [request: string, command: string, path: string, ...options: string[]][] = [
  ['READ', 'cat', '/tmp/file'],
  ['OPEN', 'cat', '/tmp/open'],
  ['GETATTR', 'cat', '/tmp/status'],
  ['READLINK', 'cat', '/tmp/link'],
  ['LOOKUP', 'cat', '/tmp/unknown'],
  ['OPENDIR', 'ls', '/tmp/opendir'],
  ['READDIR', 'ls', '/tmp/entries'],
  ['LOOKUP', 'ls', '/tmp/walk/directory'],
  ['READ, below an overlay', 'cat', '/over/file'],
  ['READDIR, below an overlay', 'ls', '/over/entries'],
];

for (const [request, command, path, ...options] of commands) {
  test(
    `cannot keep \`${command} ${path}\` alive: ${request}`,
    async () => {
      await using container = await Container.start('fuse');
      const words = [command, container.pid, path, '--timeout=300', ...options];
      const { code, signal, output } = await live(commandLine(words));
      assert.equal([code, signal], [5, null], output);
      assert.match(output, /ETIMEDOUT.*no answer within 300 ms/);
      assert.ok(errands().length > 0, 'nothing waits any more: the server has answered');
      await container.stop();
      await noErrands();
    },
    { skip },
  );
}

test(
  'cannot keep a program alive that uses the library',
  async () => {
    await using container = await Container.start('fuse');
    const { code, signal, output } = await live([process.execPath, script, `${container.pid}`]);
    assert.equal([code, signal], [0, null], output);
    const outcomes = Object.values(JSON.parse(output) as Record<string, string>);
    assert.equal(new Set(outcomes.filter((outcome) => outcome !== 'gave 0')), new Set(['ETIMEDOUT']), output);
    await container.stop();
    await noErrands();
  },
  { skip },
);

/** Of one thread of this process; none once it has ended. */
function childrenOf(tid: string): string[] {
  try {
    return readFileSync(`/proc/self/task/${tid}/children`, 'latin1').split(' ').filter(Boolean);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ESRCH')
      return [];
    throw error;
  }
}

/** Children of this process that have ended and were not waited for. */
function zombies(): string[] {
  return readdirSync('/proc/self/task')
    .flatMap(childrenOf)
    .filter((pid) => threadsOf(Number(pid)).some(({ state }) => state === 'Z'));
}

test(
  'leaves neither descriptors nor zombies behind, once it has ended',
  async () => {
    await using other = await Container.start('tree');
    const readOther = () => readFileIn(other.pid, '/proc/version');
    await Promise.all(Array.from({ length: 8 }, readOther));
    const before = openFiles();
    const container = await Container.start('fuse');
    const late = (path: string) => rejects(readFileIn(container.pid, path, { timeout: 300 }), { code: 'ETIMEDOUT' });
    for (let round = 0; round < 3; round++) {
      const closed = Array.from({ length: 4 }, () => readFileIn(container.pid, '/tmp/close').then(String));
      assert.equal(new Set(await Promise.all(closed)), new Set(['']));
      await Promise.all([late('/tmp/file'), late('/tmp/open'), late('/tmp/status')]);
    }
    assert.ok(errands().length >= 12, `only ${errands().length} errands are stuck`);
    await container.stop();
    await eventually(
      () => isAllClosed(before),
      () => `${before} open files before, ${openFiles()} after`,
    );
    await readOther();
    assert.equal(zombies(), []);
  },
  { skip },
);

test(
  'is refused when too many errands are stuck in it, and others with it, until it ends',
  async () => {
    const container = await Container.start('fuse');
    const answers: string[] = [];
    for (let round = 0; round < 40 && !answers.includes('EAGAIN'); round++) {
      const closed = Array.from({ length: 4 }, () => codeOf(readFileIn(container.pid, '/tmp/close')));
      answers.push(...(await Promise.all(closed)));
    }
    assert.equal(new Set(answers), new Set(['none', 'EAGAIN']));
    await container.stop();
    await using other = await Container.start('tree');
    await eventually(
      () => errands().length < 64,
      () => `there are ${errands().length} errands still`,
    );
    assert.match(String(await readFileIn(other.pid, '/proc/version')), /^Linux/);
  },
  { skip, timeout: 60_000 },
);

test.run();
