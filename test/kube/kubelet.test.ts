import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { findKubelet, type Kubelet, listKubeletPods } from '../../lib/index.ts';
import { CgroupTree, cgroupsMissing } from '../helpers/cgroup.ts';
import { NOBODY } from '../helpers/command.ts';
import { MadeProcess } from '../helpers/made-process.ts';
import { rejects } from '../helpers/rejects.ts';
import { childrenOf, Container } from '../helpers/runc.ts';
import { suite } from '../helpers/suite.ts';
import { eventually } from '../helpers/threads.ts';
import { missing } from '../helpers/toolchain.ts';

const test = suite('kube: the kubelet');
const skip = process.getuid?.() === 0 ? missing(['gcc']) : 'needs root';
const config = `
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: systemd
containerRuntimeEndpoint: unix:///run/made.sock
staticPodPath: manifests
failSwapOn: false
syncFrequency: 5s
`;

const codesOf = ({ findings }: Kubelet): string[] => findings.map(({ code }) => code);

async function find(kubelet: MadeProcess): Promise<Kubelet> {
  return findKubelet({ pid: kubelet.pid, usualRoots: [] });
}

/** What is known, and who said it. */
function said(kubelet: Kubelet, ...names: (keyof Kubelet)[]): unknown[] {
  return names.map((name) => {
    const fact = kubelet[name] as { value: string; source: string } | null;
    return fact && `${fact.value} (${fact.source})`;
  });
}

test(
  'tells its directory and configuration by its command line, from where it works',
  async () => {
    using made = new MadeProcess();
    const path = made.write('etc/kubelet.yaml', config);
    await made.start('kubelet', ['--root-dir=/a', '--root-dir', '/b', '--config', 'etc/kubelet.yaml', '--v=2']);
    const kubelet = await find(made);
    assert.equal([kubelet.process?.pid, kubelet.process?.program], [made.pid, 'kubelet']);
    assert.equal(said(kubelet, 'rootDirectory', 'config'), ['/b (command line)', `${path} (command line)`]);
    assert.equal(said(kubelet, 'cgroupDriver', 'containerRuntimeEndpoint', 'staticPodPath', 'failSwapOn'), [
      'systemd (config file)',
      'unix:///run/made.sock (config file)',
      `${join(made.folder, 'manifests')} (config file)`,
      'false (config file)',
    ]);
    assert.equal(kubelet.cgroupDriver?.path, path);
    assert.equal(said(kubelet, 'changeDetectionStrategy', 'kubeconfig'), ['Watch (assumed)', null]);
    assert.equal(codesOf(kubelet), []);
  },
  { skip },
);

test(
  'believes a flag before the configuration, and a later file before an earlier one',
  async () => {
    using made = new MadeProcess();
    const path = made.write('kubelet.json', JSON.stringify({ kind: 'KubeletConfiguration', cgroupDriver: 'systemd' }));
    made.write('d/20-later.conf', 'kind: KubeletConfiguration\nsyncFrequency: 20s\n');
    made.write('d/10-earlier.conf', 'kind: KubeletConfiguration\nsyncFrequency: 10s\n');
    made.write('d/30-other.yaml', 'kind: KubeletConfiguration\nsyncFrequency: 30s\n');
    await made.start('kubelet', ['--cgroup_driver=cgroupfs', `--config=${path}`, `--config-dir=${made.folder}/d`]);
    const kubelet = await find(made);
    assert.equal(said(kubelet, 'cgroupDriver', 'syncFrequency', 'rootDirectory'), [
      'cgroupfs (command line)',
      '20s (config file)',
      '/var/lib/kubelet (assumed)',
    ]);
  },
  { skip },
);

