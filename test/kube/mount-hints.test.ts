import * as assert from 'uvu/assert';
import { readMountHints } from '../../lib/index.ts';
import { mountsWithRoots } from '../helpers/mount-table.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('kube: mounts as hints');
const uid = '6f7e1acc-0a2c-4b6e-9a54-6b8d5c8b9a01';
const victim = '11111111-2222-3333-4444-555555555555';
const sandbox = 'a7'.repeat(32);
const none = { podUids: [], containerNames: [], sandboxIds: [] };
const read = (roots: Record<string, string>) => readMountHints(mountsWithRoots(roots));

// captured: kubelet 1.20 and containerd 1.6 of Debian 12
test('reads pod, container and sandbox of a container of a pod', () => {
  const roots = {
    '/': '/',
    '/etc/hosts': `/var/lib/kubelet/pods/${uid}/etc-hosts`,
    '/dev/termination-log': `/var/lib/kubelet/pods/${uid}/containers/my-app/3c5a1f0e`,
    '/etc/hostname': `/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/${sandbox}/hostname`,
    '/etc/resolv.conf': `/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/${sandbox}/resolv.conf`,
  };
  assert.equal(read(roots), { podUids: [uid], containerNames: ['my-app'], sandboxIds: [sandbox] });
});

test('reads the tail of a root, whatever file system it is of', () => {
  assert.equal(read({ '/etc/hosts': `/lib/kubelet/pods/${uid}/etc-hosts` }).podUids, [uid]);
  assert.equal(read({ '/etc/hosts': `/pods/${uid}/etc-hosts` }).podUids, [uid]);
  assert.equal(read({ '/etc/hosts': `/srv/pods/kubelet/pods/${uid}/etc-hosts` }).podUids, [uid]);
});

// containers/storage: the sandbox's `userdata`
test('reads the sandbox of CRI-O', () => {
  const root = `/run/containers/storage/overlay-containers/${sandbox}/userdata/hostname`;
  assert.equal(read({ '/etc/hostname': root }).sandboxIds, [sandbox]);
});

test('reads the pod of volumes on disk', () => {
  for (const below of ['volumes/kubernetes.io~configmap/c', 'volume-subpaths/v/app/0']) {
    assert.equal(read({ '/mnt': `/var/lib/kubelet/pods/${uid}/${below}` }).podUids, [uid]);
  }
});

// a volume of the pod itself, whose author chose what is below it
test('is not told another pod by the path in an emptyDir', () => {
  const emptyDir = `/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~empty-dir/x`;
  const roots = {
    '/etc/hosts': `${emptyDir}/pods/${victim}/etc-hosts`,
    '/dev/termination-log': `${emptyDir}/pods/${victim}/containers/victim/00000000`,
  };
  assert.equal(read(roots), { podUids: [uid], containerNames: [], sandboxIds: [] });
});

test('tells of all pods that are mounted', () => {
  const roots = { '/a': `/pods/${uid}/etc-hosts`, '/b': `/pods/${victim}/etc-hosts`, '/c': `/pods/${uid}/etc-hosts` };
  assert.equal(read(roots).podUids, [uid, victim]);
});

test('reads nothing else', () => {
  for (const root of [
    '/',
    `/var/lib/kubelet/pods/${uid}`,
    `/var/lib/kubelet/pods/${uid}/plugins/x`,
    `/var/lib/kubelet/pods/not-a-uid/etc-hosts`,
    `/var/lib/docker/containers/${sandbox}/hostname`,
  ]) {
    assert.equal(read({ '/x': root }), none, root);
  }
  const names = ['../x/00000000', 'UPPER/00000000', 'app/0000000', 'app/00000000/x'];
  for (const name of names) assert.equal(read({ '/x': `/pods/${uid}/containers/${name}` }).containerNames, [], name);
});

test.run();
