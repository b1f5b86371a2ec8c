import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { commandLine, NOBODY, podprobe, unfitForNobody } from '../helpers/command.ts';
import { unfit } from '../helpers/hostile.ts';
import { Unshared } from '../helpers/runc.ts';
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
    assert.match(found(NAMES, 'exec'), /^limited: no CAP_CHOWN, .*CAP_SYS_ADMIN;/);
    assert.match(found(['sys_ptrace'], 'exec'), /^limited: no CAP_CHOWN, .*CAP_SYS_ADMIN;/);
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
    assert.match(stderr, /EPERM.*the container has capabilities that this process lacks/);
  },
  { skip },
);

test.run();
