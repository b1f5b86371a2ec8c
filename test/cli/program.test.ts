import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createProgram } from '../../lib/cli/program.ts';
import { podprobe } from '../helpers/command.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('cli: the command line');
const self = process.pid;
const commands = createProgram().commands.map((command) => command.name());

const directory = mkdtempSync(join(tmpdir(), 'podprobe-cli-'));
test.after(() => rmSync(directory, { recursive: true }));
const shortKey = join(directory, 'short');
writeFileSync(shortKey, 'fifteen bytes!!');

test('tells its version, that of package.json', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  for (const option of ['--version', '-V']) {
    const { code, stdout, stderr } = await podprobe([option]);
    assert.equal([code, stdout, stderr], [0, `${version}\n`, '']);
  }
});

test('lists its commands with --help, on standard output', async () => {
  for (const words of [['--help'], ['-h'], ['help']]) {
    const { code, stdout, stderr } = await podprobe(words);
    assert.equal([code, stderr], [0, ''], words.join());
    for (const command of commands) assert.match(stdout, new RegExp(`^  ${command} `, 'm'));
  }
});

test('has the commands that it is to have', () => {
  assert.equal(commands, ['env', 'mounts', 'cat', 'ls', 'exec', 'watch', 'ps', 'etcd', 'trail', 'doctor', 'demo']);
});

for (const command of commands) {
  test(`gives an example with ${command} --help`, async () => {
    const { code, stdout, stderr } = await podprobe([command, '--help']);
    assert.equal([code, stderr], [0, '']);
    assert.match(stdout, new RegExp(`^Example:\n  podprobe ${command}`, 'm'));
    // what cat prints is the file, what exec prints is its command's, and the parts of etcd have their own
    assert.is(/^ {2}--json\b/m.test(stdout), !['cat', 'exec', 'etcd'].includes(command));
    for (const line of stdout.split('\n')) assert.ok(line.length <= 100, `a line of ${line.length}: ${line}`);
  });
}

test('runs its examples, but the one that goes on until it is interrupted, and the one that wants a cluster', async () => {
  for (const command of commands.filter((one) => !['watch', 'trail'].includes(one))) {
    const { stdout } = await podprobe([command, '--help']);
    const [, example = ''] = /^Example:\n {2}podprobe (.*)$/m.exec(stdout) ?? [];
    const { code, stderr } = await podprobe(example.replace('$$', String(self)).split(' '));
    // what else runs on this machine need not be known
    assert.equal([command === 'ps' && code === 5 ? 0 : code, stderr], [0, ''], example);
  }
});

