import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { openEtcd, type EtcdClient } from '../../lib/etcd/client.ts';
import { readApiCredentials } from '../../lib/kube/api/credentials.ts';
import { type ApiClient, openApi } from '../../lib/kube/api/client.ts';
import { findKubelet } from '../../lib/kube/kubelet.ts';
import { findEtcd } from '../../lib/kube/etcd/find.ts';
import { readEtcdCredentials } from '../../lib/kube/etcd/credentials.ts';
import { readFoundEncryption } from '../../lib/kube/etcd/storage.ts';
import { listPods } from '../../lib/kube/pods.ts';
import { watchSecretVolumesOfPod } from '../../lib/volumes.ts';
import { readClusterFromApi } from '../../lib/trail/truth/cluster-from-api.ts';
import { readClusterFromEtcd } from '../../lib/trail/truth/cluster-from-etcd.ts';
import { readSecretFromApi } from '../../lib/trail/truth/from-api.ts';
import { readSecretFromEtcd } from '../../lib/trail/truth/from-etcd.ts';
import { readSecretFromVolume, volumesOfSecret } from '../../lib/trail/truth/from-volume.ts';
import { findingCodes, versionLines } from '../helpers/known.ts';
import { impossible, variable } from '../helpers/lab.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('trail: the truth of a running cluster');
const namespace = 'podprobe-truth';
const secret = { namespace, name: 'rotated' };
let folder = '';
let etcd: EtcdClient;
let api: ApiClient;
let nodeName: string;
let configuration: Awaited<ReturnType<typeof readFoundEncryption>>['configuration'];

/** Runs kubectl; gives what it printed. */
async function kubectl(args: readonly string[], input = ''): Promise<string> {
  const bin = `${variable('LAB_CACHE')}/bin/kubectl`;
  // without a home it would keep what it learns of the API in the working directory
  const env = { KUBECONFIG: variable('KUBECONFIG'), HOME: folder };
  const child = spawn(bin, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  assert.is(code, 0, `kubectl ${args.join(' ')}`);
  return text;
}

function objects(): string {
  const named = { name: 'holder', namespace };
  const container = {
    name: 'main',
    image: 'busybox',
    imagePullPolicy: 'IfNotPresent',
    command: ['/bin/sleep', '1d'],
    env: [{ name: 'FOO', valueFrom: { secretKeyRef: { name: 'rotated', key: 'foo' } } }],
    volumeMounts: [{ name: 'v', mountPath: '/v' }],
  };
  const volumes = [{ name: 'v', secret: { secretName: 'rotated' } }];
  const spec = { nodeName: variable('LAB_NODE'), terminationGracePeriodSeconds: 1, containers: [container], volumes };
  const items = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'rotated', namespace },
      stringData: { foo: 'bar', caz: 'baz' },
    },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'unused', namespace }, stringData: { foo: 'bar' } },
    { apiVersion: 'v1', kind: 'Pod', metadata: named, spec },
  ];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'podprobe-kubectl-'));
  await kubectl(['apply', '-f', '-'], objects());
  await kubectl(['-n', namespace, 'wait', '--for=condition=Ready', 'pod/holder', '--timeout=60s']);
  const change = JSON.stringify({ stringData: { foo: 'new' } });
  await kubectl(['-n', namespace, 'patch', 'secret', 'rotated', '-p', change, '--field-manager=rotator']);
  const { choice } = await findEtcd();
  const { ca, cert, key } = await readEtcdCredentials(choice);
  assert.ok(ca && cert && key && choice.endpoints);
  etcd = await openEtcd({ endpoints: [choice.endpoints.value], ca, cert, key });
  ({ configuration } = await readFoundEncryption(choice));
  const credentials = await readApiCredentials(await findKubelet());
  assert.equal([findingCodes(credentials), credentials.nodeName], [[], variable('LAB_NODE')]);
  assert.ok(credentials.connection);
  ({ nodeName } = credentials);
  api = await openApi(credentials.connection);
});
test.after(async () => {
  await kubectl(['-n', namespace, 'delete', 'pod/holder', 'secret/rotated', 'secret/unused']);
  rmSync(folder, { recursive: true });
  await etcd[Symbol.asyncDispose]();
  api[Symbol.dispose]();
});

test(
  'etcd and the API, asked with what kubelet shows to it, tell the same',
  async () => {
    using byEtcd = await readSecretFromEtcd(etcd, secret, { configuration });
    using byApi = await readSecretFromApi(api, secret);
    const [older, current] = versionLines(byEtcd).slice(-2);
    assert.match(older ?? '', /^etcd \d+ caz=baz foo=bar kubectl/);
    assert.match(current ?? '', /^etcd \d+ caz=baz foo=new rotator current$/);
    const [applied, now] = versionLines(byApi);
    assert.equal([applied, now], ['api - caz=baz foo=bar kubectl-client-side-apply', current?.replace('etcd', 'api')]);
    assert.is(byApi.uid, byEtcd.uid);
    assert.equal([...byApi.keyTimes.keys()].sort(), ['caz', 'foo']);
    assert.ok((byEtcd.keyTimes.get('foo')?.getTime() ?? 0) >= (byEtcd.keyTimes.get('caz')?.getTime() ?? Infinity));
  },
  { impossible },
);

test(
  'the pods of this node are the same by the name of the node, by what runs here, and by the API',
  async () => {
    const { pods } = await listPods();
    const podUids = new Set(pods.map(({ uid }) => uid).filter((uid) => uid !== null));
    const options = { configuration, secret };
    using byName = await readClusterFromEtcd(etcd, { nodeName }, options);
    using byUid = await readClusterFromEtcd(etcd, { podUids }, options);
    using byApi = await readClusterFromApi(api, nodeName, { secret });
    for (const view of [byName, byUid, byApi]) {
      const holder = view.pods.find(({ metadata }) => metadata.namespace === namespace);
      assert.ok(holder);
      assert.equal([holder.metadata.name, view.ownerOf(holder)], ['holder', null]);
      assert.is(`${view.valuesOf('secret', namespace, 'rotated')?.get('foo')}`, 'new');
      assert.is(view.valuesOf('secret', namespace, 'unused'), undefined);
      assert.equal(findingCodes(view), []);
    }
    assert.equal(byApi.pods, byName.pods);
  },
  { impossible },
);

test(
  'what kubelet shows does not give a Secret that no pod here uses',
  async () => {
    const denied = readSecretFromApi(api, { namespace, name: 'unused' });
    await rejects(denied, { code: 'ERR_API_DENIED', message: /403.*no relationship found/ });
  },
  { impossible },
);

test(
  'a volume follows, and is read',
  async () => {
    using view = await readClusterFromApi(api, nodeName, { secret });
    const places = volumesOfSecret(view, secret);
    assert.is(places.length, 1);
    for await (const { event } of watchSecretVolumesOfPod(places[0]?.podUid ?? '')) {
      if (`${event?.get('foo')}` === 'new') break;
    }
    assert.equal(versionLines(await readSecretFromVolume(secret, places)), ['volume - caz=baz foo=new - current']);
  },
  { impossible },
);

test.run();