test(
  'reads the flags of kubelite from their file, with the variables of its snap',
  async () => {
    using made = new MadeProcess();
    const lines = [
      '# kubelet',
      '--root-dir=${SNAP_COMMON}/var/lib/kubelet',
      '--kubeconfig=$SNAP_DATA/credentials/kubelet.config',
      '--container-runtime-endpoint="${SNAP_COMMON}/run/containerd.sock"',
      '--cgroup-driver=${WHO_KNOWS}',
    ];
    const path = made.write('var/snap/microk8s/5372/args/kubelet', lines.join('\n'));
    await made.start('kubelite', ['--scheduler-args-file=/x', `--kubelet-args-file=${path}`]);
    const kubelet = await find(made);
    const snap = join(made.folder, 'var/snap/microk8s');
    assert.equal(said(kubelet, 'rootDirectory', 'kubeconfig', 'containerRuntimeEndpoint', 'cgroupDriver'), [
      `${snap}/common/var/lib/kubelet (args file)`,
      `${snap}/5372/credentials/kubelet.config (args file)`,
      `${snap}/common/run/containerd.sock (args file)`,
      null,
    ]);
    assert.equal(codesOf(kubelet), ['unknown-variable']);
  },
  { skip },
);

test(
  'tells hyperkube and k0s that have a kubelet from those that have none',
  async () => {
    const cases: [name: string, args: string[], root: string | null][] = [
      ['hyperkube', ['kubelet', '--root-dir=/h'], '/h'],
      ['hyperkube', ['kube-apiserver', '--root-dir=/h'], null],
      ['k0s', ['worker', '--kubelet-root-dir', '/k'], '/k'],
      ['k0s', ['controller', '--data-dir=/d', '--enable-worker'], '/d/kubelet'],
      ['k0s', ['controller', '--kubelet-root-dir=/k'], null],
      ['k3s', ['agent'], '/var/lib/kubelet'],
      ['k3s', ['server', '--disable-agent'], null],
    ];
    for (const [name, args, root] of cases) {
      using made = new MadeProcess();
      await made.start(name, args);
      const kubelet = await find(made);
      assert.is(kubelet.process?.program ?? null, root && name);
      if (root !== null) assert.is(kubelet.rootDirectory?.value, root);
    }
  },
  { skip, timeout: 60_000 },
);

test(
  'reads what k3s gives to the kubelet in it',
  async () => {
    using made = new MadeProcess();
    const path = made.write('k3s.yaml', 'kubelet-arg: [root-dir=/a, sync-frequency=2s]\ndata-dir: /data\n');
    made.write('k3s.yaml.d/more.yaml', 'kubelet-arg+: "--root-dir=/b"\n');
    await made.start('k3s-server', ['server', `--config=${path}`, '--kubelet-arg', 'cgroup-driver=systemd'], {}, 'k3s');
    const kubelet = await find(made);
    assert.equal(said(kubelet, 'rootDirectory', 'syncFrequency', 'cgroupDriver', 'containerRuntimeEndpoint'), [
      '/b (args file)',
      '2s (args file)',
      'systemd (command line)',
      'unix:///run/k3s/containerd/containerd.sock (assumed)',
    ]);
    assert.equal([codesOf(kubelet), kubelet.rootDirectory?.path], [[], `${path}.d/more.yaml`]);
    using hidden = new MadeProcess();
    await hidden.start('k3s', [], {}, '/usr/local/bin/k3s server');
    const blind = await find(hidden);
    assert.is(blind.process?.program, 'k3s');
    assert.equal(said(blind, 'rootDirectory', 'containerRuntimeEndpoint', 'cgroupDriver'), [
      '/var/lib/kubelet (assumed)',
      'unix:///run/k3s/containerd/containerd.sock (assumed)',
      null,
    ]);
    assert.equal(codesOf(blind), ['hidden-flags']);
  },
  { skip },
);