const misuse: [what: string, words: (string | number)[], message: RegExp][] = [
  ['no command', [], /Usage: podprobe/],
  ['an unknown command', ['nonsense'], /unknown command 'nonsense'/],
  ['an unknown option', ['--nonsense'], /unknown option '--nonsense'/],
  ['an unknown option of a command', ['env', self, '--nonsense'], /unknown option '--nonsense'/],
  ['no target', ['env'], /missing required argument 'target'/],
  ['two targets', ['env', self, self], /too many arguments/],
  ['an argument where there is none', ['doctor', 'x'], /too many arguments/],
  ['a demo that there is not', ['demo', 'nonsense'], /'nonsense' is not known/],
  ...['abc', '0', '-1', '+1', '1.5', '0x1', '1e3', '', ' 1', '01', 'test/', 'a/b/c/d', '0123456', 'ABCDEF01'].map(
    (target): [string, string[], RegExp] => [
      `target '${target}'`,
      ['env', '--', target],
      /target must be a process id/,
    ],
  ),
  ['no path', ['cat', self], /missing required argument 'path'/],
  ['a relative path', ['ls', self, 'etc'], /path must be absolute/],
  ['--max-bytes=x', ['cat', self, '/etc/hostname', '--max-bytes=x'], /--max-bytes must be a number of bytes/],
  ['cat --timeout=x', ['cat', self, '/etc/hostname', '--timeout=x'], /--timeout must be a number of milliseconds/],
  ...['x', '-5', '1.5', '12345678', ''].map((ms): [string, (string | number)[], RegExp] => [
    `--stop-timeout=${ms}`,
    ['env', self, '--stop', `--stop-timeout=${ms}`],
    /--stop-timeout must be a number of milliseconds/,
  ]),
  ['--stop-timeout 0', ['env', self, '--stop', '--stop-timeout', 0], /whole number of milliseconds from 1 to 10000/],
  ['--stop-timeout 10001', ['env', self, '--stop', '--stop-timeout', 10_001], /from 1 to 10000/],
  ['--stop-timeout x without --stop', ['env', self, '--stop-timeout', 'x'], /--stop-timeout must be a number/],
  ['--stop with a number', ['env', self, '--stop=50'], /unknown option '--stop=50'/],
  ['--timeout x', ['env', self, '--timeout', 'x'], /--timeout must be a number of milliseconds, not 'x'/],
  ['--timeout 0', ['env', self, '--timeout', 0], /timeout must be a whole number/],
  ['--timeout without a number', ['env', self, '--timeout'], /'--timeout <MS>' argument missing/],
  ['exec without a command', ['exec', self], /missing required argument 'command'/],
  ['exec --timeout x', ['exec', self, '--timeout', 'x', '--', 'true'], /--timeout must be a number of milliseconds/],
  ['exec --namespaces x', ['exec', self, '--namespaces', 'x', '--', 'true'], /namespaces must be of user, cgroup/],
  [
    'exec --host-binary',
    ['exec', self, '--host-binary', '/nowhere', '--', 'true'],
    /hostBinary cannot be read: ENOENT/,
  ],
  ['exec in no process', ['exec', 'abc', '--', 'true'], /target must be a process id/],
  [
    'exec, a state directory',
    ['exec', 'test/pod', '--state-directory', 'x', '--', 'true'],
    /--state-directory must be/,
  ],
  ['--host x', ['mounts', self, '--host', 'a/b'], /--host must be a process id/],
  ['no key', ['env', self, '--fingerprint-key'], /'--fingerprint-key <FILE>' argument missing/],
  ['a key that is not there', ['env', self, '--fingerprint-key', '/nowhere/key'], /cannot be read: ENOENT/],
  ['a key that is no file', ['env', self, '--fingerprint-key', directory], /cannot be read: EISDIR/],
  ['a key without a name', ['env', self, '--fingerprint-key='], /cannot be read/],
  ['a key that is too short', ['env', self, '--fingerprint-key', shortKey], /must hold at least 16 bytes/],
];

for (const [what, words, message] of misuse) {
  test(`exits 2 and says so on standard error: ${what}`, async () => {
    const { code, stdout, stderr } = await podprobe(words);
    assert.is(code, 2, stderr);
    assert.is(stdout, '');
    assert.match(stderr, message);
    assert.not.match(stderr, /^\s+at /m);
  });
}

test('finds a wrong option before it looks at the process', async () => {
  assert.is((await podprobe(['env', 2 ** 22 + 1, '--stop', '--stop-timeout', 'x'])).code, 2);
  assert.is((await podprobe(['env', 2 ** 22 + 1, '--fingerprint-key', '/nowhere/key'])).code, 2);
});

test('shows nothing of a key that is too short', async () => {
  const { text } = await podprobe(['env', self, '--fingerprint-key', shortKey]);
  assert.not.match(text, /fifteen bytes/);
});

test('takes options before and after the target', async () => {
  for (const words of [
    ['env', '--json', self],
    ['env', self, '--json'],
    ['env', '--stop', '--json', self],
  ]) {
    const { code, stdout } = await podprobe(words);
    assert.is(code, 0);
    assert.is(JSON.parse(stdout).process.pid, self);
  }
});

test.run();
