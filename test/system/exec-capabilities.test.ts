import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { commandLine, NOBODY, podprobe, unfitForNobody } from '../helpers/command.ts';
import { unfit } from '../helpers/hostile.ts';
import { type Change, Container, Unshared } from '../helpers/runc.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('exec with capabilities, but not as root');
const skip = unfit({ root: true, tools: ['unshare', 'setcap', 'setpriv'] }) ?? unfitForNobody();
const NAMES = [
  'chown',
  'dac_read_search',
  'kill',
  'setgid',
  'setuid',
  'setpcap',
  'sys_chroot',
  'sys_ptrace',
  'sys_admin',
];

let target: Unshared;
test.before(async () => {
  target = await Unshared.start(['--mount', '--uts']);
});
test.after(() => target[Symbol.dispose]());

/** Runs the command line as nobody, by a node whose file has the capabilities. */
function byFile(
  words: readonly (string | number)[],
  names: readonly string[] = NAMES,
): { status: number | null; text: string } {
  const directory = mkdtempSync(join(tmpdir(), 'podprobe-capable-'));
  try {
    const node = join(directory, 'node');
    chmodSync(directory, 0o755);
    copyFileSync(process.execPath, node);
    execFileSync('setcap', [`${names.map((name) => `cap_${name}`).join()}+ep`, node]);
    const [, ...args] = commandLine(words);
    const { status, stdout, stderr } = spawnSync(node, args, { uid: NOBODY, gid: NOBODY, encoding: 'utf8' });
    return { status, text: stdout + stderr };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** What doctor finds there of one thing. */
function found(names: readonly string[], check: string): string {
  const { status, text } = byFile(['doctor', '--json'], names);
  assert.is(status, 0, text);
  const { checks } = JSON.parse(text) as { checks: { name: string; state: string; found: string }[] };
  const one = checks.find(({ name }) => name === check);
  return `${one?.state}: ${one?.found}`;
}

/** Words that start a program as nobody, with capabilities that all it starts has, too. */
function inherited(): string[] {
  const sets = NAMES.map((name) => `+${name}`).join();
  const ids = ['--reuid', `${NOBODY}`, '--regid', `${NOBODY}`, '--clear-groups'];
  return ['setpriv', ...ids, '--inh-caps', sets, '--ambient-caps', sets];
}

test(
  "is refused with capabilities of node's file: the helper has none of them, and doctor says so",
  () => {
    const { status, text } = byFile(['exec', target.pid, '--namespaces', 'uts', '--', 'true']);
    assert.is(status, 4, text);
    assert.match(text, /open\(ns\/uts\).*needs CAP_SYS_PTRACE: run as root/);
    assert.match(found(NAMES, 'exec'), /^limited: no CAP_CHOWN, .*CAP_SYS_RESOURCE;/);
    assert.match(found(['sys_ptrace'], 'exec'), /^limited: no CAP_CHOWN, .*CAP_SYS_RESOURCE;/);
    // its own files in /proc are root's then
    assert.match(found(['sys_ptrace'], 'live environment'), /^missing: EACCES/);
  },
  { skip, timeout: 60_000 },
);

test(
  'joins namespaces with capabilities that are inherited, and stays who it is',
  async () => {
    const words = ['exec', target.pid, '--namespaces', 'uts', '--', 'sh', '-c', 'id -u; readlink /proc/self/ns/uts'];
    const { code, stdout, stderr } = await podprobe(words, { prefix: inherited() });
    const link = execFileSync('readlink', [`/proc/${target.pid}/ns/uts`], { encoding: 'utf8' });
    assert.equal([code, stdout], [0, `${NOBODY}\n${link}`], stderr);
  },
  { skip },
);

test(
  'is refused as the container where that has capabilities which are not inherited',
  async () => {
    const { code, stderr } = await podprobe(['exec', target.pid, '--', 'true'], { prefix: inherited() });
    assert.is(code, 4);
    assert.match(stderr, /EPERM.*, capset .*: needs CAP_DAC_OVERRIDE, .*, which the container has: run as root$/m);
  },
  { skip },
);

/** Words that start a program as root with capabilities put down or added, as setpriv(1) has them. */
const as = (...changes: string[]) => ['setpriv', '--inh-caps', changes.join(), '--bounding-set', changes.join()];
const without = (name: string) => as(`-${name}`);
const only = (...names: string[]) => as('-all', ...names.map((name) => `+${name}`));

const page = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');
const [, always = '', either = ''] =
  /It needs (`CAP_SYS_ADMIN`.*?`CAP_SETPCAP`), (.*?) for a container/s.exec(page) ?? [];
const namesIn = (text: string) => [...text.matchAll(/`CAP_(\w+)`/g)].map(([, name]) => `${name}`.toLowerCase());

const ofUser: Change = (config) => {
  config.process.user = { uid: 1000, gid: 1001, additionalGids: [5] };
};

test(
  'needs each capability that the documentation names, says which one it lacks, and needs no other',
  async () => {
    using container = Container.start(ofUser);
    const run = (prefix: readonly string[]) => podprobe(['exec', container.pid, '--', 'id', '-u'], { prefix });
    assert.equal([namesIn(always).length, namesIn(either).length], [6, 2]);
    for (const name of namesIn(always)) {
      const { code, stderr } = await run(without(name));
      assert.is(code, 4, name);
      assert.match(stderr, new RegExp(`needs .*\\bCAP_${name.toUpperCase()}\\b`));
    }
    for (const one of namesIn(either)) {
      const { stdout, stderr } = await run(only(...namesIn(always), one));
      assert.equal([stdout, stderr], ['1000\n', ''], one);
    }
    const { code, stderr } = await run(only(...namesIn(always)));
    assert.is(code, 4);
    assert.match(stderr, /EACCES.*environ.*: run with the capability CAP_DAC_READ_SEARCH, too$/m);
  },
  { skip: skip ?? unfit({ tools: ['runc', 'busybox'] }) },
);

const rows: [what: string, prefix: string[], message: RegExp][] = [
  ['a capability of its own', without('kill'), /EPERM.*, capset .*: needs CAP_KILL, which the container has:/],
  [
    'a higher limit',
    ['prlimit', '--nofile=500:500', ...without('sys_resource')],
    /EPERM.*, prlimit\(7\) .*CAP_SYS_RESOURCE/,
  ],
];
for (const [what, prefix, message] of rows) {
  test(
    `names the capability that it lacks for a container with ${what}`,
    async () => {
      using container = Container.start();
      const { code, stderr } = await podprobe(['exec', container.pid, '--', 'true'], { prefix });
      assert.is(code, 4);
      assert.match(stderr, message);
    },
    { skip: skip ?? unfit({ tools: ['runc', 'busybox', 'prlimit'] }) },
  );
}

test(
  'lets a command of another user open /dev/stdout by CAP_CHOWN, and goes without',
  async () => {
    using container = Container.start(ofUser);
    const words = ['exec', container.pid, '--', 'sh', '-c', 'echo direct; echo opened >/dev/stdout'];
    assert.is((await podprobe(words)).stdout, 'direct\nopened\n');
    const { stdout, stderr } = await podprobe(words, { prefix: without('chown') });
    assert.is(stdout, 'direct\n');
    assert.match(stderr, /can't create \/dev\/stdout: Permission denied/);
  },
  { skip: skip ?? unfit({ tools: ['runc', 'busybox'] }) },
);

test.run();
