import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import {
  type ContainerIdentity,
  findBundle,
  identifyContainer,
  openProcess,
  surveyContainer,
} from '../../lib/index.ts';
import { containerDocument } from '../../lib/report/container-json.ts';
import { CgroupTree, cgroupsMissing } from '../helpers/cgroup.ts';
import { rejects } from '../helpers/rejects.ts';
import { Container } from '../helpers/runc.ts';
import { assertKeeps } from '../helpers/schema.ts';
import { containerdAnnotations, StateTree } from '../helpers/state-tree.ts';
import { suite } from '../helpers/suite.ts';
import { eventually } from '../helpers/threads.ts';
import { missing } from '../helpers/toolchain.ts';

const test = suite('kube: which container');
const skip = cgroupsMissing();
const uid = '6f7e1acc-0a2c-4b6e-9a54-6b8d5c8b9a01';
const victim = '11111111-2222-3333-4444-555555555555';
const id = '0f'.repeat(32);
const victimId = 'a7'.repeat(32);
const inPod = `/kubepods/burstable/pod${uid}/${id}`;

const codesOf = ({ findings }: ContainerIdentity) => findings.map(({ code }) => code);

async function identify(pid: number, tree: StateTree): Promise<ContainerIdentity> {
  const identity = await identifyContainer(pid, { stateDirectories: tree.directories });
  assertKeeps('container', containerDocument(identity));
  return identity;
}

test(
  'tells the pod by the control group alone',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const pid = await groups.start(inPod);
    const { startTime, findings, sources, disagreements, ...identity } = await identify(pid, state);
    assert.equal(identity, {
      pid,
      kind: 'pod',
      helper: null,
      node: null,
      unit: null,
      podUid: uid,
      namespace: null,
      podName: null,
      containerName: null,
      containerId: id,
      sandboxId: null,
      runtime: null,
      containerType: null,
      image: null,
      staticPod: false,
      qosClass: 'Burstable',
      cgroup: `${groups.root}${inPod}`,
    });
    assert.ok(startTime > 0n);
    const byCgroup = { podUid: 'cgroup', containerId: 'cgroup', staticPod: 'cgroup', qosClass: 'cgroup' };
    assert.equal([findings, disagreements, sources], [[], [], byCgroup]);
  },
  { skip },
);

test(
  'tells names by the bundle, and who said what',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    state.writeBundle(id, {
      annotations: containerdAnnotations(uid),
      linux: { cgroupsPath: `${groups.root}${inPod}` },
    });
    await using held = await openProcess(await groups.start(`${inPod}/init.scope`));
    const { identity, bundle } = await surveyContainer(held, { stateDirectories: state.directories });
    assert.equal(
      [identity.kind, identity.namespace, identity.podName, identity.containerName, identity.runtime],
      ['pod', 'test', 'mypod', 'app', 'containerd'],
    );
    assert.equal([identity.sources.podUid, identity.sources.podName], ['cgroup', 'bundle']);
    assert.equal([identity.findings, identity.disagreements], [[], []]);
    assert.is(bundle?.pod.podName, 'mypod');
  },
  { skip },
);

test(
  'believes the control group before the bundle, and says that they disagree',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const cgroupsPath = `/kubepods/pod${victim}/${id}`;
    state.writeBundle(id, { annotations: containerdAnnotations(victim), linux: { cgroupsPath } });
    const identity = await identify(await groups.start(inPod), state);
    assert.is(identity.podUid, uid);
    assert.equal(identity.disagreements[0], {
      fact: 'podUid',
      values: [
        { source: 'cgroup', value: uid },
        { source: 'bundle', value: victim },
      ],
    });
    assert.equal(codesOf(identity), ['bundle-elsewhere']);
  },
  { skip },
);

test(
  'tells a pod whose group names none by its bundle',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    state.writeBundle(id, { annotations: containerdAnnotations(uid, { 'container-type': 'sandbox' }) });
    const identity = await identify(await groups.start(`/k8s.io/${id}`), state);
    assert.equal([identity.kind, identity.podUid, identity.sources.podUid], ['pod', uid, 'bundle']);
    assert.equal([identity.containerType, identity.sandboxId], ['sandbox', id]);
  },
  { skip },
);

const damage: Record<string, [unknown, string]> = {
  'is half-written': ['{"process":{"env":["TOKEN=sw0rdfish"', 'malformed-file'],
  'is none': [[], 'malformed-file'],
};
for (const [what, [content, code]] of Object.entries(damage)) {
  test(
    `still tells the pod when its bundle ${what}`,
    async () => {
      using state = new StateTree();
      await using groups = new CgroupTree();
      state.writeBundle(id, content);
      const identity = await identify(await groups.start(inPod), state);
      assert.equal([identity.kind, identity.podUid, codesOf(identity)], ['pod', uid, [code]]);
      assert.not.match(JSON.stringify(identity.findings), 'sw0rdfish');
    },
    { skip },
  );
}

