import * as assert from 'uvu/assert';
import { parseSubPath, parseVolumePath } from '../../lib/mounts/volume-path.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('paths of volumes');
const uid = '6f7e1acc-0a2c-4b6e-9a54-6b8d5c8b9a01';

test('recognises secret and projected volumes below any root of kubelet', () => {
  for (const root of ['/var/lib/kubelet', '/var/snap/microk8s/common/var/lib/kubelet', '/data/pods/kubelet', '']) {
    for (const kind of ['secret', 'projected']) {
      const path = Buffer.from(`${root}/pods/${uid}/volumes/kubernetes.io~${kind}/foo`);
      assert.equal(parseVolumePath(path), { kind, volume: 'foo', podUid: uid });
    }
  }
});

test('recognises nothing else', () => {
  const volumes = `/var/lib/kubelet/pods/${uid}/volumes`;
  for (const path of [
    '/',
    `${volumes}/kubernetes.io~empty-dir/foo`,
    `${volumes}/kubernetes.io~secret`,
    `${volumes}/kubernetes.io~secret/foo/bar`,
    `${volumes}/kubernetes.io~secrets/foo`,
    `/var/lib/kubelet/pods/${uid}/volume-subpaths/foo/c/0`,
    `/var/lib/kubelet/plugins/${uid}/volumes/kubernetes.io~secret/foo`,
  ]) {
    assert.is(parseVolumePath(Buffer.from(path)), null, path);
  }
});

const generation = '..2026_11_23_06_45_21.1923261846';

test('reads the path and the generation of a subPath', () => {
  const read = (root: string) => {
    const found = parseSubPath(Buffer.from(root));
    return found && [found.path.toString(), found.generation, found.deleted];
  };
  assert.is(read('/'), null);
  assert.equal(read(`/${generation}/caz`), ['caz', generation, false]);
  assert.equal(read(`/${generation}/a/b//deleted`), ['a/b', generation, true]);
  assert.equal(read(`/${generation}`), ['', generation, false]);
  assert.equal(read('/caz'), ['caz', null, false]);
  assert.equal(read('/caz//deleted'), ['caz', null, true]);
});

test.run();
