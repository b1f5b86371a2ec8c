import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { fromManifest } from '../../../lib/etcd/kubernetes/from-manifest.ts';
import { isPod, type StoredPod } from '../../../lib/etcd/kubernetes/pod.ts';
import type { ClusterView } from '../../../lib/trail/cluster.ts';
import type { KnownSecret } from '../../../lib/trail/known-secret.ts';
import { readSecretFromVolume, volumesOfSecret } from '../../../lib/trail/truth/from-volume.ts';
import { captured } from '../../helpers/captured.ts';
import { podObject } from '../../helpers/cluster-objects.ts';
import { findingCodes, isWiped, versionLines } from '../../helpers/known.ts';
import { KubeletRoot } from '../../helpers/kubelet-root.ts';
import { rejects } from '../../helpers/rejects.ts';
import { suite } from '../../helpers/suite.ts';

const test = suite('trail: the truth of a volume');
const skip = process.getuid?.() === 0 ? undefined : 'needs root';
const name = { namespace: 'test', name: 'mysecret' };
const uids = [0, 1, 2].map(() => randomUUID());

/** Gives a volume one generation, with the name that it is to have. */
function date(volume: string, generation: string, value: string): void {
  mkdirSync(join(volume, generation));
  writeFileSync(join(volume, generation, 'foo'), value);
  rmSync(join(volume, '..data'));
  symlinkSync(generation, join(volume, '..data'));
}

/** Volumes of pods, one for each generation and value. */
function made(...generations: [generation: string, value: string][]): KubeletRoot {
  const root = new KubeletRoot();
  for (const [i, [generation, value]] of generations.entries()) {
    date(root.secret(uids[i] ?? '', 'foo', { foo: '' }), generation, value);
  }
  return root;
}

function read(volume = 'foo'): Promise<KnownSecret> {
  return readSecretFromVolume(
    name,
    uids.map((podUid) => ({ podUid, volume })),
  );
}

test(
  'the newest generation is current, what older ones hold are older versions',
  async () => {
    using _root = made(
      ['..2026_11_25_09_00_01.1', 'new'],
      ['..2026_11_24_23_00_00.9', 'bar'],
      ['..2026_11_25_09_00_00.3', 'new'],
    );
    const known = await read();
    assert.equal(versionLines(known), ['volume - foo=bar -', 'volume - foo=new - current']);
    assert.equal([known.complete, known.keyTimes.size, findingCodes(known)], [false, 0, []]);
    known[Symbol.dispose]();
    assert.ok(isWiped(known));
  },
  { skip },
);

test(
  'two that differ and are of one second are a finding',
  async () => {
    using _root = made(['..2026_11_25_09_00_01.1', 'new'], ['..2026_11_25_09_00_01.2', 'bar']);
    assert.equal(findingCodes(await read()), ['ambiguous-order']);
  },
  { skip },
);

test(
  'only volumes that were named are read, and none that is projected',
  async () => {
    using root = made(['..2026_11_25_09_00_01.1', 'new']);
    root.secret(uids[1] ?? '', 'foo', { token: 'x' }, 'projected');
    assert.equal(versionLines(await read()), ['volume - foo=new - current']);
    await rejects(read('other'), {
      code: 'ERR_TARGET_UNKNOWN',
      message: /no Secret test\/mysecret in a volume of this node \(3/,
    });
  },
  { skip },
);

test(
  'a volume without a generation is a finding',
  async () => {
    using root = made(['..2026_11_25_09_00_01.1', 'new']);
    rmSync(join(root.secret(uids[1] ?? '', 'foo', { foo: 'x' }), '..data'));
    const known = await read();
    assert.equal([versionLines(known), findingCodes(known)], [['volume - foo=new - current'], ['unread-volume']]);
  },
  { skip },
);

function viewOf(...objects: object[]): ClusterView {
  const pods = objects.map((object) => fromManifest(object as Record<string, unknown>)).filter(isPod) as StoredPod[];
  return {
    source: 'etcd',
    pods,
    valuesOf: () => undefined,
    ownerOf: () => null,
    findings: [],
    [Symbol.dispose]: () => undefined,
  };
}

test('volumes of a Secret are those with all of it and nothing else', () => {
  const volumes = [
    { name: 'whole', secret: { secretName: 'mysecret' } },
    { name: 'items', secret: { secretName: 'mysecret', items: [{ key: 'foo', path: 'bar' }] } },
    { name: 'other', secret: { secretName: 'other' } },
    { name: 'map', configMap: { name: 'mysecret' } },
  ];
  const pod = podObject('one', { uid: 'one', spec: { volumes } });
  const elsewhere = podObject('two', { uid: 'two', namespace: 'prod', spec: { volumes } });
  assert.equal(volumesOfSecret(viewOf(pod, elsewhere, captured.printed.pod), name), [
    { podUid: 'one', volume: 'whole' },
    { podUid: captured.printed.pod.metadata['uid'], volume: 'foo' },
  ]);
});

test.run();