test(
  'tells plain containers, services and helpers apart from pods',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const cases: [path: string, kind: string, runtime: string | null, unit: string | null][] = [
      [`/docker/${id}`, 'container', 'docker', null],
      [`/machine.slice/libpod-${id}.scope/container`, 'container', 'podman', null],
      ['/system.slice/ssh.service', 'host', null, 'ssh.service'],
      [`/kubepods.slice/kubepods-pod${uid.replaceAll('-', '_')}.slice/crio-conmon-${id}.scope`, 'host', 'cri-o', null],
    ];
    for (const [path, kind, runtime, unit] of cases) {
      const identity = await identify(await groups.start(path), state);
      assert.equal([identity.kind, identity.runtime, identity.unit], [kind, runtime, unit], path);
    }
  },
  { skip },
);

test(
  'is told no other pod by groups that a container makes below its own',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    state.writeBundle(victimId, { annotations: containerdAnnotations(victim) });
    const pid = await groups.start(`${inPod}/kubepods/pod${victim}/${victimId}`);
    const identity = await identify(pid, state);
    assert.equal([identity.podUid, identity.containerId, identity.podName], [uid, id, null]);
  },
  { skip },
);

test(
  'says of a pod of a nested node who named it, and reads no file of the host for it',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    state.writeBundle(id, { annotations: containerdAnnotations(uid) });
    const identity = await identify(await groups.start(`/docker/${victimId}/kubelet${inPod}`), state);
    assert.equal([identity.kind, identity.podUid, identity.podName], ['pod', uid, null]);
    assert.equal(identity.node, { containerId: victimId, runtime: 'docker', helper: null });
    assert.equal(codesOf(identity), ['nested-node']);
  },
  { skip },
);

// systemd lets a user name the groups below user@1000.service
test(
  'believes no pod that a user may have named, though its bundle exists',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const cgroupsPath = `/kubepods/pod${victim}/${victimId}`;
    state.writeBundle(victimId, { annotations: containerdAnnotations(victim), linux: { cgroupsPath } });
    const pid = await groups.start(`/user.slice/user-1000.slice/user@1000.service${cgroupsPath}`);
    const { identity, bundle } = await surveyContainer(pid, { stateDirectories: state.directories });
    assert.equal([identity.kind, identity.podUid, identity.podName, bundle], ['unknown', null, null, null]);
    assert.ok(codesOf(identity).includes('named-in-unit'));
  },
  { skip },
);

test(
  'believes such a name when a bundle of root asks for that very group',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const path = `/system.slice/k3s.service/kubepods/pod${uid}/${id}`;
    state.writeBundle(id, {
      annotations: containerdAnnotations(uid),
      linux: { cgroupsPath: `${groups.root}${path}` },
    });
    const identity = await identify(await groups.start(path), state);
    assert.equal([identity.kind, identity.podUid, identity.podName, codesOf(identity)], ['pod', uid, 'mypod', []]);
  },
  { skip },
);

test(
  'confirms a group of systemd by slice, prefix and name',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const slice = `kubepods-pod${uid.replaceAll('-', '_')}.slice`;
    state.writeBundle(id, { linux: { cgroupsPath: `${slice}:cri-containerd:${id}` } });
    const pid = await groups.start(`/kubepods.slice/${slice}/cri-containerd-${id}.scope`);
    // the test's own root is in front of it
    assert.equal(codesOf(await identify(pid, state)), ['bundle-elsewhere']);
    assert.is((await identify(pid, state)).sources.podUid, 'cgroup');
  },
  { skip },
);

/** A process in a mount namespace of its own, where files of a tmpfs are bound as kubelet would; HOSTNAME is forged, too. */
async function startForger(groups: CgroupTree, path: string, podUid: string): Promise<number> {
  const kubelet = `/tmp/podprobe-forged/pods/${podUid}`;
  const script = [
    'mkdir -p /tmp/podprobe-forged',
    'mount -t tmpfs none /tmp/podprobe-forged',
    `mkdir -p ${kubelet}/containers/victim`,
    `touch ${kubelet}/etc-hosts ${kubelet}/containers/victim/0a1b2c3d`,
    `mount --bind ${kubelet}/etc-hosts /etc/hosts`,
    `mount --bind ${kubelet}/containers/victim/0a1b2c3d /etc/hostname`,
    'exec sleep 600',
  ].join(' && ');
  const env = { ...process.env, HOSTNAME: 'victim' };
  const pid = await groups.start(path, ['unshare', '--mount', 'sh', '-c', script], { env });
  const ready = () => readFileSync(`/proc/${pid}/comm`, 'latin1') === 'sleep\n';
  await eventually(ready, () => 'the mounts were not made');
  return pid;
}

