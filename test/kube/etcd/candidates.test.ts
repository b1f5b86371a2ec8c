import * as assert from 'uvu/assert';
import { placeOf } from '../../../lib/kube/etcd/candidates.ts';
import type { NodeView } from '../../../lib/kube/node-view.ts';
import type { ProcessSummary } from '../../../lib/processes.ts';
import { suite } from '../../helpers/suite.ts';

const test = suite('kube: which etcd is believed');
const NAMESPACES = { mnt: 1, pid: 2, user: 3 };
const NODE: NodeView = { container: '', pidNamespace: NAMESPACES.pid };
const CONTAINER = '0f'.repeat(32);

function etcdOf(uid: number, path: string, namespaces: typeof NAMESPACES | null = NAMESPACES): ProcessSummary {
  return {
    pid: 4711,
    parentPid: 1,
    comm: 'etcd',
    startTime: 1n,
    state: 'S',
    kernelThread: false,
    zombie: false,
    credentials: { uid, effectiveUid: uid, gid: 0, effectiveGid: 0, capabilities: 0n },
    cgroup: Buffer.from(`0::${path}\n`),
    namespaces,
  };
}

const cases: [what: string, uid: number, path: string, place: string][] = [
  ['root on the node', 0, '/system.slice/etcd.service', 'host'],
  ['a service of its own name, of another user', 107, '/system.slice/etcd.service', 'host'],
  ['an instance of such a service', 107, '/system.slice/etcd@main.service', 'host'],
  ['another service of another user', 107, '/system.slice/nginx.service', 'user 107 runs it'],
  ['a service whose name only begins so', 107, '/system.slice/etcdump.service', 'user 107 runs it'],
  ["a user's own service", 1000, '/user.slice/user-1000.slice/user@1000.service/app.slice/etcd.service', 'user 1000'],
  ['a static pod', 0, `/kubepods/burstable/pod${'ab'.repeat(16)}/${CONTAINER}`, 'static pod'],
  ['any other pod', 0, `/kubepods/pod6f7e1acc-0a2c-4b6e-9a54-6b8d5c8b9a01/${CONTAINER}`, 'it runs in a container'],
  [
    'a group in a pod that is called as a service',
    0,
    `/kubepods/pod6f7e1acc-0a2c-4b6e-9a54-6b8d5c8b9a01/${CONTAINER}/system.slice/etcd.service`,
    'it runs in a container',
  ],
];

for (const [what, uid, path, expected] of cases) {
  test(`${what}: ${expected}`, () => {
    const judged = placeOf(etcdOf(uid, path), NODE);
    assert.match('place' in judged ? judged.place : judged.reason, expected);
  });
}

test('a service in a pid namespace of its own is not believed', () => {
  const judged = placeOf(etcdOf(107, '/system.slice/etcd.service', { ...NAMESPACES, pid: 9 }), NODE);
  assert.ok('reason' in judged);
});

test.run();
