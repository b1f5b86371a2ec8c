import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import {
  attributeEnvironment,
  findBundle,
  findKubelet,
  identifyContainer,
  listKubeletPods,
  listSecretVolumes,
  openCri,
  surveyContainer,
} from '../../lib/index.ts';
import {
  BUSYBOX,
  Containerd,
  containerdMissing,
  type RunningContainer,
  type RunningPod,
} from '../helpers/containerd.ts';
import { KubeletRoot } from '../helpers/kubelet-root.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('a pod of containerd');
const skip = containerdMissing();
const uid = '6f7e1acc-0a2c-4b6e-9a54-6b8d5c8b9a01';
const imageEnv = ['PATH=/bin', 'OF_IMAGE=1', 'BOTH=image'];
const envs = { PASSWORD: 'sw0rdfish', BOTH: 'pod', EMPTY: '', TEXT: 'ä=\n' };

let containerd: Containerd;
let root: KubeletRoot;
let pod: RunningPod;
let app: RunningContainer;

test.before(async () => {
  root = new KubeletRoot();
  containerd = await Containerd.start();
  await containerd.importBusybox(imageEnv);
  const hostPath = root.secret(uid, 'foo', { foo: 'bar' });
  root.directory(uid, 'containers/app');
  const hosts = root.file('127.0.0.1 localhost\n', uid, 'etc-hosts');
  pod = await containerd.runPod({ uid, name: 'mypod' });
  const mounts = [
    { containerPath: '/mnt/foo', hostPath },
    { containerPath: '/etc/hosts', hostPath: hosts },
  ];
  app = await containerd.runContainer(pod, { name: 'app', envs, mounts });
});

test.after(async () => {
  await containerd?.[Symbol.asyncDispose]();
  root?.[Symbol.dispose]();
});

test(
  'its process is told by group, bundle and shim, which agree',
  async () => {
    const { stateDirectories } = containerd;
    const { identity, bundle } = await surveyContainer(app.pid, { stateDirectories });
    const { kind, podUid, namespace, podName, containerName, containerId, sandboxId, runtime } = identity;
    assert.equal([kind, podUid, namespace, podName], ['pod', uid, 'test', 'mypod']);
    assert.equal([containerName, containerId, sandboxId, runtime], ['app', app.id, pod.sandboxId, 'containerd']);
    assert.equal([identity.containerType, identity.image, identity.qosClass], ['container', BUSYBOX, 'BestEffort']);
    assert.equal([identity.findings, identity.disagreements], [[], []]);
    assert.equal(bundle?.args, ['sleep', '600']);
  },
  { skip },
);

test(
  'a container that runc keeps a record of has one bundle, not two',
  async () => {
    const { bundle, findings } = await findBundle(app.id, containerd.stateDirectories);
    assert.equal([bundle?.runtimeNamespace, findings], ['k8s.io', []]);
  },
  { skip },
);

test(
  'its sandbox is told as one',
  async () => {
    const { stateDirectories } = containerd;
    const identity = await identifyContainer(containerd.pidOf(pod.sandboxId), { stateDirectories });
    assert.equal([identity.kind, identity.containerType, identity.containerName], ['pod', 'sandbox', null]);
    assert.equal([identity.podName, identity.sandboxId, identity.findings], ['mypod', pod.sandboxId, []]);
  },
  { skip },
);

test(
  'the runtime tells the same over its socket',
  async () => {
    await using cri = await openCri(`unix://${containerd.socket}`);
    assert.equal([cri.version, cri.runtimeName], ['v1', 'containerd']);
    const [sandbox, ...sandboxes] = await cri.listSandboxes({ podUid: uid });
    const [listed, ...containers] = await cri.listContainers({ podUid: uid });
    assert.equal([sandboxes, containers], [[], []]);
    assert.equal(
      [sandbox?.id, sandbox?.podName, sandbox?.namespace, sandbox?.state],
      [pod.sandboxId, 'mypod', 'test', 'ready'],
    );
    assert.equal(
      [listed?.id, listed?.name, listed?.sandboxId, listed?.state],
      [app.id, 'app', pod.sandboxId, 'running'],
    );
    assert.equal(await cri.listContainers({ podUid: uid.replace('6', '7') }), []);
    assert.equal((await cri.sandboxStatus(pod.sandboxId))?.podUid, uid);
    const status = await cri.containerStatus(app.id);
    assert.equal(
      [status?.info, status?.mounts[0]?.containerPath, status?.mounts[0]?.readOnly],
      [null, '/mnt/foo', true],
    );
    assert.ok(status !== null && status.startedAt > status.createdAt);
    await rejects(cri.containerStatus('0'.repeat(64)), { code: 'NOT_FOUND' });
    await rejects(cri.cgroupDriver(), { code: 'UNIMPLEMENTED' });
  },
  { skip },
);

test(
  'each variable of its environment is told to be of pod, image or runtime',
  async () => {
    await using cri = await openCri(containerd.socket);
    const status = await cri.containerStatus(app.id, { verbose: true });
    assert.equal([status?.info?.pid, status?.info?.sandboxId], [app.pid, pod.sandboxId]);
    const image = await cri.imageEnvironment(status?.imageRef ?? '');
    assert.equal(image, imageEnv);
    assert.ok(status?.info);
    const variables = attributeEnvironment(status.info, image) ?? [];
    assert.equal(
      variables.map(({ name, origin }) => `${name} ${origin}`),
      [
        'PATH image',
        'HOSTNAME runtime',
        'OF_IMAGE image',
        'BOTH image',
        'PASSWORD pod',
        'BOTH pod',
        'EMPTY pod',
        'TEXT pod',
      ],
    );
    // runc lets the later of two count, and adds HOME
    const told = new Map(variables.map(({ name, value }) => [`${name}`, `${value}`]));
    const given = readFileSync(`/proc/${app.pid}/environ`, 'utf8').split('\0').slice(0, -1);
    assert.equal([...told].map((pair) => pair.join('=')).concat('HOME=/'), given);
  },
  { skip },
);

test(
  'its Secret is found without any kubelet, by the mounts of the node alone',
  async () => {
    const kubelet = await findKubelet({ pid: process.pid, host: process.pid, usualRoots: [] });
    assert.is(kubelet.process, null);
    assert.is(kubelet.rootDirectory?.source, 'mounts');
    const { pods, findings } = await listKubeletPods({ rootDirectory: root.path });
    const [one] = pods;
    assert.equal([one?.podUid, one?.containers, one?.etcHosts, findings], [uid, ['app'], true, []]);
    const volume = one?.volumes?.[0];
    assert.equal([volume?.plugin, volume?.mounted, volume?.keys?.map(String)], ['secret', true, ['foo']]);
    const [seen] = await listSecretVolumes(app.pid, { host: process.pid });
    assert.equal([seen?.containerPath.toString(), seen?.hostPath.toString()], ['/mnt/foo', volume?.path]);
    assert.equal([seen?.generation, seen?.container.readOnly], [volume?.generation, true]);
  },
  { skip },
);

test.run();
