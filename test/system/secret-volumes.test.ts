import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmdirSync, symlinkSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type MiniPod, startMiniPod } from '../../lib/demo/mini-pod.ts';
import { listHostSecretVolumes, listMounts, listSecretVolumes, surveySecretVolumes } from '../../lib/index.ts';
import { NOBODY, podprobe, unfitForNobody } from '../helpers/command.ts';
import { unfit } from '../helpers/hostile.ts';
import { MountNamespace } from '../helpers/mount-namespace.ts';
import { assertKeeps } from '../helpers/schema.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('secret volumes of a pod');
const skip = unfit({ root: true });

type Document = {
  mounts: { mountPoint: string | null }[];
  secretVolumes: { containerPath: string; stale: boolean | null; generation: string; keys: { name: string }[] }[];
  unmatched: { mountPoint: string }[] | null;
};

const volumesOf = (pod: MiniPod) => listSecretVolumes(pod.containerPid, { host: pod.nodePid });

async function documentOf(args: readonly (string | number)[], code: number): Promise<Document> {
  const result = await podprobe(['mounts', ...args, '--json']);
  assert.is(result.code, code, result.text);
  return assertKeeps<Document>('mounts', JSON.parse(result.stdout) as object);
}

test(
  'pairs the read-only view of the container with the writable one of the node',
  async () => {
    await using pod = await startMiniPod();
    const [whole, sub, ...rest] = await volumesOf(pod);
    assert.ok(whole && sub);
    assert.is(rest.length, 0);
    for (const { kind, volume, podUid, container, host, hostPath, keys } of [whole, sub]) {
      assert.equal([kind, volume, podUid], ['secret', 'foo', pod.uid]);
      assert.equal([container.readOnly, host.readOnly], [true, false]);
      assert.is(hostPath.toString(), pod.hostPath);
      assert.equal(keys?.map(String), ['caz', 'foo']);
    }
    assert.equal([whole.containerPath.toString(), whole.subPath, whole.stale], [pod.containerPath, null, false]);
    assert.equal([sub.containerPath.toString(), sub.subPath?.toString(), sub.stale], [pod.subPath, 'caz', false]);
    assert.is(sub.subPathGeneration, whole.generation);
  },
  { skip },
);

test(
  'proves that a subPath is stale after an update',
  async () => {
    await using pod = await startMiniPod();
    const before = (await volumesOf(pod))[0]?.generation;
    const generation = pod.rotate({ foo: 'new', more: 'x' });
    const [whole, sub] = await volumesOf(pod);
    assert.equal([whole?.generation, whole?.stale, whole?.keys?.map(String)], [generation, false, ['foo', 'more']]);
    assert.equal([sub?.stale, sub?.subPathGeneration, sub?.generation], [true, before, generation]);
    assert.match(sub?.mounts.container.root.toString() ?? '', /\/caz\/\/deleted$/);
  },
  { skip },
);

test(
  'calls a subPath stale by another generation, also while the old one is there, and does not know without one',
  async () => {
    await using pod = await startMiniPod();
    const volume = pod.writablePath;
    cpSync(`${volume}/..data/`, `${volume}/..later`, { recursive: true, dereference: true });
    symlinkSync('..later', `${volume}/..data_tmp`);
    renameSync(`${volume}/..data_tmp`, `${volume}/..data`);
    const subPath = async () => (await volumesOf(pod)).find((one) => one.subPath !== null);
    const replaced = await subPath();
    assert.not.match(replaced?.mounts.container.root.toString() ?? '', /deleted/);
    assert.equal([replaced?.stale, replaced?.generation], [true, '..later']);
    unlinkSync(`${volume}/..data`);
    const lost = await subPath();
    assert.equal([lost?.stale, lost?.generation], [null, null]);
  },
  { skip },
);

test(
  'finds the volumes in a user namespace, too',
  async () => {
    await using pod = await startMiniPod({ userNamespace: true });
    const volumes = await volumesOf(pod);
    assert.equal(
      volumes.map(({ container, stale }) => [container.readOnly, stale]),
      [
        [true, false],
        [true, false],
      ],
    );
  },
  { skip },
);

test(
  'does not guess where no mount of the node matches, but says what looks like one',
  async () => {
    await using pod = await startMiniPod();
    const { volumes, unmatched } = await surveySecretVolumes(pod.containerPid);
    assert.is(volumes.length, 0);
    assert.equal(unmatched?.map(String), [pod.containerPath]);
  },
  { skip },
);

test(
  'lists the volumes of the node',
  async () => {
    await using pod = await startMiniPod();
    // the machine may be a node with volumes of its own
    const found = await listHostSecretVolumes({ host: pod.nodePid });
    const [volume, ...rest] = found.filter(({ podUid }) => podUid === pod.uid);
    assert.ok(volume);
    assert.is(rest.length, 0);
    assert.equal([volume.kind, volume.volume, volume.podUid, volume.readOnly], ['secret', 'foo', pod.uid, false]);
    assert.equal([volume.hostPath.toString(), volume.keys?.map(String)], [pod.hostPath, ['caz', 'foo']]);
    assert.match(volume.generation ?? '', /^\.\.\d{4}(_\d\d){5}\.\d+$/);
    const { mounts } = await listMounts(pod.nodePid);
    assert.ok(mounts.some(({ device }) => device.minor === volume.device.minor));
  },
  { skip },
);

