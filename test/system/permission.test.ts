import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { assertInitial, assertLive, hostile, readBounded, startHostile, unfit } from '../helpers/hostile.ts';
import { assertForbidden, readElsewhere } from '../helpers/other-reader.ts';
import { suite } from '../helpers/suite.ts';
import { Target } from '../helpers/target.ts';
import { locate } from '../helpers/toolchain.ts';

const test = suite('permission');
const skip = unfit({ root: true, tools: ['setpriv', 'unshare'] });
const NOBODY = 65534;
const env = { FIRST: '1' };
const given = ['FIRST=1'];
const live = ['FIRST=1', 'LIVE=1'];
const timeout = 60_000;

const directory = mkdtempSync(join(tmpdir(), 'podprobe-permission-'));
chmodSync(directory, 0o755);
test.after(() => rmSync(directory, { recursive: true }));

/** A copy that other users can reach, with the mode that matters. */
async function place(name: string, mode: number): Promise<string> {
  const path = join(directory, name);
  copyFileSync(await hostile('plain'), path);
  chmodSync(path, mode);
  return path;
}

const asNobody = () => [locate('setpriv'), '--reuid', `${NOBODY}`, '--regid', `${NOBODY}`, '--clear-groups'];

async function startAsNobody(mode: number, argument = 'plain', more: string[] = []): Promise<Target> {
  const program = await place(`${argument}-${mode.toString(8)}`, mode);
  // setpriv still has root's capabilities when it calls exec, and may so read any program: env has none any more.
  return Target.start([...asNobody(), ...more, locate('env'), program, argument], { env });
}

async function assertReadable(pid: number): Promise<void> {
  const read = await readBounded(pid);
  assertInitial(read.initial, 'intact', given);
  assertLive(read.live, live);
}

async function assertReadableByNobody(pid: number): Promise<void> {
  const outcome = await readElsewhere(pid, NOBODY);
  assert.equal([outcome.initial, outcome.live], ['intact', 'ok'], JSON.stringify(outcome));
}

test(
  'lets a user read a process of his own',
  async () => {
    await using target = await startAsNobody(0o755);
    await assertReadable(target.pid);
    await assertReadableByNobody(target.pid);
  },
  { skip, timeout },
);

test(
  'names the uid when the process is of another user',
  async () => {
    await using target = await startHostile(['plain'], { env });
    assertForbidden(await readElsewhere(target.pid, NOBODY), /uid|user/i);
  },
  { skip, timeout },
);

const undumpable: Record<string, () => Promise<Target>> = {
  'a process that made itself undumpable': () => startAsNobody(0o755, 'not-dumpable'),
  'a program that may be run but not read': () => startAsNobody(0o711),
};

for (const [what, start] of Object.entries(undumpable)) {
  test(
    `lets root read ${what}, and names dumpable to its own user`,
    async () => {
      await using target = await start();
      await assertReadable(target.pid);
      assertForbidden(await readElsewhere(target.pid, NOBODY), /dumpable/i);
    },
    { skip, timeout },
  );
}

test(
  'lets root read a setuid program, and names uid or dumpable to the user who started it',
  async () => {
    await using target = await startAsNobody(0o4755);
    await assertReadable(target.pid);
    assertForbidden(await readElsewhere(target.pid, NOBODY), /uid|dumpable/i);
  },
  { skip, timeout },
);

test(
  'names the capability that a process of the same user has and the reader has not',
  async () => {
    await using target = await startAsNobody(0o755, 'plain', ['--inh-caps', '+net_raw', '--ambient-caps', '+net_raw']);
    await assertReadable(target.pid);
    assertForbidden(await readElsewhere(target.pid, NOBODY), /capabilit/i);
  },
  { skip, timeout },
);

test(
  'lets root read a process in a user namespace, and names it to others',
  async () => {
    await using target = await startHostile(['plain', 'user-namespace'], { env });
    await assertReadable(target.pid);
    assertForbidden(await readElsewhere(target.pid, NOBODY), /uid|user namespace/i);
  },
  { skip, timeout },
);

test(
  'lets a user read a process in a user namespace of his own',
  async () => {
    await using target = await startAsNobody(0o755, 'user-namespace');
    await assertReadable(target.pid);
    await assertReadableByNobody(target.pid);
  },
  { skip, timeout },
);

test(
  'names the user namespace or the capability to a root that is none',
  async () => {
    await using target = await startHostile(['plain'], { env });
    const outcome = await readElsewhere(target.pid, undefined, [locate('unshare'), '--user', '--map-root-user']);
    assertForbidden(outcome, /user namespace|capabilit/i);
  },
  { skip: skip ?? noUserNamespaces(), timeout },
);

function noUserNamespaces(): string | undefined {
  const works = spawnSync('unshare', ['--user', '--map-root-user', 'true']).status === 0;
  return works ? undefined : 'needs user namespaces';
}

// What the message says under each scope is a unit test (test/permission.test.ts): here it is the kernel that forbids.
if (yamaScope() > 0) {
  test(
    'names yama where it forbids',
    async () => {
      await using target = await startAsNobody(0o755);
      assertForbidden(await readElsewhere(target.pid, NOBODY), /yama|ptrace_scope/i);
    },
    { skip, timeout },
  );
}

function yamaScope(): number {
  const path = '/proc/sys/kernel/yama/ptrace_scope';
  return existsSync(path) ? Number(readFileSync(path, 'latin1')) : 0;
}

test.run();
