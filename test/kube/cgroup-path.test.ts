import * as assert from 'uvu/assert';
import { type CgroupPath, parseCgroupPath } from '../../lib/index.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('kube: path of a control group');

const uid = '6f7e1acc-0a2c-4b6e-9a54-6b8d5c8b9a01';
const escaped = uid.replaceAll('-', '_');
const hash = '8998f96dc7064d318d9f961407843881';
const id = '0f'.repeat(32);
const other = 'a7'.repeat(32);
const otherUid = '11111111-2222-3333-4444-555555555555';

const nothing = {
  podUid: null,
  staticPod: null,
  qosClass: null,
  containerId: null,
  runtime: null,
  helper: null,
  below: '',
  node: null,
  delegate: null,
  unit: null,
  relative: false,
};
const pod = { kind: 'pod', podUid: uid, staticPod: false, containerId: id } as const;
const container = { kind: 'container', containerId: id } as const;
const host = { kind: 'host' } as const;
const slice = `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${escaped}.slice`;
const kind = `/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/kubelet-kubepods-besteffort-pod${escaped}.slice/cri-containerd-${id}.scope`;

/** What the path is, with where it comes from; the path; what it says beside null, '' and false. */
type Row = [what: string, path: string, expected: Partial<CgroupPath>];

const rows: Row[] = [
  // captured: kubelet 1.20 and containerd 1.6 of Debian 12, cgroup v1, --cgroup-driver=cgroupfs
  ['containerd, cgroupfs, burstable', `/kubepods/burstable/pod${uid}/${id}`, { ...pod, qosClass: 'Burstable' }],
  ['containerd, cgroupfs, best effort', `/kubepods/besteffort/pod${uid}/${id}`, { ...pod, qosClass: 'BestEffort' }],
  // kubernetes, pkg/kubelet/cm/qos_container_manager_linux.go: guaranteed pods are not in a group of a class
  ['containerd, cgroupfs, guaranteed', `/kubepods/pod${uid}/${id}`, { ...pod, qosClass: 'Guaranteed' }],
  // captured as above, read in a control group namespace of its own
  ['seen from beside', `/../kubepods/burstable/pod${uid}/${id}`, { ...pod, qosClass: 'Burstable', relative: true }],
  ['seen from another pod', `/../../pod${uid}/${id}`, { ...pod, relative: true }],
  // kubernetes, pkg/kubelet/cm/cgroup_manager_linux.go `ToSystemd`; containerd, `getCgroupsPath`: slice:cri-containerd:id
  [
    'containerd, systemd, burstable',
    `${slice}/cri-containerd-${id}.scope`,
    { ...pod, qosClass: 'Burstable', runtime: 'containerd' },
  ],
  [
    'containerd, systemd, guaranteed',
    `/kubepods.slice/kubepods-pod${escaped}.slice/cri-containerd-${id}.scope`,
    { ...pod, qosClass: 'Guaranteed', runtime: 'containerd' },
  ],
  [
    'containerd, systemd, seen from another pod of its class',
    `/../../kubepods-burstable-pod${escaped}.slice/cri-containerd-${id}.scope`,
    { ...pod, qosClass: 'Burstable', runtime: 'containerd', relative: true },
  ],
  // kubernetes, pkg/kubelet/config/common.go: the uid of a static pod is a hash
  [
    'a static pod',
    `/kubepods/burstable/pod${hash}/${id}`,
    { ...pod, podUid: hash, staticPod: true, qosClass: 'Burstable' },
  ],
  [
    'a static pod, systemd',
    `/kubepods.slice/kubepods-pod${hash}.slice/crio-${id}.scope`,
    { ...pod, podUid: hash, staticPod: true, qosClass: 'Guaranteed', runtime: 'cri-o' },
  ],
  // cri-o, internal/config/cgmgr/systemd_linux.go, cgroupfs_linux.go; crun, src/libcrun/cgroup-systemd.c (`container`)
  ['CRI-O, systemd', `${slice}/crio-${id}.scope`, { ...pod, qosClass: 'Burstable', runtime: 'cri-o' }],
  [
    'CRI-O, crun',
    `${slice}/crio-${id}.scope/container`,
    { ...pod, qosClass: 'Burstable', runtime: 'cri-o', below: '/container' },
  ],
  ['CRI-O, cgroupfs', `/kubepods/burstable/pod${uid}/crio-${id}`, { ...pod, qosClass: 'Burstable', runtime: 'cri-o' }],
  [
    'conmon in the slice of the pod',
    `${slice}/crio-conmon-${id}.scope`,
    { ...pod, qosClass: 'Burstable', runtime: 'cri-o', helper: 'conmon' },
  ],
  [
    'conmon in system.slice',
    `/system.slice/crio-conmon-${id}.scope`,
    { ...container, runtime: 'cri-o', helper: 'conmon' },
  ],
  // cri-dockerd, core/helpers.go `GenerateExpectedCgroupParent`; moby, daemon/oci_linux.go
  ['cri-dockerd, systemd', `${slice}/docker-${id}.scope`, { ...pod, qosClass: 'Burstable', runtime: 'docker' }],
  // kubelet --cgroup-root
  ['a root of its own', `/custom/root/kubepods/pod${uid}/${id}`, { ...pod, qosClass: 'Guaranteed' }],
  [
    'a root of its own, systemd',
    `/custom.slice/custom-kubepods.slice/custom-kubepods-pod${escaped}.slice/cri-containerd-${id}.scope`,
    { ...pod, qosClass: 'Guaranteed', runtime: 'containerd' },
  ],
  // kind, images/base/files/etc/systemd/system/kubelet.service.d, pkg/cluster/internal/kubeadm/config.go
  ['kind, in its node', kind, { ...pod, qosClass: 'BestEffort', runtime: 'containerd' }],
  [
    'kind, from outside, systemd',
    `/system.slice/docker-${other}.scope${kind}`,
    {
      ...pod,
      qosClass: 'BestEffort',
      runtime: 'containerd',
      node: { containerId: other, runtime: 'docker', helper: null },
    },
  ],
  [
    'kind before 0.20, from outside, cgroupfs',
    `/docker/${other}/kubelet/kubepods/burstable/pod${uid}/${id}`,
    { ...pod, qosClass: 'Burstable', node: { containerId: other, runtime: 'docker', helper: null } },
  ],
  [
    'minikube on docker, from outside',
    `/docker/${other}/kubepods/burstable/pod${uid}/${id}`,
    { ...pod, qosClass: 'Burstable', node: { containerId: other, runtime: 'docker', helper: null } },
  ],
  [
    'minikube on podman, from outside',
    `/machine.slice/libpod-${other}.scope/container/kubepods/pod${uid}/${id}`,
    { ...pod, qosClass: 'Guaranteed', node: { containerId: other, runtime: 'podman', helper: null } },
  ],
  [
    'a node in LXD',
    `/lxc.payload.node1/kubepods/pod${uid}/${id}`,
    { ...pod, qosClass: 'Guaranteed', node: { containerId: 'node1', runtime: 'lxc', helper: null } },
  ],
  // what systemd makes as process 1 of a container
  [
    'systemd in a container of a pod',
    `${slice}/cri-containerd-${id}.scope/init.scope`,
    { ...pod, qosClass: 'Burstable', runtime: 'containerd', below: '/init.scope' },
  ],
  ["a pod's own group", `/kubepods/pod${uid}`, { ...pod, containerId: null, qosClass: 'Guaranteed' }],
  // the kernel, kernel/cgroup/cgroup.c `proc_cgroup_show`, of v2
  ['a group that was removed', `/kubepods/pod${uid}/${id} (deleted)`, { ...pod, qosClass: 'Guaranteed' }],
  // captured: ctr 1.6 of Debian 12
  ['ctr', '/k8s.io/t1', { ...container, containerId: 't1', runtime: 'containerd' }],
  ['ctr in its default namespace', '/default/web', { ...container, containerId: 'web', runtime: 'containerd' }],
  // moby, daemon/oci_linux.go; podman, libpod/container_internal_linux.go; nerdctl, pkg/cmd/container/create.go
  ['docker, cgroupfs', `/docker/${id}`, { ...container, runtime: 'docker' }],
  ['docker, systemd', `/system.slice/docker-${id}.scope`, { ...container, runtime: 'docker' }],
  ['nerdctl', `/system.slice/nerdctl-${id}.scope`, { ...container, runtime: 'containerd' }],
  ['podman', `/machine.slice/libpod-${id}.scope/container`, { ...container, runtime: 'podman', below: '/container' }],
  ['podman, cgroupfs', `/libpod_parent/libpod-${id}`, { ...container, runtime: 'podman' }],
  [
    "podman's conmon",
    `/machine.slice/libpod-conmon-${id}.scope`,
    { ...container, runtime: 'podman', helper: 'conmon' },
  ],
  [
    'podman with split groups',
    `/system.slice/web.service/libpod-payload-${id}`,
    { ...container, runtime: 'podman', delegate: 'web.service' },
  ],
  [
    'podman without root',
    `/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${id}.scope/container`,
    { ...container, runtime: 'podman', below: '/container', delegate: 'user@1000.service' },
  ],
  ['a bare id of who knows', `/jobs/${id}`, container],
  ['LXC', '/lxc/web/init.scope', { ...container, containerId: 'web', runtime: 'lxc', below: '/init.scope' }],
  [
    'systemd-nspawn',
    '/machine.slice/systemd-nspawn@web.service/payload',
    { ...container, containerId: 'web', runtime: 'systemd-nspawn', below: '/payload' },
  ],
  // systemd, and processes of none
  ['a service', '/system.slice/ssh.service', { ...host, unit: 'ssh.service' }],
  ['kubelet', '/system.slice/kubelet.service', { ...host, unit: 'kubelet.service' }],
  ['a session', '/user.slice/user-1000.slice/session-3.scope', { ...host, unit: 'session-3.scope' }],
  ['the group of a class', '/kubepods/burstable', host],
  ['the root', '/', host],
  ['the root of who reads, from below', '/..', { kind: 'unknown', relative: true }],
  [
    'a container beside the reader, whose parent cannot be seen',
    `/../${id}`,
    { ...container, kind: 'unknown', relative: true },
  ],
  // hostile: a container may make any groups below its own, and a user below its service
  [
    'a pod made up in a container of a pod',
    `/kubepods/pod${uid}/${id}/kubepods/pod${otherUid}/${other}`,
    { ...pod, qosClass: 'Guaranteed', below: `/kubepods/pod${otherUid}/${other}` },
  ],
  [
    'a container made up in a container of a pod',
    `${slice}/cri-containerd-${id}.scope/cri-containerd-${other}.scope`,
    { ...pod, qosClass: 'Burstable', runtime: 'containerd', below: `/cri-containerd-${other}.scope` },
  ],
  [
    'a pod made up by a user',
    `/user.slice/user-1000.slice/user@1000.service/kubepods/pod${uid}/${id}`,
    { ...pod, qosClass: 'Guaranteed', delegate: 'user@1000.service' },
  ],
  [
    'an id that is no direct child of a pod',
    `/kubepods/pod${uid}/x/${id}`,
    { ...pod, containerId: null, qosClass: 'Guaranteed', below: `/x/${id}` },
  ],
  ['a uid that is too long', `/kubepods/pod${uid}0/x`, host],
  ['a name that only begins so', `/kubepods/pod${uid}.slicer/x`, host],
  ['an id that is too short', `/docker/${id.slice(1)}`, host],
  ['capitals', `/docker/${id.toUpperCase()}`, host],
  ['underscores without systemd', `/kubepods/pod${escaped}/x`, host],
];

for (const [what, path, expected] of rows) {
  test(`reads ${what}`, () => assert.equal(parseCgroupPath(path), { ...nothing, ...expected }));
}

test('reads nothing where there is no path', () => {
  for (const path of ['', 'kubepods', `docker/${id}`, `/${'x'.repeat(4096)}`]) assert.is(parseCgroupPath(path), null);
});

test('takes no long time for hostile paths', () => {
  for (const segment of ['pod', 'a-', 'pod0', '-pod', '..', 'lxc']) {
    const path = `/${`${segment}/`.repeat(4096)}`.slice(0, 4096);
    assert.is(parseCgroupPath(path)?.podUid, null, segment);
    assert.is(parseCgroupPath(`/${segment.repeat(1000)}`)?.podUid, null, segment);
  }
});

test.run();
