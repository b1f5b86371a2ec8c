import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type PodList, readClusterFromManifests } from '../../../lib/index.ts';
import { rejects } from '../../helpers/rejects.ts';
import { suite } from '../../helpers/suite.ts';

const test = suite('trail: a cluster by manifests');

const pod = (name: string, namespace = 'test') => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  spec: {},
});
const secret = (foo: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's', namespace: 'test' },
  stringData: { foo },
});
const configMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 's', namespace: 'test' },
  data: { foo: 'plain' },
};

/** Pods that run, by name. */
const running = (...names: string[]): PodList => ({
  pods: names.map((name) => ({
    namespace: 'test',
    name,
    uid: `uid-of-${name}`,
    qosClass: null,
    staticPod: null,
    node: null,
    byMountsAlone: false,
    containers: [],
  })),
  containers: [],
  other: { host: 0, kernelThreads: 0, zombies: 0, unknown: 0 },
  findings: [],
});

let folder: string;
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'podprobe-manifests-'));
});
test.after(() => rmSync(folder, { recursive: true }));

function write(name: string, ...objects: object[]): string {
  const path = join(folder, name);
  writeFileSync(path, objects.map((object) => JSON.stringify(object)).join('\n---\n'));
  return path;
}

test('has the pods that run here, with the uid that they run with', async () => {
  const path = write('pods.yaml', pod('one'), pod('two'), pod('one', 'other'));
  using cluster = await readClusterFromManifests([path], running('one', 'three'));
  assert.equal(
    cluster.pods.map(({ metadata }) => [metadata.namespace, metadata.name, metadata.uid]),
    [['test', 'one', 'uid-of-one']],
  );
  assert.equal([cluster.source, cluster.ownerOf(cluster.pods[0] as (typeof cluster.pods)[0])], ['manifest', null]);
});

test('has the values of Secrets and ConfigMaps, of the last file that has them; of others it does not know', async () => {
  const paths = [write('1.yaml', secret('old'), configMap), write('2.yaml', secret('new'))];
  using cluster = await readClusterFromManifests(paths, running());
  const valueOf = (kind: 'secret' | 'configMap', name: string) =>
    cluster.valuesOf(kind, 'test', name)?.get('foo')?.toString();
  assert.equal([valueOf('secret', 's'), valueOf('configMap', 's')], ['new', 'plain']);
  assert.is(cluster.valuesOf('secret', 'test', 'other'), undefined);
});

test('overwrites its values at its end', async () => {
  const cluster = await readClusterFromManifests([write('3.yaml', secret('old'))], running());
  const value = cluster.valuesOf('secret', 'test', 's')?.get('foo');
  cluster[Symbol.dispose]();
  assert.equal(value, Buffer.alloc(3));
});

test('refuses what is no manifest, and quotes nothing of it', async () => {
  const path = join(folder, 'bad.yaml');
  writeFileSync(path, 'a: [s3cr3t');
  await rejects(readClusterFromManifests([path], running()), {
    name: 'UsageError',
    message: /^(?!.*s3cr3t).*bad\.yaml/s,
  });
});

test.run();
