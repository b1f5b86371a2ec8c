import { chmodSync, chownSync, mkdirSync, renameSync, symlinkSync, truncateSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { findBundle } from '../../lib/index.ts';
import { containerdAnnotations, StateTree } from '../helpers/state-tree.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('kube: bundles');
const skip = process.getuid?.() === 0 ? undefined : 'needs root, who alone is believed';
const id = '0f'.repeat(32);
const uid = '6f7e1acc-0a2c-4b6e-9a54-6b8d5c8b9a01';
const secret = 'sw0rdfish';
const noPod = {
  podUid: null,
  namespace: null,
  podName: null,
  containerName: null,
  containerType: null,
  sandboxId: null,
  image: null,
};
const config = {
  process: { env: ['PATH=/bin', `TOKEN=${secret}`, 'NO_EQUALS', '=x', 'A=b=c'], args: ['/app', '--serve'] },
  mounts: [
    { destination: '/etc/hosts', type: 'bind', source: '/var/lib/kubelet/pods/x/etc-hosts', options: ['rbind', 'ro'] },
    { destination: '/proc' },
  ],
  annotations: containerdAnnotations(uid),
  linux: { cgroupsPath: `/kubepods/pod${uid}/${id}` },
};

/** The code of the only finding, when nothing was read. */
async function refusal(tree: StateTree, name = id): Promise<string> {
  const { bundle, findings } = await findBundle(name, tree.directories);
  assert.is(bundle, null);
  assert.is(findings.length, 1, JSON.stringify(findings));
  assert.not.match(JSON.stringify(findings), secret);
  return findings[0]?.code ?? '';
}

test(
  'reads the bundle of a container of containerd',
  async () => {
    using tree = new StateTree();
    const path = tree.writeBundle(id, config);
    const { bundle, findings } = await findBundle(id, tree.directories);
    assert.equal(findings, []);
    assert.ok(bundle);
    assert.equal([bundle.path, bundle.runtime, bundle.runtimeNamespace], [path, 'containerd', 'k8s.io']);
    assert.equal(bundle.pod, {
      podUid: uid,
      namespace: 'test',
      podName: 'mypod',
      containerName: 'app',
      containerType: 'container',
      sandboxId: 'a7'.repeat(32),
      image: 'registry.example/app:1',
    });
    const entries = bundle.environment.map(({ name, value }) => [name && name.toString(), value.toString()]);
    assert.equal(entries, [
      ['PATH', '/bin'],
      ['TOKEN', secret],
      [null, 'NO_EQUALS'],
      ['', 'x'],
      ['A', 'b=c'],
    ]);
    assert.equal(bundle.args, ['/app', '--serve']);
    assert.equal(bundle.mounts[1], { destination: '/proc', source: null, type: null, options: [] });
    assert.equal([bundle.cgroupsPath, bundle.truncated], [config.linux.cgroupsPath, false]);
  },
  { skip },
);

const crio = {
  'io.container.manager': 'cri-o',
  'io.kubernetes.cri-o.ContainerType': 'container',
  'io.kubernetes.cri-o.SandboxID': 'a7'.repeat(32),
  'io.kubernetes.cri-o.ImageName': 'registry.example/app:1',
  'io.kubernetes.cri-o.Labels': JSON.stringify({
    'io.kubernetes.pod.uid': uid,
    'io.kubernetes.pod.name': 'mypod',
    'io.kubernetes.pod.namespace': 'test',
    'io.kubernetes.container.name': 'app',
  }),
  // as the author of the pod may set it
  'io.kubernetes.pod.name': 'forged',
};

test(
  'reads the bundle of CRI-O, by the labels that kubelet wrote',
  async () => {
    using tree = new StateTree();
    tree.write(`storage/overlay-containers/${id}/userdata/config.json`, { annotations: crio });
    const { bundle } = await findBundle(id, tree.directories);
    assert.equal([bundle?.runtime, bundle?.pod.podName, bundle?.pod.podUid], ['cri-o', 'mypod', uid]);
    assert.equal([bundle?.pod.containerName, bundle?.pod.containerType], ['app', 'container']);
  },
  { skip },
);

test(
  'gives a sandbox of CRI-O no name',
  async () => {
    using tree = new StateTree();
    const annotations = { ...crio, 'io.kubernetes.cri-o.ContainerType': 'sandbox' };
    tree.write(`storage/overlay-containers/${id}/userdata/config.json`, { annotations });
    const { bundle } = await findBundle(id, tree.directories);
    assert.equal([bundle?.pod.containerName, bundle?.pod.containerType], [null, 'sandbox']);
  },
  { skip },
);

// an image brings annotations of its own, which podman keeps
test(
  'believes no annotations of pods but of a runtime of pods',
  async () => {
    using tree = new StateTree();
    const { annotations } = config;
    tree.writeBundle('in-moby', config, 'moby');
    tree.writeBundle('in-default', config, 'default');
    tree.write('storage/overlay-containers/of-podman/userdata/config.json', {
      annotations: { ...crio, 'io.container.manager': 'libpod' },
    });
    tree.write('storage/overlay-containers/in-storage/userdata/config.json', { annotations });
    const bundle = tree.write('elsewhere/config.json', config);
    tree.write('runc/of-runc/state.json', { config: { labels: ['x=y', `bundle=${dirname(bundle)}`] } });
    const runtimes = { 'in-moby': 'docker', 'in-default': 'containerd', 'of-podman': 'podman', 'in-storage': 'podman' };
    for (const [name, runtime] of Object.entries({ ...runtimes, 'of-runc': null })) {
      const found = await findBundle(name, tree.directories);
      assert.equal([found.bundle?.runtime, found.bundle?.pod], [runtime, noPod], name);
    }
  },
  { skip },
);

test(
  'finds nothing where there is nothing',
  async () => {
    using tree = new StateTree();
    assert.equal(await findBundle(id, tree.directories), { bundle: null, findings: [] });
    tree.writeBundle(id, config);
    for (const name of ['', '.', '..', `../k8s.io/${id}`, `${id}/`, 'a'.repeat(77), `${id}\0`]) {
      assert.equal(await findBundle(name, tree.directories), { bundle: null, findings: [] }, name);
    }
  },
  { skip },
);

const damaged: Record<string, string> = {
  'an empty file': '',
  'half a file': JSON.stringify(config).slice(0, 120),
  'no object': `["${secret}"]`,
  'no JSON': `TOKEN=${secret}`,
  'a null': 'null',
  'a deep one': '['.repeat(1_000_000),
};
for (const [what, text] of Object.entries(damaged)) {
  test(
    `says of ${what} that it is malformed, and quotes none of it`,
    async () => {
      using tree = new StateTree();
      tree.writeBundle(id, text);
      assert.is(await refusal(tree), 'malformed-file');
    },
    { skip },
  );
}

test(
  'takes members of other types for none',
  async () => {
    using tree = new StateTree();
    const hostile = {
      process: { env: [1, null, { a: 1 }, 'A=1'], args: 'x' },
      mounts: [null, 1, { destination: 5 }, { destination: '/x', options: [1, 'ro'] }],
      annotations: { __proto__: null, 'io.kubernetes.cri.sandbox-uid': 5, 'io.kubernetes.cri.sandbox-name': 'p' },
      linux: [],
    };
    tree.writeBundle(id, hostile);
    const { bundle } = await findBundle(id, tree.directories);
    assert.equal([bundle?.environment.length, bundle?.args, bundle?.cgroupsPath], [1, [], null]);
    assert.equal(bundle?.mounts, [{ destination: '/x', source: null, type: null, options: ['ro'] }]);
    assert.equal([bundle?.pod.podUid, bundle?.pod.podName], [null, 'p']);
  },
  { skip },
);

test(
  'refuses what is too large, without reading it',
  async () => {
    using tree = new StateTree();
    truncateSync(tree.writeBundle(id, config), 2 ** 24 + 1);
    assert.is(await refusal(tree), 'too-large');
  },
  { skip },
);

test(
  'believes no file that another than root can have written',
  async () => {
    const spoils: ((path: string) => void)[] = [
      (path) => chownSync(path, 1000, 0),
      (path) => chmodSync(path, 0o664),
      (path) => chmodSync(path, 0o602),
      (path) => chownSync(dirname(path), 1000, 0),
      (path) => chmodSync(dirname(path), 0o777),
      (path) => chmodSync(dirname(dirname(dirname(path))), 0o775),
    ];
    for (const spoil of spoils) {
      using tree = new StateTree();
      spoil(tree.writeBundle(id, config));
      assert.is(await refusal(tree), 'untrusted-file', String(spoil));
    }
  },
  { skip },
);

test(
  'follows no link to a file, and a link to a directory only to one of root',
  async () => {
    using tree = new StateTree();
    const path = tree.writeBundle(id, config);
    renameSync(path, join(tree.path, 'moved'));
    symlinkSync(join(tree.path, 'moved'), path);
    assert.is(await refusal(tree), 'unreadable-file');
    const theirs = join(tree.path, 'theirs');
    mkdirSync(theirs);
    renameSync(join(tree.path, 'moved'), join(theirs, 'config.json'));
    symlinkSync(theirs, join(dirname(dirname(path)), 'linked'));
    assert.is((await findBundle('linked', tree.directories)).bundle?.pod.podUid, uid);
    chownSync(theirs, 1000, 1000);
    assert.is(await refusal(tree, 'linked'), 'untrusted-file');
  },
  { skip },
);

test(
  'does not wait for a FIFO',
  async () => {
    using tree = new StateTree();
    const path = tree.writeBundle(id, config);
    renameSync(path, `${path}.old`);
    execFileSync('mkfifo', [path]);
    assert.is(await refusal(tree), 'not-a-file');
  },
  { skip },
);

test(
  'uses none of two containers with one id',
  async () => {
    using tree = new StateTree();
    tree.writeBundle('web', config, 'k8s.io');
    tree.writeBundle('web', config, 'default');
    assert.is(await refusal(tree, 'web'), 'ambiguous-bundle');
  },
  { skip },
);

test(
  'says what a limit cut',
  async () => {
    using tree = new StateTree();
    tree.writeBundle(id, { process: { env: Array.from({ length: 65_537 }, () => 'A=') } });
    const { bundle, findings } = await findBundle(id, tree.directories);
    assert.equal([bundle?.environment.length, bundle?.truncated], [65_536, true]);
    assert.equal(
      findings.map(({ code }) => code),
      ['truncated-bundle'],
    );
  },
  { skip },
);

test.run();