test(
  'believes no mounts against the control group',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const inContainer = await identify(await startForger(groups, `/docker/${id}`, victim), state);
    assert.equal(
      [inContainer.kind, inContainer.podUid, codesOf(inContainer)],
      ['container', null, ['mounts-not-believed']],
    );
    const inOther = await identify(await startForger(groups, inPod, victim), state);
    assert.equal([inOther.kind, inOther.podUid, inOther.containerName], ['pod', uid, null]);
    assert.equal(
      inOther.disagreements.map(({ fact, values }) => [fact, values[1]]),
      [['podUid', { source: 'mountinfo', value: victim }]],
    );
    const onHost = await identify(await startForger(groups, '/system.slice/x.service', victim), state);
    assert.equal([onHost.kind, onHost.podUid, codesOf(onHost)], ['host', null, ['mounts-not-believed']]);
  },
  { skip },
);

test(
  'takes the name of the container from its mounts where they fit',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const identity = await identify(await startForger(groups, inPod, uid), state);
    assert.equal([identity.containerName, identity.sources.containerName], ['victim', 'mountinfo']);
    assert.equal([identity.disagreements, identity.findings], [[], []]);
  },
  { skip },
);

const identifier = fileURLToPath(new URL('../helpers/identifier.ts', import.meta.url));

/** As seen by a reader in a control group namespace whose root is `group`. */
async function identifyFrom(groups: CgroupTree, group: string, pid: number, state: StateTree) {
  const script = 'for file in $1; do echo $$ > $file; done; shift; exec unshare --cgroup "$@"';
  const reader = [process.execPath, '--import', 'tsx', identifier, String(pid), JSON.stringify(state.directories)];
  const args = ['-c', script, 'sh', groups.make(group).join(' '), ...reader];
  const { stdout } = await promisify(execFile)('sh', args);
  return JSON.parse(stdout) as ContainerIdentity;
}

test(
  'tells the pod in a private control group namespace, and does not take its root for the host',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const pid = await groups.start(inPod);
    const beside = await identifyFrom(groups, '/reader', pid, state);
    assert.equal([beside.cgroup, beside.kind, beside.podUid], [`/..${inPod}`, 'pod', uid]);
    const reader = `/kubepods/burstable/pod${victim}/${victimId}`;
    const fromPod = await identifyFrom(groups, reader, pid, state);
    assert.equal([fromPod.cgroup, fromPod.kind, fromPod.podUid], [`/../../pod${uid}/${id}`, 'pod', uid]);
    state.writeBundle(id, { annotations: containerdAnnotations(uid) });
    const fromSamePod = await identifyFrom(groups, `/kubepods/burstable/pod${uid}/${victimId}`, pid, state);
    assert.equal([fromSamePod.cgroup, fromSamePod.kind, fromSamePod.podName], [`/../${id}`, 'pod', 'mypod']);
    const itself = await identifyFrom(groups, inPod, pid, state);
    assert.equal([itself.cgroup, itself.kind, itself.podUid], ['/', 'unknown', null]);
  },
  { skip, timeout: 60_000 },
);

test(
  'tells a container of runc by its group, and finds its bundle by the record of runc',
  async () => {
    await using groups = new CgroupTree();
    using state = new StateTree();
    using container = Container.start((config) => {
      config.linux.cgroupsPath = `${groups.root}${inPod}`;
    });
    const identity = await identify(container.pid, state);
    assert.equal([identity.kind, identity.podUid, identity.containerId, codesOf(identity)], ['pod', uid, id, []]);
    const { bundle } = await findBundle(container.name, { ...state.directories, runc: [container.state] });
    assert.equal([bundle?.path, bundle?.args], [join(container.folder, 'config.json'), ['/bin/sleep', '600']]);
    assert.is(bundle?.cgroupsPath, `${groups.root}${inPod}`);
  },
  { skip: skip ?? missing(['runc', 'busybox']) },
);

test(
  'says of a container whose group does not name it that it has namespaces of its own',
  async () => {
    using state = new StateTree();
    using container = Container.start();
    const identity = await identify(container.pid, state);
    assert.equal([identity.kind, codesOf(identity)], ['host', ['own-pid-namespace']]);
  },
  { skip: skip ?? missing(['runc', 'busybox']) },
);

test('rejects for no process, and for one that has ended though its number may be used again', async () => {
  await rejects(identifyContainer(0x7fff_fff0), { code: 'ESRCH' });
  await rejects(identifyContainer(0), { code: 'ERR_INVALID_ARG_VALUE' });
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  await once(child, 'spawn');
  await using held = await openProcess(child.pid as number);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await rejects(identifyContainer(held), { code: 'ESRCH' });
});

test.run();
