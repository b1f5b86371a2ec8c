// A Secret is rotated, and followed to who holds its old version: with etcd, containerd and runc alone, no API server, no kubelet.
import { spawn } from 'node:child_process';
import { realpathSync, writeFileSync } from 'node:fs';
import { text as textOf } from 'node:stream/consumers';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { writeGeneration } from '../../lib/demo/atomic-writer.ts';
import { commandLine, podprobe } from '../helpers/command.ts';
import { Containerd, containerdMissing, type RunningContainer, type RunningPod } from '../helpers/containerd.ts';
import { Etcd, etcdMissing } from '../helpers/etcd.ts';
import { KubeletRoot } from '../helpers/kubelet-root.ts';
import { assertKeeps } from '../helpers/schema.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('the trail of a Secret');
const skip = containerdMissing() ?? etcdMissing();
const uid = '6f7e1acc-0a2c-4b6e-9a54-6b8d5c8b9a77';
const name = 'podprobe-trail';
/** Other tests run pods beside this one, of which its etcd knows nothing. */
const namespace = 'podprobe-trail';
const SECRET = `${namespace}/mysecret`;
const OLD = { foo: 'bar', password: 's3cr3t-Passw0rd-0ld' };
const NEW = { foo: 'new', password: 'an0ther-Passw0rd-n3w' };
const VALUES = [OLD.password, NEW.password];

let etcd: Etcd;
let containerd: Containerd;
let root: KubeletRoot;
let volume: string;
let pod: RunningPod;
let app: RunningContainer;

type Data = Readonly<Record<string, string>>;

const podManifest = (containerId: string | null) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace,
    uid,
    ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'nightly', uid: 'a', controller: true }],
  },
  spec: {
    nodeName: 'node',
    containers: [
      {
        name: 'app',
        image: 'busybox',
        env: [{ name: 'FOO', valueFrom: { secretKeyRef: { name: 'mysecret', key: 'foo' } } }],
        volumeMounts: [
          { name: 'foo', mountPath: '/mnt/foo' },
          { name: 'foo', mountPath: '/mnt/one/foo', subPath: 'foo' },
        ],
      },
    ],
    volumes: [{ name: 'foo', secret: { secretName: 'mysecret' } }],
  },
  status: {
    containerStatuses: containerId === null ? [] : [{ name: 'app', containerID: `containerd://${containerId}` }],
  },
});

const secretManifest = (data: Data) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'mysecret', namespace, uid: 'b', creationTimestamp: '2026-11-25T00:00:00Z' },
  type: 'Opaque',
  data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
});

const put = (kind: string, key: string, object: object) =>
  etcd.put(`/registry/${kind}/${namespace}/${key}`, `${JSON.stringify(object)}\n`);

/** As kubelet does it: the environment and the subPath are of now, for as long as the container lives. */
async function startApp(data: Data): Promise<void> {
  pod = await containerd.runPod({ uid, name, namespace });
  app = await containerd.runContainer(pod, {
    name: 'app',
    envs: { FOO: data['foo'] ?? '' },
    command: ['sh', '-c', `PASSWORD=${data['password']} sleep 600 & exec sleep 600`],
    mounts: [
      { containerPath: '/mnt/foo', hostPath: volume },
      { containerPath: '/mnt/one/foo', hostPath: realpathSync(join(volume, 'foo')) },
    ],
  });
  await put('pods', name, podManifest(app.id));
}

async function rotate(data: Data): Promise<void> {
  await put('secrets', 'mysecret', secretManifest(data));
  writeGeneration(volume, data);
}

async function recreate(data: Data): Promise<void> {
  await containerd.removePod(pod);
  await startApp(data);
}

test.before(async () => {
  root = new KubeletRoot();
  etcd = await Etcd.start();
  containerd = await Containerd.start();
  await containerd.importBusybox(['PATH=/bin']);
  volume = root.secret(uid, 'foo', OLD);
  await put('secrets', 'mysecret', secretManifest(OLD));
  await startApp(OLD);
});

test.after(async () => {
  await containerd?.[Symbol.asyncDispose]();
  await etcd?.[Symbol.asyncDispose]();
  root?.[Symbol.dispose]();
});

type Holder = {
  process: { pid: number } | null;
  container: { pod: string; name: string; owner: string | null } | null;
  place: string;
  name: string;
  key: string;
  verdict: string;
  revision: number | null;
};
type Document = { holders: Holder[]; summary: object; references: string | null };

function assertNothingSecret(printed: string): void {
  for (const value of VALUES) assert.not(printed.includes(value), 'a value was printed');
}

async function follow(words: readonly string[], code: number): Promise<Document> {
  const result = await podprobe(['trail', SECRET, ...words, '--json']);
  assert.is(result.code, code, result.text);
  assertNothingSecret(result.text);
  return assertKeeps<Document>('trail', JSON.parse(result.stdout) as object);
}

