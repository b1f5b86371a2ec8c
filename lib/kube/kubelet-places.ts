import { readHostView } from '../mounts/host-volumes.ts';
import type { HostOptions } from '../mounts/host-volumes.ts';
import { parsePodPath } from '../mounts/pod-path.ts';
import { type Process } from '../process.ts';
import type { Finding } from './finding.ts';
import { assume, type KubeletFact } from './kubelet-facts.ts';
import { ProcessFiles } from './process-files.ts';

/**
 * Root directories of kubelet, as distributions have them.
 *
 * Source: kubernetes; microk8s; k0s; k3s before 0.10; Huawei CCE; Tanzu; IBM Cloud.
 */
export const USUAL_ROOTS: readonly string[] = [
  '/var/lib/kubelet',
  '/var/snap/microk8s/common/var/lib/kubelet',
  '/var/lib/k0s/kubelet',
  '/var/lib/rancher/k3s/agent/kubelet',
  '/mnt/paas/kubernetes/kubelet',
  '/var/vcap/data/kubelet',
  '/var/data/kubelet',
];

/** Sockets of container runtimes, in the order in which they are tried. */
const USUAL_SOCKETS: readonly string[] = [
  '/run/containerd/containerd.sock',
  '/run/k3s/containerd/containerd.sock',
  '/var/snap/microk8s/common/run/containerd.sock',
  '/run/k0s/containerd.sock',
  '/run/crio/crio.sock',
  '/run/cri-dockerd.sock',
];

/** A root directory that was found, and the process that sees it there. */
export interface FoundRoot {
  readonly root: KubeletFact | null;
  readonly viewer: Process | number;
  readonly findings: readonly Finding[];
}

/** The one with the most volumes, of those that the mounts of pods' volumes name. */
function rootOfMounts(paths: readonly Buffer[], findings: Finding[]): KubeletFact | null {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const root = parsePodPath(path)?.root;
    if (root !== undefined) counts.set(root, (counts.get(root) ?? 0) + 1);
  }
  const [first, ...others] = [...counts].sort(([, a], [, b]) => b - a).map(([root]) => root || '/');
  if (first === undefined) return null;
  if (others.length > 0) {
    const message = `volumes of pods are below ${others.length + 1} directories: ${others.slice(0, 8).join(', ')} were left out`;
    findings.push({ code: 'several-roots', message, path: first });
  }
  return { value: first, source: 'mounts', path: null };
}

async function usualRoot(files: ProcessFiles, roots: readonly string[]): Promise<KubeletFact | null> {
  const there: string[] = [];
  for (const root of roots) {
    const status = await files.stat(`${root}/pods`);
    if (status?.type === 'directory' && status.uid === 0) there.push(root);
  }
  const [first, ...others] = there;
  if (first === undefined) return null;
  if (others.length > 0) files.add('several-roots', `${others.join(', ')} has pods, too, and was left out`, first);
  return assume(first);
}

/**
 * Finds the root directory of a kubelet that does not run: by the node's mounts of pods' volumes, whatever the directory is
 * called, else by those that are usual.
 */
export async function findRootDirectory(options: HostOptions, roots: readonly string[]): Promise<FoundRoot> {
  const view = await readHostView(options);
  const findings: Finding[] = [];
  const paths = [...view.byDevice.values()].map(({ mount }) => mount.mountPoint);
  const mounted = rootOfMounts(paths, findings);
  if (mounted !== null) return { root: mounted, viewer: view.process, findings };
  const files = new ProcessFiles(view.process, options);
  return { root: await usualRoot(files, roots), viewer: view.process, findings: files.findings };
}

/** The first of the usual sockets that is one. */
export async function findUsualEndpoint(viewer: Process | number, options: HostOptions): Promise<KubeletFact | null> {
  const files = new ProcessFiles(viewer, options);
  for (const path of USUAL_SOCKETS) {
    if ((await files.stat(path))?.type === 'socket') return assume(`unix://${path}`);
  }
  return null;
}
