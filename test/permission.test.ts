import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { type AccessFacts, accessFacts, explainAccess, mayTraceAnything, yamaScope } from '../lib/permission.ts';
import { startHostile, unfit } from './helpers/hostile.ts';
import { suite } from './helpers/suite.ts';

const test = suite('permission');

const plain: AccessFacts = {
  capable: false,
  readsAnyFile: false,
  sameUser: true,
  sameUserNamespace: true,
  dumpable: true,
  yamaScope: 0,
};
const capable: AccessFacts = { ...plain, capable: true, readsAnyFile: true };
const otherUser = { sameUser: false };
const otherNamespace = { sameUserNamespace: false };
const undumpable = { dumpable: false };

const reasons = {
  uid: /another user \(uid\).*CAP_SYS_PTRACE/,
  dumpable: /not dumpable.*CAP_SYS_PTRACE/,
  'user namespace': /another user namespace.*CAP_SYS_PTRACE/,
  'the namespace that the capability does not reach': /user namespace in which this process has no capability/,
  'yama 1': /yama.*descendants.*ptrace_scope is 1/,
  'yama 2': /yama.*ptrace_scope is 2/,
  'yama 3': /yama forbids it to everybody.*ptrace_scope is 3.*boot/,
  'files of another user': /files in \/proc .*CAP_DAC_READ_SEARCH/,
  'security module': /security module \(LSM\).*capability/,
};

const rows: [what: string, facts: AccessFacts, reason: keyof typeof reasons][] = [
  ['another user', { ...plain, ...otherUser }, 'uid'],
  ['another user, whatever else', { ...plain, ...otherUser, ...otherNamespace, ...undumpable, yamaScope: 2 }, 'uid'],
  ['another user under yama 3', { ...plain, ...otherUser, yamaScope: 3 }, 'uid'],
  ['a process that is not dumpable', { ...plain, ...undumpable }, 'dumpable'],
  ['one not dumpable, under yama', { ...plain, ...undumpable, yamaScope: 1 }, 'dumpable'],
  [
    'one not dumpable, of which nothing else is known',
    { ...plain, ...undumpable, sameUserNamespace: null },
    'dumpable',
  ],
  ['another user namespace', { ...plain, ...otherNamespace }, 'user namespace'],
  ['yama 1', { ...plain, yamaScope: 1 }, 'yama 1'],
  ['yama 2', { ...plain, yamaScope: 2 }, 'yama 2'],
  ['yama 3', { ...plain, yamaScope: 3 }, 'yama 3'],
  ['yama 3, for root too', { ...capable, yamaScope: 3 }, 'yama 3'],
  ['nothing that shows', plain, 'security module'],
  ['nothing that shows, for a process of unknown user', { ...plain, sameUser: null }, 'security module'],
  ['nothing that shows, for root', capable, 'security module'],
  ['nothing that shows, for root under yama 2', { ...capable, yamaScope: 2 }, 'security module'],
  ['another user, for root', { ...capable, ...otherUser }, 'security module'],
  [
    'another user, for who may read no file of his',
    { ...capable, ...otherUser, readsAnyFile: false },
    'files of another user',
  ],
  ['one not dumpable, for root', { ...capable, ...undumpable }, 'security module'],
  [
    'another user namespace, for its root',
    { ...capable, ...otherUser, ...otherNamespace },
    'the namespace that the capability does not reach',
  ],
  [
    'a user namespace that root may not see',
    { ...capable, sameUserNamespace: null },
    'the namespace that the capability does not reach',
  ],
];

for (const [what, facts, reason] of rows) {
  test(`explains ${what} by ${reason}`, () => {
    const text = explainAccess(facts);
    assert.match(text, reasons[reason]);
    const others = Object.entries(reasons).filter(([other, pattern]) => other !== reason && pattern.test(text));
    assert.equal(others, []);
  });
}

test('tells the capability that the kernel tells', () => {
  const [, mask = ''] = /^CapEff:\t([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
  const bit = Number(`0x${mask.slice(-5, -4)}`) >> 3;
  assert.is(mayTraceAnything(), bit === 1);
});

test(
  'tells that the capability is gone when it is',
  () => {
    const module = new URL('../lib/permission.ts', import.meta.url).href;
    const code = `import(${JSON.stringify(module)}).then((it) => console.log(it.mayTraceAnything()))`;
    const node = [process.execPath, '--import', 'tsx', '-e', code];
    const told = execFileSync('setpriv', ['--bounding-set', '-sys_ptrace', '--inh-caps', '-sys_ptrace', ...node]);
    assert.is(told.toString().trim(), 'false');
  },
  { skip: unfit({ root: true, tools: ['setpriv'] }) },
);

test('reads the scope of yama, 0 without it', () => {
  const path = '/proc/sys/kernel/yama/ptrace_scope';
  assert.is(yamaScope(), existsSync(path) ? Number(readFileSync(path, 'latin1')) : 0);
});

test('sees itself as a process of the same user and namespace', () => {
  const { sameUser, sameUserNamespace, dumpable } = accessFacts(process.pid);
  assert.equal([sameUser, sameUserNamespace, dumpable], [true, true, true]);
});

test('tells nothing of a process that is not there', () => {
  const { sameUser, sameUserNamespace, dumpable } = accessFacts(2 ** 22 + 1);
  assert.equal([sameUser, sameUserNamespace, dumpable], [null, null, true]);
});

test(
  'sees the user namespace of another process',
  async () => {
    await using target = await startHostile(['plain', 'user-namespace']);
    assert.is(accessFacts(target.pid).sameUserNamespace, false);
  },
  { skip: unfit({ root: true }) },
);

test.run();