test(
  'knows a projected volume below any root of a kubelet, from both sides',
  async () => {
    const uid = randomUUID();
    const room = mkdtempSync(join(tmpdir(), 'podprobe-projected-'));
    const host = `${room}/other/kubelet/pods/${uid}/volumes/kubernetes.io~projected/token`;
    await using node = await MountNamespace.start();
    const [pid] = await node.run(`
mount -t tmpfs room ${room}; cd ${room}; mkdir -p ${host} seen; mount -t tmpfs tmpfs ${host}
mkdir ${host}/..1; echo value > ${host}/..1/key; ln -s ..1 ${host}/..data; ln -s ..data/key ${host}/key
unshare --mount --propagation private sh -ec 'mount --bind "$1" seen; mount -o remount,bind,ro seen
  umount "$1"; : > ready; exec sleep 600' sh ${host} < /dev/null > /dev/null &
until [ -e ready ]; do :; done
echo $!`);
    try {
      // both see what the machine has mounted, volumes of others included
      const all = await listSecretVolumes(Number(pid), { host: node.pid });
      const [volume, ...rest] = all.filter(({ podUid }) => podUid === uid);
      assert.equal(rest, []);
      assert.equal(
        [volume?.kind, volume?.volume, volume?.podUid, volume?.generation],
        ['projected', 'token', uid, '..1'],
      );
      assert.equal([volume?.containerPath.toString(), volume?.hostPath.toString()], [`${room}/seen`, host]);
      assert.equal([volume?.container.readOnly, volume?.host.readOnly], [true, false]);
      assert.equal(volume?.keys?.map(String), ['key']);
    } finally {
      await node.run(`kill -9 ${pid}; wait`);
      rmdirSync(room);
    }
  },
  { skip: skip ?? unfit({ root: true, tools: ['unshare', 'mount'] }) },
);

test(
  'takes a volume without a generation as it is',
  async () => {
    await using pod = await startMiniPod({ payload: {} });
    pod.rotate({});
    mkdirSync(`${pod.writablePath}/plain`);
    const [whole] = await volumesOf(pod);
    assert.equal(whole?.keys?.map(String), ['plain']);
  },
  { skip },
);

test(
  'podprobe mounts: a document that keeps to its schema',
  async () => {
    await using pod = await startMiniPod();
    pod.rotate({ foo: 'a secret value', caz: 'other' });
    const known = await documentOf([pod.containerPid, '--host', pod.nodePid], 0);
    assert.equal(
      known.secretVolumes.map(({ containerPath, stale }) => [containerPath, stale]),
      [
        ['/mnt/foo', false],
        ['/mnt/caz', true],
      ],
    );
    const alone = await documentOf([pod.containerPid], 5);
    assert.equal([alone.secretVolumes, alone.unmatched], [[], [{ mountPoint: '/mnt/foo' }]]);
  },
  { skip },
);

test(
  'podprobe mounts: both sides, the stale subPath, no value',
  async () => {
    await using pod = await startMiniPod();
    pod.rotate({ foo: 'a secret value', caz: 'other' });
    const { code, stdout } = await podprobe(['mounts', pod.containerPid, '--host', pod.nodePid]);
    assert.is(code, 0, stdout);
    assert.match(stdout, /in the container +\/mnt\/foo +read-only/);
    assert.match(stdout, /on the node +\/var\/lib\/kubelet\S+ +read-write/);
    assert.match(stdout, /by subPath +\/mnt\/caz +read-only +caz, STALE of \.\.20/);
    assert.not.match(stdout, /a secret value/);
  },
  { skip },
);

test(
  'podprobe mounts --explain: the eleven fields of both lines',
  async () => {
    await using pod = await startMiniPod();
    const { stdout } = await podprobe(['mounts', pod.containerPid, '--host', pod.nodePid, '--explain']);
    assert.is(stdout.match(/unique mount id/g)?.length, 2);
    assert.is(stdout.match(/separator that ends the optional fields/g)?.length, 2);
    assert.match(stdout, /\/mnt\/foo ro,relatime - tmpfs tmpfs rw/);
    assert.match(stdout, /per-mount options: read-only here/);
    assert.match(stdout, /per-mount options: read-write here/);
    const own = await podprobe(['mounts', process.pid, '--host', pod.containerPid, '--explain']);
    assert.match(own.stdout, /the mount of its root directory/);
  },
  { skip },
);

test(
  'podprobe mounts: without privileges, what cannot be known is unknown',
  async () => {
    await using pod = await startMiniPod();
    const { code, stdout } = await podprobe(['mounts', pod.containerPid], { uid: NOBODY });
    assert.is(code, 5, stdout);
    assert.match(stdout, /is not known/);
  },
  { skip: skip ?? unfitForNobody() },
);

test.run();
