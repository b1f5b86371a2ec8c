import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { writeGeneration } from '../../lib/demo/atomic-writer.ts';
import { findKubelet, type KubeletPods, listKubeletPods } from '../../lib/index.ts';
import { MadeProcess } from '../helpers/made-process.ts';
import { KubeletRoot } from '../helpers/kubelet-root.ts';
import { suite } from '../helpers/suite.ts';
import { missing } from '../helpers/toolchain.ts';

const test = suite('kube: what kubelet keeps of pods');
const skip = process.getuid?.() === 0 ? undefined : 'needs root';
const uid = '6f7e1acc-0a2c-4b6e-9a54-6b8d5c8b9a01';
const staticUid = '0123456789abcdef0123456789abcdef';

const codesOf = ({ findings }: KubeletPods): string[] => findings.map(({ code }) => code);
const list = (root: KubeletRoot): Promise<KubeletPods> => listKubeletPods({ rootDirectory: root.path });

/** A pod with a volume of each kind. */
function makePod(root: KubeletRoot): { generation: string } {
  root.secret(uid, 'foo', { foo: 'bar', caz: 'x' });
  root.secret(uid, 'kube-api-access-x', { token: 't' }, 'projected');
  const generation = writeGeneration(root.directory(uid, 'volumes/kubernetes.io~configmap/settings'), { a: '1' });
  root.directory(uid, 'volumes/kubernetes.io~empty-dir/tmp/pods');
  root.directory(uid, 'volumes/kubernetes.io~csi/pvc-1/mount');
  root.directory(uid, 'volumes/vendor~flex/v');
  root.directory(uid, 'containers/app');
  root.directory(uid, 'containers/side');
  root.file('', uid, 'volume-subpaths/foo/app/0');
  root.directory(uid, 'volume-subpaths/tmp/side/2');
  root.file('127.0.0.1 localhost\n', uid, 'etc-hosts');
  return { generation };
}

test(
  'lists containers, volumes with their generations and keys, and subPaths',
  async () => {
    using root = new KubeletRoot();
    const { generation } = makePod(root);
    root.directory(staticUid, 'volumes');
    root.directory(staticUid, 'containers/etcd');
    const read = await list(root);
    assert.equal([read.rootDirectory, codesOf(read)], [root.path, []]);
    const [own, pod, ...others] = read.pods;
    assert.equal([own?.podUid, own?.containers, own?.volumes, own?.etcHosts], [staticUid, ['etcd'], [], false]);
    assert.equal([pod?.podUid, pod?.containers, pod?.etcHosts, others], [uid, ['app', 'side'], true, []]);
    const volumes = pod?.volumes?.map(({ plugin, volume, mounted, keys }) => [
      plugin,
      volume,
      mounted,
      keys?.map(String),
    ]);
    assert.equal(volumes, [
      ['configmap', 'settings', null, ['a']],
      ['csi', 'pvc-1', null, undefined],
      ['empty-dir', 'tmp', null, undefined],
      ['projected', 'kube-api-access-x', true, ['token']],
      ['secret', 'foo', true, ['caz', 'foo']],
      ['vendor~flex', 'v', null, undefined],
    ]);
    assert.is(pod?.volumes?.[0]?.generation, generation);
    assert.match(pod?.volumes?.[4]?.generation ?? '', /^\.\.\d{4}_\d\d_\d\d_/);
    assert.equal(pod?.subPaths, [
      { volume: 'foo', container: 'app', index: 0, path: join(root.path, 'pods', uid, 'volume-subpaths/foo/app/0') },
      { volume: 'tmp', container: 'side', index: 2, path: join(root.path, 'pods', uid, 'volume-subpaths/tmp/side/2') },
    ]);
    assert.not.match(JSON.stringify(read), /"bar"|localhost/);
  },
  { skip },
);

test(
  'finds the directory by the mounts alone, and by the kubelet that runs',
  async () => {
    using root = new KubeletRoot();
    makePod(root);
    const stopped = await findKubelet({ pid: process.pid, host: process.pid, usualRoots: [] });
    // the mounts of another node on this machine count, too: then this one is among those left out
    const named = JSON.stringify([stopped.rootDirectory?.value, stopped.findings]);
    assert.ok(named.includes(root.path), named);
    assert.is(stopped.rootDirectory?.source, 'mounts');
    using made = new MadeProcess();
    await made.start('kubelet', ['--root-dir', root.path]);
    const running = await listKubeletPods({ kubelet: await findKubelet({ pid: made.pid }) });
    assert.equal([running.rootDirectory, running.pods.map(({ podUid }) => podUid)], [root.path, [uid]]);
  },
  { skip: skip ?? missing(['gcc']) },
);

test(
  'what is half-removed, unmounted or leads elsewhere is a finding',
  async () => {
    using root = new KubeletRoot();
    const path = root.secret(uid, 'foo', { foo: 'bar' });
    root.directory(uid, 'containers/app');
    execFileSync('umount', [path]);
    root.directory(staticUid);
    root.directory('not-a-uid', 'volumes');
    root.file('', '11111111-2222-3333-4444-555555555555');
    const odd = '22222222-2222-3333-4444-555555555555';
    root.directory(odd, 'containers/app');
    symlinkSync('/etc', join(root.directory(odd, 'volumes/kubernetes.io~configmap/c'), '..data'));
    symlinkSync('/etc', join(root.directory(odd, 'volumes'), 'kubernetes.io~secret'));
    const read = await list(root);
    assert.equal(
      read.pods.map(({ podUid }) => podUid),
      [staticUid, odd, uid],
    );
    assert.equal(codesOf(read), ['half-removed-pod', 'odd-generation', 'unmounted-volume']);
    assert.equal(
      read.pods[1]?.volumes?.map(({ volume, generation, keys }) => [volume, generation, keys]),
      [['c', null, null]],
    );
    assert.equal([read.pods[2]?.volumes?.[0]?.mounted, read.pods[2]?.volumes?.[0]?.keys], [false, []]);
  },
  { skip },
);

test('a directory that is not there is a finding', async () => {
  const read = await listKubeletPods({ rootDirectory: '/nonexistent/kubelet' });
  assert.equal([read.pods, codesOf(read)], [[], ['no-pods-directory']]);
});

test.run();
