import * as assert from 'uvu/assert';
import { FIRST_USER_NAMESPACE as FIRST, type ProcessIds } from '../../lib/kube/access-facts.ts';
import { judgeReach } from '../../lib/kube/reach.ts';
import { judgeReader, type ReaderAccess, type TargetAccess } from '../../lib/kube/reader-rule.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('kube: who may read an environ');

const [TRACE, ADMIN, PERFMON, OVERRIDE, SEARCH] = [1n << 19n, 1n << 21n, 1n << 38n, 1n << 1n, 1n << 2n];
const [CHILD, GRANDCHILD] = [7001, 7002];

function ids(id: number | null): ProcessIds {
  return { real: id, effective: id, saved: id, fileSystem: id };
}

type MadeReader = { uid?: number | null; gid?: number; effective?: bigint } & Partial<ReaderAccess>;

function reader({ uid = 1000, gid = 1000, effective = 0n, ...more }: MadeReader = {}): ReaderAccess {
  const credentials = { user: ids(uid), group: ids(gid), permitted: effective, effective };
  return { credentials, userNamespace: FIRST, mapsOwner: true, ...more };
}

type MadeTarget = { uid?: number | null; permitted?: bigint; saved?: number } & Partial<TargetAccess>;

/** A process of uid 1000, on a kernel before 6.15. */
function target({ uid = 1000, permitted = 0n, saved, ...more }: MadeTarget = {}): TargetAccess {
  const user = { ...ids(uid), ...(saved === undefined ? {} : { saved }) };
  return {
    credentials: { user, group: ids(1000), permitted, effective: permitted },
    userNamespaces: [{ number: FIRST, owner: 0 }],
    allUserNamespaces: true,
    owner: { uid, gid: 1000 },
    dumpable: 'yes',
    monitorsMayRead: false,
    memoryNamespaces: [0],
    ...more,
  };
}

const inChild = (owner: number | null): Partial<TargetAccess> => ({
  userNamespaces: [
    { number: CHILD, owner },
    { number: FIRST, owner: 0 },
  ],
});
const SHUT = { dumpable: 'no', owner: { uid: 0, gid: 0 } } as const;
const all = TRACE | SEARCH;

