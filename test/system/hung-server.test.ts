import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { commandLine } from '../helpers/command.ts';
import { Container } from '../helpers/container.ts';
import { errands } from '../helpers/errands.ts';
import { unfit } from '../helpers/hostile.ts';
import { suite } from '../helpers/suite.ts';
import { eventually } from '../helpers/threads.ts';

const test = suite('a file system whose server takes a request and never answers');
const skip = unfit({ root: true }) ?? (readdirSync('/dev').includes('fuse') ? undefined : 'needs /dev/fuse');
const script = fileURLToPath(new URL('../fixtures/hung.mjs', import.meta.url));
const LONGEST_LIFE = 5_000;

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

test.run();
