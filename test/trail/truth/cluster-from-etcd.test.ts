import * as assert from 'uvu/assert';
import { type EtcdClient, openEtcd } from '../../../lib/etcd/client.ts';
import type { ClusterView } from '../../../lib/trail/cluster.ts';
import { readClusterFromEtcd } from '../../../lib/trail/truth/cluster-from-etcd.ts';
import { capturedRecord } from '../../helpers/captured.ts';
import {
  configMapObject,
  ownedObject,
  ownerOf,
  podObject,
  secretObject,
  usesAll,
} from '../../helpers/cluster-objects.ts';
import { Etcd, etcdMissing } from '../../helpers/etcd.ts';
import { findingCodes } from '../../helpers/known.ts';
import { rejects } from '../../helpers/rejects.ts';
import { suite } from '../../helpers/suite.ts';

const test = suite('trail: the pods of a node, by etcd');
const skip = etcdMissing();
let etcd: Etcd;
let client: EtcdClient;

test.before(async () => {
  etcd = await Etcd.start();
  client = await openEtcd(etcd.connection);
});
test.after.each(async () => {
  await etcd.ctl(['del', '--prefix', '/']);
});
test.after(async () => {
  await client[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});

function put(path: string, object: object): Promise<void> {
  return etcd.put(`/registry/${path}`, JSON.stringify(object));
}

function namesOf({ pods }: ClusterView): string[] {
  return pods.map(({ metadata }) => metadata.name);
}

/** A value as text, or what is there instead. */
function valueOf(view: ClusterView, kind: 'secret' | 'configMap', name: string, key = 'a'): string | null | undefined {
  const values = view.valuesOf(kind, 'test', name);
  return values ? values.get(key)?.toString() : values;
}

const byUid = (...uids: string[]): { podUids: Set<string> } => ({ podUids: new Set(uids) });

test(
  'are those whose uid is on the node, whatever the node is called, or those that are bound to it',
  async () => {
    await put('pods/test/one', podObject('one', { uid: '1' }));
    await put('pods/test/two', podObject('two', { uid: '2', nodeName: 'node-2' }));
    await put('pods/other/three', podObject('three', { uid: '3', namespace: 'other' }));
    assert.equal(namesOf(await readClusterFromEtcd(client, byUid('2', '3'))), ['three', 'two']);
    assert.equal(namesOf(await readClusterFromEtcd(client, { nodeName: 'node-1' })), ['three', 'one']);
  },
  { skip },
);

test(
  'are found by their names, but not another pod of the same name',
  async () => {
    await put('pods/test/one', podObject('one', { uid: '1' }));
    await put('pods/test/again', podObject('again', { uid: 'new' }));
    const pods = [
      { namespace: 'test', name: 'one', uid: '1' },
      { namespace: 'test', name: 'again', uid: 'old' },
      { namespace: 'test', name: 'gone', uid: '4' },
    ];
    assert.equal(namesOf(await readClusterFromEtcd(client, { pods })), ['one']);
  },
  { skip },
);

test(
  'come with the values of all that they use; what is not there is null, what nobody uses is not known',
  async () => {
    await put('pods/test/one', podObject('one', { uid: '1', spec: usesAll }));
    for (const name of ['env-secret', 'pull', 'volume-secret', 'csi-secret', 'unused']) {
      await put(`secrets/test/${name}`, secretObject(name, { a: `of ${name}` }));
    }
    for (const name of ['env-map', 'init-map'])
      await put(`configmaps/test/${name}`, configMapObject(name, { a: name }));
    using view = await readClusterFromEtcd(client, byUid('1'));
    const secrets = ['env-secret', 'pull', 'volume-secret', 'csi-secret', 'unused'];
    assert.equal(
      secrets.map((name) => valueOf(view, 'secret', name)),
      ['of env-secret', 'of pull', 'of volume-secret', 'of csi-secret', undefined],
    );
    const maps = ['env-map', 'init-map', 'projected-map'].map((name) => valueOf(view, 'configMap', name));
    assert.equal(maps, ['env-map', 'init-map', null]);
    assert.is(view.valuesOf('secret', 'other', 'pull'), undefined);
    assert.equal([view.source, findingCodes(view)], ['etcd', []]);
  },
  { skip },
);

test(
  'come without what a ConfigMap has in binaryData, of which kubelet makes no variable',
  async () => {
    await put('pods/test/one', podObject('one', { uid: '1', spec: usesAll }));
    await put('configmaps/test/init-map', { ...configMapObject('init-map', { a: 'text' }), binaryData: { b: 'AAEC' } });
    using view = await readClusterFromEtcd(client, byUid('1'));
    assert.equal(
      ['a', 'b'].map((key) => valueOf(view, 'configMap', 'init-map', key)),
      ['text', undefined],
    );
  },
  { skip },
);

test(
  'come with values only where they use the Secret that is asked for',
  async () => {
    await put('pods/test/one', podObject('one', { uid: '1', spec: usesAll }));
    await put('pods/test/two', podObject('two', { uid: '2' }));
    await put('secrets/test/mysecret', secretObject('mysecret', { a: 'bar' }));
    await put('secrets/test/pull', secretObject('pull', { a: 'x' }));
    const secret = { namespace: 'test', name: 'mysecret' };
    using view = await readClusterFromEtcd(client, byUid('1', '2'), { secret });
    assert.equal(namesOf(view), ['one', 'two']);
    assert.equal([valueOf(view, 'secret', 'mysecret'), valueOf(view, 'secret', 'pull')], ['bar', undefined]);
  },
  { skip },
);

test(
  'values that cannot be read are not known, and a finding; so are pods',
  async () => {
    await put('pods/test/one', podObject('one', { uid: '1' }));
    await etcd.put('/registry/pods/test/odd', 'garbage, uid 1');
    await etcd.put('/registry/pods/test/sealed', 'k8s:enc:aescbc:v1:key1:garbage');
    await etcd.put('/registry/pods/test/none', 'garbage of another node');
    // encrypted, and no key is given
    await etcd.put('/registry/secrets/test/mysecret', capturedRecord('/registry/secrets/test/mysecret').value);
    const view = await readClusterFromEtcd(client, byUid('1'));
    assert.is(valueOf(view, 'secret', 'mysecret', 'foo'), undefined);
    assert.equal(findingCodes(view), ['unreadable-pod', 'unread-object']);
    assert.match(view.findings[0]?.message ?? '', /^2 pods could not be read/);
    assert.match(view.findings[1]?.message ?? '', /^Secret test\/mysecret, .* encrypted by aescbc/);
  },
  { skip },
);

test(
  'something else in the place of a Secret is not known',
  async () => {
    await put('pods/test/one', podObject('one', { uid: '1' }));
    await put('secrets/test/mysecret', ownedObject('v1', 'Service', 'mysecret'));
    const view = await readClusterFromEtcd(client, byUid('1'));
    assert.equal([valueOf(view, 'secret', 'mysecret'), findingCodes(view)], [undefined, ['unread-object']]);
  },
  { skip },
);

test(
  'a pod that names what can be no Secret does no harm',
  async () => {
    const env = ['../x', '..', 'a/b', '%2e', 'x'.repeat(300)].map((name) => ({
      name: 'A',
      valueFrom: { secretKeyRef: { name, key: 'a' } },
    }));
    await put('pods/test/one', podObject('one', { uid: '1', spec: { containers: [{ name: 'api', env }] } }));
    const view = await readClusterFromEtcd(client, byUid('1'));
    assert.equal([valueOf(view, 'secret', '..'), valueOf(view, 'secret', 'a/b'), findingCodes(view)], [null, null, []]);
  },
  { skip },
);

test(
  'values are overwritten when the view is disposed of',
  async () => {
    await put('pods/test/one', podObject('one', { uid: '1' }));
    await put('secrets/test/mysecret', secretObject('mysecret', { a: 'bar' }));
    const view = await readClusterFromEtcd(client, byUid('1'));
    const value = view.valuesOf('secret', 'test', 'mysecret')?.get('a');
    assert.equal(`${value}`, 'bar');
    view[Symbol.dispose]();
    assert.equal(`${value}`, '\0\0\0');
  },
  { skip },
);

const owners: [what: string, owner: object, above: [path: string, object: object][], expected: string][] = [
  [
    'a Deployment is found through its ReplicaSet, and what made it is left out',
    ownerOf('apps/v1', 'ReplicaSet', 'payments-7d4f'),
    [
      [
        'replicasets/test/payments-7d4f',
        ownedObject('apps/v1', 'ReplicaSet', 'payments-7d4f', ownerOf('apps/v1', 'Deployment', 'payments')),
      ],
      [
        'deployments/test/payments',
        ownedObject('apps/v1', 'Deployment', 'payments', ownerOf('example.com/v1', 'App', 'shop')),
      ],
    ],
    'deployment/payments',
  ],
  ['a StatefulSet needs no look', ownerOf('apps/v1', 'StatefulSet', 'db'), [], 'statefulset/db'],
  [
    'a CronJob is found through its Job',
    ownerOf('batch/v1', 'Job', 'nightly-1'),
    [['jobs/test/nightly-1', ownedObject('batch/v1', 'Job', 'nightly-1', ownerOf('batch/v1', 'CronJob', 'nightly'))]],
    'cronjob/nightly',
  ],
  [
    'a custom resource is found',
    ownerOf('apps/v1', 'ReplicaSet', 'web-1'),
    [
      [
        'replicasets/test/web-1',
        ownedObject('apps/v1', 'ReplicaSet', 'web-1', ownerOf('argoproj.io/v1alpha1', 'Rollout', 'web')),
      ],
      [
        'argoproj.io/rollouts/test/web',
        ownedObject('argoproj.io/v1alpha1', 'Rollout', 'web', ownerOf('example.com/v1', 'App', 'shop')),
      ],
    ],
    'app/shop',
  ],
  [
    'a ReplicaSet of the same name is none of the pod',
    ownerOf('apps/v1', 'ReplicaSet', 'payments-7d4f'),
    [
      [
        'replicasets/test/payments-7d4f',
        ownedObject('apps/v1', 'ReplicaSet', 'payments-7d4f', ownerOf('apps/v1', 'Deployment', 'payments'), 'other'),
      ],
    ],
    'replicaset/payments-7d4f',
  ],
  ['of one that is gone the name is kept', ownerOf('apps/v1', 'ReplicaSet', 'gone-1'), [], 'replicaset/gone-1'],
];
for (const [what, owner, above, expected] of owners) {
  test(
    `owner: ${what}`,
    async () => {
      await put('pods/test/one', podObject('one', { uid: '1', owner }));
      for (const [path, object] of above) await put(path, object);
      const view = await readClusterFromEtcd(client, byUid('1'));
      const [pod] = view.pods;
      assert.ok(pod);
      assert.is(view.ownerOf(pod), expected);
    },
    { skip },
  );
}

test(
  'owner: none, and a circle of them ends',
  async () => {
    await put('pods/test/one', podObject('one', { uid: '1' }));
    await put('pods/test/two', podObject('two', { uid: '2', owner: ownerOf('example.com/v1', 'App', 'shop') }));
    await put(
      'example.com/apps/test/shop',
      ownedObject('example.com/v1', 'App', 'shop', ownerOf('example.com/v1', 'App', 'shop')),
    );
    const view = await readClusterFromEtcd(client, byUid('1', '2'));
    assert.equal(
      view.pods.map((pod) => view.ownerOf(pod)),
      [null, 'app/shop'],
    );
  },
  { skip },
);

test(
  'is under another prefix, and can be given up',
  async () => {
    await etcd.put('/k8s/pods/test/one', JSON.stringify(podObject('one', { uid: '1' })));
    assert.equal(namesOf(await readClusterFromEtcd(client, byUid('1'), { prefix: '/k8s' })), ['one']);
    await rejects(readClusterFromEtcd(client, byUid('1'), { signal: AbortSignal.abort() }), { name: 'AbortError' });
  },
  { skip },
);

test.run();
