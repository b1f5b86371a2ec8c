import { type HostOptions, listHostSecretVolumes, readHostView } from '../mounts/host-volumes.ts';
import { POD_UID } from '../mounts/pod-path.ts';
import { checkPathIn, checkWaitOptions, type WaitOptions } from '../options.ts';
import type { Process } from '../process.ts';
import type { Finding } from './finding.ts';
import { holdKubelet } from './held-kubelet.ts';
import { findKubelet, type Kubelet } from './kubelet.ts';
import {
  directoriesIn,
  type KubeletSubPath,
  type KubeletVolume,
  type MountedVolumes,
  readSubPaths,
  readVolumes,
  volumeKey,
} from './kubelet-volumes.ts';
import { ProcessFiles } from './process-files.ts';

/** Whose pods to list. */
export interface KubeletPodsOptions extends HostOptions {
  /** The kubelet, as {@link findKubelet} gave it. Default: what that finds. */
  readonly kubelet?: Kubelet;
  /** A root directory, whatever kubelet's is; as `host` sees it, else this process. */
  readonly rootDirectory?: string;
}

/** What kubelet keeps of a pod. */
export interface KubeletPod {
  /** Uid of the pod; 32 digits without dashes for one whose manifest is a file of the node. */
  readonly podUid: string;
  /** Where it is kept. */
  readonly directory: string;
  /** Names of its containers, of those that were started at some time; null where they may not be read. */
  readonly containers: readonly string[] | null;
  /** Its volumes; null where they may not be read. */
  readonly volumes: readonly KubeletVolume[] | null;
  /** What of its volumes is mounted by subPath. */
  readonly subPaths: readonly KubeletSubPath[];
  /** Kubelet has written its `/etc/hosts`: a sandbox was made. */
  readonly etcHosts: boolean;
}

/** What kubelet keeps of all pods. */
export interface KubeletPods {
  /** Kubelet's; null where none was found. */
  readonly rootDirectory: string | null;
  /** By uid, in order. */
  readonly pods: readonly KubeletPod[];
  /** What was not as it should be. */
  readonly findings: readonly Finding[];
}

/** Kubelet's own default is 110 a node. */
const MOST_PODS = 4096;
const UID = new RegExp(`^(?:${POD_UID})$`);

async function readPod(root: string, podUid: string, mounts: MountedVolumes, files: ProcessFiles): Promise<KubeletPod> {
  const directory = `${root}/pods/${podUid}`;
  const containers = await directoriesIn(`${directory}/containers`, files);
  const volumes = await readVolumes({ podUid, directory }, mounts, files);
  const subPaths = await readSubPaths(directory, files);
  const etcHosts = (await files.stat(`${directory}/etc-hosts`))?.type === 'file';
  const absent = [containers === null ? 'containers' : '', volumes === null ? 'volumes' : ''].filter(Boolean);
  const told = files.findings.some(({ path }) => path === directory || path?.startsWith(`${directory}/`) === true);
  if (absent.length > 0 && !told) {
    files.add('half-removed-pod', `it has no ${absent.join(' and no ')}: it is being set up or removed`, directory);
  }
  return { podUid, directory, containers, volumes, subPaths, etcHosts };
}

async function readPods(root: string, viewer: Process | number, options: WaitOptions): Promise<KubeletPods> {
  const files = new ProcessFiles(viewer, options);
  const mounted = await listHostSecretVolumes({ ...options, host: viewer });
  const mounts = new Map(mounted.map((one) => [volumeKey(one.podUid, one.kind, one.volume), one]));
  const entries = await files.list(`${root}/pods`, MOST_PODS);
  if (entries === null && files.findings.length === 0) {
    files.add('no-pods-directory', 'there is no such directory', `${root}/pods`);
  }
  const pods: KubeletPod[] = [];
  for (const { name, type } of entries ?? []) {
    const podUid = name.toString();
    if (type !== 'directory' || !UID.test(podUid)) continue;
    pods.push(await readPod(root, podUid, mounts, files));
  }
  return { rootDirectory: root, pods, findings: files.findings };
}

async function readPodsOf(kubelet: Kubelet, options: HostOptions): Promise<KubeletPods> {
  const root = kubelet.rootDirectory?.value;
  if (root === undefined) {
    const message = 'no kubelet, no mount of a volume of a pod, and none of the usual directories was found';
    return { rootDirectory: null, pods: [], findings: [{ code: 'no-root-directory', message }] };
  }
  await using held = await holdKubelet(kubelet);
  return await readPods(root, held ?? (await readHostView(options)).process, options);
}

/**
 * Lists the pods of this node by what kubelet keeps of each below its root directory, whether it runs or not: containers,
 * volumes and their generations, subPaths. No value of a Secret is read.
 *
 * A pod comes and goes while it is read: what is half there is a finding.
 *
 * Errors: as {@link findKubelet}; `ESRCH` the kubelet ended meanwhile. Whatever else could not be read is a finding.
 * Shape: `<root>/pods/<uid>/{containers/<name>,volumes/<plugin>/<name>,volume-subpaths/<volume>/<container>/<index>,etc-hosts}`.
 * Source: kubernetes, pkg/kubelet/kubelet_getters.go, pkg/volume/util/atomic_writer.go, pkg/volume/util/subpath.
 */
export async function listKubeletPods(options: KubeletPodsOptions = {}): Promise<KubeletPods> {
  checkWaitOptions(options);
  const { rootDirectory, kubelet: given, ...others } = options;
  if (rootDirectory !== undefined) {
    const root = checkPathIn(rootDirectory).toString();
    return readPods(root, options.host ?? process.pid, others);
  }
  const kubelet = given ?? (await findKubelet(others));
  const { findings, ...read } = await readPodsOf(kubelet, others);
  return { ...read, findings: [...kubelet.findings, ...findings] };
}