/** Of the pod of this test: each place with its verdict. */
function placesOf({ holders }: Document): string[] {
  const own = holders.filter(({ container }) => container?.pod === name);
  return own.map(({ place, name: of, key, verdict }) => `${place} ${of} ${key} ${verdict}`).sort();
}

const FROZEN = (verdict: string) => [
  `bundle FOO foo ${verdict}`,
  `initial FOO foo ${verdict}`,
  `live FOO foo ${verdict}`,
];

test(
  'is current everywhere before it is rotated',
  async () => {
    const found = await follow(['--endpoints', etcd.endpoint], 0);
    assert.ok(
      placesOf(found).every((place) => place.endsWith('current')),
      placesOf(found).join('\n'),
    );
    for (const place of FROZEN('current')) assert.ok(placesOf(found).includes(place), place);
  },
  { skip },
);

test(
  'names who holds an old version after it was rotated: variables, subPath, children; the volume follows',
  async () => {
    await rotate(NEW);
    const found = await follow(['--endpoints', etcd.endpoint], 1);
    const places = placesOf(found);
    for (const place of FROZEN('stale')) assert.ok(places.includes(place), `${place} is not in\n${places.join('\n')}`);
    assert.ok(places.includes('initial PASSWORD password stale'), places.join('\n'));
    assert.ok(
      places.some((place) => /^volume \S*foo foo current$/.test(place)),
      places.join('\n'),
    );
    assert.ok(
      places.some((place) => /^subPath \S*foo foo stale$/.test(place)),
      places.join('\n'),
    );
    const variable = found.holders.find(({ place, name: of }) => place === 'live' && of === 'FOO');
    assert.equal([variable?.process?.pid, variable?.container?.name], [app.pid, 'app']);
    assert.is(variable?.container?.owner, 'job/nightly');
    assert.type(variable?.revision, 'number');
    const { code, text } = await podprobe(['trail', SECRET, '--endpoints', etcd.endpoint]);
    assert.equal([code, /job\/nightly/.test(text)], [1, true], text);
    assertNothingSecret(text);
  },
  { skip },
);

test(
  'gives the same verdicts by manifests when etcd is stopped',
  async () => {
    const withEtcd = placesOf(await follow(['--endpoints', etcd.endpoint], 1));
    const files = [OLD, NEW].map((data, i) => {
      const path = join(root.path, `${i}.yaml`);
      writeFileSync(path, [secretManifest(data), podManifest(null)].map((one) => JSON.stringify(one)).join('\n---\n'));
      return path;
    });
    const from = files.flatMap((file) => ['--from', file]);
    await etcd.stop('SIGTERM');
    // that of another test, which may run beside this one, is not looked at
    const found = await follow([...from, '--pid', String(process.pid)], 1);
    await etcd.resume();
    assert.equal([found.references, placesOf(found)], ['manifest', withEtcd]);
    assert.ok(found.holders.every(({ revision }) => revision === null));
  },
  { skip },
);

test(
  'looks for a value that is given, wherever it came from',
  async () => {
    const [program, ...args] = commandLine(['trail', '--value-from-stdin', 'leaked', '--json']);
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(`${OLD.password}\n`);
    const [printed, code] = await Promise.all([
      textOf(child.stdout),
      new Promise((resolve) => child.once('close', resolve)),
    ]);
    assertNothingSecret(printed);
    const { holders } = JSON.parse(printed) as Document;
    assert.is(code, 1, printed);
    assert.ok(holders.some(({ place, name: of, key }) => place === 'live' && of === 'PASSWORD' && key === 'leaked'));
  },
  { skip },
);

test(
  '--all tells of each Secret that pods ask for',
  async () => {
    const { code, stdout, text } = await podprobe(['trail', '--all', '--endpoints', etcd.endpoint, '--json']);
    assert.is(code, 1, text);
    const { secrets } = assertKeeps<{ secrets: { name: string; verdict: string }[] }>(
      'trail-summary',
      JSON.parse(stdout) as object,
    );
    assert.equal(
      secrets.map((one) => [one.name, one.verdict]),
      [['mysecret', 'stale']],
    );
  },
  { skip },
);

test(
  '--wait ends with 0 when the pod has been made anew, and not before',
  async () => {
    const [program, ...args] = commandLine(['trail', SECRET, '--wait', '1m', '--endpoints', etcd.endpoint]);
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise((resolve) => child.once('close', resolve));
    const printed = Promise.all([textOf(child.stdout)]);
    const [first] = (await new Promise((resolve) =>
      child.stderr.once('data', (chunk) => resolve([String(chunk)])),
    )) as [string];
    assert.match(first, /waiting: \d+ holders? (is|are) stale/);
    assert.is(child.exitCode, null);
    await recreate(NEW);
    assert.is(await ended, 0);
    assertNothingSecret(String(await printed));
    await follow(['--endpoints', etcd.endpoint], 0);
  },
  { skip },
);

test.run();