test(
  'a configuration that is half-written, of another kind, too large or missing is a finding, and nothing is assumed',
  async () => {
    const bombs = ['a: &a [x]', ...Array.from({ length: 30 }, (_, i) => `b${i}: &b${i} [*a,*a,*a,*a,*a,*a,*a,*a]`)];
    const cases: [string | null, string][] = [
      ['kind: KubeletConfiguration\ncgroupDriver: [', 'malformed-file'],
      ['{"kind": "KubeletConfiguration"', 'malformed-file'],
      ['- a', 'malformed-file'],
      ['', 'malformed-file'],
      ['['.repeat(10_000), 'malformed-file'],
      ['- '.repeat(10_000), 'malformed-file'],
      [bombs.join('\n'), 'malformed-file'],
      ['kind: Pod\n', 'other-kind'],
      [`kind: KubeletConfiguration\n#${'x'.repeat(70_000)}`, 'unreadable-file'],
      [null, 'missing-file'],
    ];
    for (const [text, code] of cases) {
      using made = new MadeProcess();
      const path = text === null ? join(made.folder, 'none') : made.write('config', text);
      await made.start('kubelet', [`--config=${path}`]);
      const kubelet = await find(made);
      assert.equal([codesOf(kubelet), kubelet.cgroupDriver], [[code], null], text?.slice(0, 60));
    }
  },
  { skip, timeout: 60_000 },
);

test(
  'does not believe a program of a user that calls itself kubelet',
  async () => {
    using made = new MadeProcess();
    await made.start('kubelet', ['--root-dir=/x'], { uid: NOBODY, gid: NOBODY, cwd: '/' });
    const kubelet = await find(made);
    assert.equal([kubelet.process, kubelet.findings[0]?.code], [null, 'kubelet-not-believed']);
    assert.is.not(kubelet.rootDirectory?.value, '/x');
  },
  { skip },
);

test(
  'does not believe a kubelet in a container',
  async () => {
    using made = new MadeProcess();
    await using groups = new CgroupTree();
    const uid = '6f7e1acc-0a2c-4b6e-9a54-6b8d5c8b9a01';
    const argv = [await made.program('kubelet'), '--root-dir=/x'];
    const pid = await groups.start(`/kubepods/pod${uid}/${'0f'.repeat(32)}`, argv);
    const kubelet = await findKubelet({ pid, usualRoots: [] });
    assert.equal([kubelet.process, codesOf(kubelet)[0]], [null, 'kubelet-not-believed']);
    assert.match(kubelet.findings[0]?.message ?? '', /runs in a container/);
  },
  { skip: skip ?? cgroupsMissing() },
);

test(
  'does not believe a kubelet with a pid namespace of its own',
  async () => {
    using made = new MadeProcess();
    const program = await made.program('kubelet');
    const argv = ['--pid', '--fork', '--kill-child', program];
    const child = spawn('unshare', argv, { stdio: 'ignore' });
    await once(child, 'spawn');
    const own = child.pid as number;
    const found = (): number => childrenOf(own)[0] ?? own;
    await eventually(
      () => readFileSync(`/proc/${found()}/cmdline`, 'latin1').startsWith(program),
      () => 'it was not started',
    );
    const kubelet = await findKubelet({ pid: found(), usualRoots: [] });
    child.kill('SIGKILL');
    assert.equal([kubelet.process, codesOf(kubelet)[0]], [null, 'kubelet-not-believed']);
    assert.match(kubelet.findings[0]?.message ?? '', /pid namespace/);
  },
  { skip },
);

test(
  'where none runs and nothing is mounted, directories are enough',
  async () => {
    // its mount table has no volumes, whatever runs on this machine
    using node = Container.start();
    mkdirSync(join(node.folder, 'rootfs/second/pods'), { recursive: true });
    const kubelet = await findKubelet({ pid: process.pid, host: node.pid, usualRoots: ['/first', '/second'] });
    assert.is(kubelet.process, null);
    assert.equal(said(kubelet, 'rootDirectory', 'containerRuntimeEndpoint'), ['/second (assumed)', null]);
    const nowhere = await findKubelet({ pid: process.pid, host: node.pid, usualRoots: ['/first'] });
    assert.is(nowhere.rootDirectory, null);
    const { pods, findings } = await listKubeletPods({ kubelet: nowhere });
    assert.equal([pods, findings.at(-1)?.code], [[], 'no-root-directory']);
  },
  { skip: skip ?? missing(['runc', 'busybox']) },
);

test('refuses options that it cannot use', async () => {
  await rejects(findKubelet({ pid: 0 }), { code: 'ERR_INVALID_ARG_VALUE' });
  await rejects(findKubelet({ timeout: -1 }), { code: 'ERR_INVALID_ARG_VALUE' });
});

test.run();