const cases: [what: string, by: ReaderAccess, of: TargetAccess, answer: string, reason: RegExp][] = [
  ['the same user', reader(), target(), 'yes', /^same uid 1000$/],
  ['another user', reader({ uid: 2000 }), target(), 'no', /another user or group/],
  ['another group', reader({ gid: 2000 }), target(), 'no', /another user or group/],
  ['another saved id', reader(), target({ saved: 0 }), 'no', /another user or group/],
  ['fewer capabilities', reader(), target({ permitted: 1n << 13n }), 'no', /fewer capabilities/],
  ['as many capabilities', reader({ effective: 1n << 13n }), target({ permitted: 1n << 13n }), 'yes', /same uid/],
  ['root without a capability', reader({ uid: 0 }), target(), 'no', /another user or group/],
  ['root that may open the file only', reader({ uid: 0, effective: OVERRIDE }), target(), 'no', /another user/],
  ['a tracer that may not open the file', reader({ uid: 0, effective: TRACE }), target(), 'no', /file is not its own/],
  ['a tracer by CAP_DAC_READ_SEARCH', reader({ uid: 2000, effective: all }), target(), 'yes', /^CAP_SYS_PTRACE over/],
  ['a tracer by CAP_DAC_OVERRIDE', reader({ uid: 0, effective: TRACE | OVERRIDE }), target(), 'yes', /^CAP_SYS_PTRACE/],
  ['one who is not dumpable', reader(), target(SHUT), 'no', /not dumpable/],
  ['a tracer of one who is not', reader({ uid: 0, effective: all }), target(SHUT), 'yes', /^CAP_SYS_PTRACE/],
  ['one who may not be', reader(), target({ dumpable: 'unknown' }), 'unknown', /dumpable cannot be seen/],
  ['a monitor, before Linux 6.15', reader({ uid: 0, effective: ADMIN | SEARCH }), target(), 'no', /another user/],
  [
    'a monitor',
    reader({ uid: 0, effective: PERFMON | SEARCH }),
    target({ monitorsMayRead: true, ...SHUT }),
    'yes',
    /^CAP_PERFMON or CAP_SYS_ADMIN on the node$/,
  ],
  [
    'a monitor of a user namespace of its own',
    reader({ uid: 2000, effective: ADMIN | SEARCH, userNamespace: CHILD }),
    target({ monitorsMayRead: true }),
    'no',
    /another user/,
  ],
  [
    'one below the user namespace',
    reader({ userNamespace: CHILD, effective: all }),
    target(),
    'no',
    /another user namespace/,
  ],
  ['who made its user namespace', reader(), target(inChild(1000)), 'yes', /^CAP_SYS_PTRACE over/],
  ['who did not make it', reader(), target(inChild(2000)), 'no', /another user namespace/],
  ['one in it', reader({ userNamespace: CHILD }), target(inChild(1000)), 'yes', /^same uid/],
  [
    'its root',
    reader({ uid: 9, userNamespace: CHILD, effective: all }),
    target(inChild(1000)),
    'yes',
    /^CAP_SYS_PTRACE/,
  ],
  [
    'a root there without a number for the owner',
    reader({ uid: 9, userNamespace: CHILD, effective: all, mapsOwner: false }),
    target(inChild(1000)),
    'no',
    /file is not its own/,
  ],
  [
    'who made the one above its own',
    reader({ effective: 0n }),
    target({
      userNamespaces: [
        { number: GRANDCHILD, owner: 5 },
        { number: CHILD, owner: 1000 },
        { number: FIRST, owner: 0 },
      ],
    }),
    'yes',
    /^CAP_SYS_PTRACE/,
  ],
  [
    'a root of its user namespace, whose memory is of the one above',
    reader({ uid: 1000, userNamespace: CHILD, effective: all }),
    target({ ...inChild(0), ...SHUT, memoryNamespaces: [1] }),
    'no',
    /that its memory is of/,
  ],
  ['one whose ids are not known', reader({ uid: null }), target(), 'unknown', /may not be seen|cannot be seen/],
  ['the same user, whose namespace is not', reader({ userNamespace: null }), target(), 'unknown', /may not be seen/],
  ['another, whose namespace is not', reader({ uid: 2000, userNamespace: null }), target(), 'no', /another user/],
  [
    'a tracer whose namespace is not',
    reader({ uid: 0, userNamespace: null, effective: all }),
    target(),
    'unknown',
    /capabilities over its user namespace cannot be seen/,
  ],
  [
    'a stranger to the list of user namespaces that ends too early',
    reader({ uid: 0, effective: all }),
    target({ userNamespaces: [{ number: CHILD, owner: 0 }], allUserNamespaces: false }),
    'unknown',
    /cannot be seen/,
  ],
  [
    'a tracer of whom it is not known whether he has a number for the owner',
    reader({ uid: 0, effective: all, mapsOwner: null }),
    target(),
    'unknown',
    /may open the file cannot be seen/,
  ],
];
for (const [what, by, of, answer, reason] of cases) {
  test(`answers ${answer} for ${what}`, () => {
    const verdict = judgeReader(by, of);
    assert.is(verdict.answer, answer, verdict.reason);
    assert.match(verdict.reason, reason);
  });
}

const [HOST, POD] = [100, 200];
const chain = { pidNamespaces: [POD, HOST], allPidNamespaces: true };
const mount = (path: string, pidNamespace: number | null) => ({ path: Buffer.from(path), pidNamespace });

const reaches: [what: string, mounts: Parameters<typeof judgeReach>[0], own: number, answer: string, reason: RegExp][] =
  [
    ['the same pid namespace', [mount('/proc', POD)], POD, 'yes', /^in the same pid namespace$/],
    ['one above', [mount('/proc', HOST)], HOST, 'yes', /^in a pid namespace above it$/],
    ['a /proc of the node', [mount('/proc', 300), mount('/host/proc', HOST)], 300, 'yes', /above it at \/host\/proc$/],
    ['another pid namespace', [mount('/proc', 300)], 300, 'no', /shows other pid namespaces only/],
    ['no /proc', [], POD, 'no', /no \/proc is mounted/],
    ['a /proc of which it is not known', [mount('/proc', null)], POD, 'unknown', /could not be told/],
    ['mounts that could not be read', null, POD, 'unknown', /could not be read/],
  ];
for (const [what, mounts, own, answer, reason] of reaches) {
  test(`says that ${what} reaches it: ${answer}`, () => {
    const verdict = judgeReach(mounts, own, chain, new Set([HOST, POD, 300]));
    assert.is(verdict.answer, answer);
    assert.match(verdict.reason, reason);
  });
}

test('does not take a pid namespace for one below that may be above all that are seen', () => {
  const partial = { pidNamespaces: [POD], allPidNamespaces: false };
  assert.is(judgeReach([mount('/host/proc', HOST)], POD, partial, new Set([POD])).answer, 'unknown');
  assert.is(judgeReach([mount('/proc', 300)], 300, partial, new Set([POD, 300])).answer, 'no');
});

test.run();
