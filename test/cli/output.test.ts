import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import * as assert from 'uvu/assert';
import { commandLine, podprobe } from '../helpers/command.ts';
import { hostile, startHostile, unfit } from '../helpers/hostile.ts';
import { suite } from '../helpers/suite.ts';
import { Target } from '../helpers/target.ts';
import { missing } from '../helpers/toolchain.ts';

const test = suite('cli: output');
const skip = unfit();
const run = promisify(execFile);
const escape = '\x1b';
// eslint-disable-next-line no-control-regex -- they are what this is about
const control = /[\x00-\x09\x0b-\x1f\x7f-\x9f\p{Cf}]/u;
const everyOutput = [['doctor'], ['demo'], ['--help'], ['env', '--help'], ['env', process.pid], ['env', 2 ** 22 + 1]];

const directory = mkdtempSync(join(tmpdir(), 'podprobe-output-'));
test.after(() => rmSync(directory, { recursive: true }));

test('has no colours and no control characters where there is no terminal', async () => {
  for (const words of everyOutput) {
    const { text } = await podprobe(words, { env: { TERM: 'xterm-256color', COLORTERM: 'truecolor' } });
    assert.not.match(text, control, words.join(' '));
  }
});

/** What the command writes to a terminal of its own. */
async function onTerminal(words: (string | number)[], env: Record<string, string> = {}): Promise<string> {
  const line = commandLine(words).map((word) => `'${word}'`);
  const options = { env: { PATH: process.env.PATH, TERM: 'xterm', ...env }, timeout: 20_000 };
  const { stdout } = await run('script', ['--quiet', '--return', '--command', line.join(' '), '/dev/null'], options);
  return stdout.replaceAll('\r\n', '\n');
}

const skipTerminal = missing(['script']);
const coloured: Record<string, string[]> = { env: ['env'], doctor: ['doctor'], 'the demo': ['demo', 'setenv'] };

for (const [what, words] of Object.entries(coloured)) {
  test(
    `is coloured on a terminal, unless NO_COLOR says no: ${what}`,
    async () => {
      const line = words[0] === 'env' ? [...words, process.pid] : words;
      const [colours, plain] = [await onTerminal(line), await onTerminal(line, { NO_COLOR: '1' })];
      assert.ok(colours.includes(`${escape}[`), 'no colours on a terminal');
      assert.not.ok(plain.includes(escape), 'colours in spite of NO_COLOR');
      assert.not.ok((await onTerminal(line, { NO_COLOR: 'false' })).includes(escape), 'NO_COLOR=false is set as well');
      const shape = (text: string) =>
        stripVTControlCharacters(text).replace(
          /\b[0-9a-f]{16}\b|0x[0-9a-f]+|\bpid \d+|\/proc\/\d+|SIGINT \d+|\d+ variables/g,
          '?',
        );
      assert.is(shape(colours), shape(plain));
    },
    { skip: skipTerminal },
  );
}

test(
  'is one JSON document on a terminal too, without colours',
  async () => {
    const text = await onTerminal(['doctor', '--json']);
    assert.is(JSON.parse(text).schema, 'podprobe/doctor/v1');
  },
  { skip: skipTerminal },
);

test('is one JSON document with --json', async () => {
  for (const words of [['doctor'], ['demo'], ['env', process.pid], ['env', process.pid, '--reveal']]) {
    const { stdout, stderr } = await podprobe([...words, '--json']);
    assert.is(stderr, '');
    assert.match(JSON.parse(stdout).schema, /^podprobe\/[a-z-]+\/v1$/);
    assert.is(stdout, `${JSON.stringify(JSON.parse(stdout), null, 2)}\n`);
  }
});

const attack = `${escape}]0;owned\x07${escape}[2J\u202e\u009b31m\x7f\r\u200b`;

/** A target whose command, variables and values are written to act upon a terminal. */
async function startAttack(): Promise<Target> {
  const program = join(directory, `${escape}[31m\u202e\u009b`);
  copyFileSync(await hostile('plain'), program);
  const entries = [`N${attack}=V${attack}`, `no equals ${attack}`].map((entry) => Buffer.from(entry));
  return Target.start([program], { entries: [...entries, Buffer.from([0x9b, 0x3d, 0x9b, 0x1b])] });
}

for (const words of [[], ['--reveal'], ['--initial'], ['--json'], ['--json', '--reveal']]) {
  test(
    `lets nothing of a target act upon the terminal: env ${words.join(' ')}`,
    async () => {
      await using target = await startAttack();
      const { code, text } = await podprobe(['env', target.pid, ...words]);
      assert.is(code, 0, text);
      assert.not.match(text, control);
    },
    { skip },
  );
}

test(
  'gives what a target is called exactly, in JSON',
  async () => {
    await using target = await startAttack();
    const { process: identity, live } = JSON.parse((await podprobe(['env', target.pid, '--json', '--reveal'])).stdout);
    assert.is(identity.comm, `${escape}[31m\u202e\u009b`);
    assert.ok(identity.exe.endsWith(`/${escape}[31m\u202e\u009b`));
    assert.equal([live.entries[0].name, live.entries[0].value], [`N${attack}`, `V${attack}`]);
    assert.equal([live.entries[2].nameBase64, live.entries[2].valueBase64], ['mw==', 'mxs=']);
  },
  { skip },
);

test('lets nothing of its own arguments act upon the terminal', async () => {
  for (const words of [
    ['env', attack],
    ['env', process.pid, '--timeout', attack],
    ['demo', attack],
  ]) {
    const { code, text } = await podprobe(words);
    assert.is(code, 2);
    assert.not.match(text, control, `${words[0]}`);
  }
});

/** The exit code and standard error of the command with its standard output bound to something else. */
async function into(redirection: string, words: (string | number)[]): Promise<{ code: number; stderr: string }> {
  const [program, ...args] = commandLine(words);
  const script = `{ "$@"; echo "code $?" >&2; } ${redirection}`;
  const { stderr } = await run('bash', ['-c', script, 'bash', program, ...args], { timeout: 20_000 });
  const [, before = '', code = ''] = /^([^]*)code (\d+)\n$/.exec(stderr) ?? [];
  return { code: Number(code), stderr: before };
}

const skipBash = missing(['bash']);

for (const words of [['doctor'], ['doctor', '--json'], ['demo'], ['env', process.pid, '--json'], ['--help']]) {
  test(
    `ends quietly when nobody reads it: ${words.join(' ').replace(/\d+/, 'PID')}`,
    async () => {
      const { stderr } = await into('| true', words);
      assert.is(stderr, '');
    },
    { skip: skipBash },
  );
}

test(
  'says in one line when it cannot be written',
  async () => {
    const { code, stderr } = await into('> /dev/full', ['doctor']);
    assert.is.not(code, 0);
    assert.match(stderr, /^podprobe: .*ENOSPC.*\n$/);
  },
  { skip: skipBash },
);

test(
  'is whole when it is long and read slowly',
  async () => {
    const entries = Array.from({ length: 20_000 }, (_, i) => Buffer.from(`V${i}=${i}`));
    await using target = await startHostile(['plain'], { entries });
    const [program, ...args] = commandLine(['env', target.pid, '--json']);
    const options = { timeout: 20_000, maxBuffer: 2 ** 26 };
    const { stdout } = await run('bash', ['-c', '"$@" | (sleep 0.3; cat)', 'bash', program, ...args], options);
    assert.is(JSON.parse(stdout).live.entries.length, 20_001);
  },
  { skip: skip ?? skipBash },
);

test.run();
