import { toObject } from '../document/json.ts';
import { findFlag, type FlagLayer } from './flag-layer.ts';
import type { KubeletConfig } from './kubelet-config.ts';
import type { KubeletSource } from './kubelet-flags.ts';

/** Something that is known of kubelet, and who said it. */
export interface KubeletFact {
  /** As it was written, but that paths are absolute; a truth value is `true` or `false`. */
  readonly value: string;
  /** Where it was found. */
  readonly source: KubeletSource;
  /** The file that says it, as kubelet sees it; null where none does. */
  readonly path: string | null;
}

/** What is known of how kubelet was set up; null what is not. */
export interface KubeletFacts {
  /** Where its pods' directories are, in `pods`. */
  readonly rootDirectory: KubeletFact | null;
  /** The file of its configuration. */
  readonly config: KubeletFact | null;
  /** How it reaches the API server. */
  readonly kubeconfig: KubeletFact | null;
  /** How it does so the first time. */
  readonly bootstrapKubeconfig: KubeletFact | null;
  /** Socket of the container runtime, `unix:///run/containerd/containerd.sock`. */
  readonly containerRuntimeEndpoint: KubeletFact | null;
  /** `cgroupfs` or `systemd`. */
  readonly cgroupDriver: KubeletFact | null;
  /** The control group below which those of pods are. */
  readonly cgroupRoot: KubeletFact | null;
  /** Where manifests of static pods are. */
  readonly staticPodPath: KubeletFact | null;
  /** Name of the node, when it is not the machine's. */
  readonly hostnameOverride: KubeletFact | null;
  /** How it learns of changed Secrets: `Watch`, `Cache` or `Get`. */
  readonly changeDetectionStrategy: KubeletFact | null;
  /** How often it looks after each pod: `1m0s`. */
  readonly syncFrequency: KubeletFact | null;
  /** Whether it refuses to start with swap on. */
  readonly failSwapOn: KubeletFact | null;
}

type Name = keyof KubeletFacts;
/** By which flag, by which member of the configuration, and what kubelet takes when neither is there. */
type Way = { readonly flag?: string; readonly member?: string; readonly usual?: string };

/** Source: kubernetes, cmd/kubelet/app/options, pkg/kubelet/apis/config/v1beta1/defaults.go. */
const WAYS: Readonly<Record<Name, Way>> = {
  rootDirectory: { flag: 'root-dir' },
  config: { flag: 'config' },
  kubeconfig: { flag: 'kubeconfig' },
  bootstrapKubeconfig: { flag: 'bootstrap-kubeconfig' },
  containerRuntimeEndpoint: { flag: 'container-runtime-endpoint', member: 'containerRuntimeEndpoint' },
  cgroupDriver: { flag: 'cgroup-driver', member: 'cgroupDriver', usual: 'cgroupfs' },
  cgroupRoot: { flag: 'cgroup-root', member: 'cgroupRoot', usual: '/' },
  staticPodPath: { flag: 'pod-manifest-path', member: 'staticPodPath' },
  hostnameOverride: { flag: 'hostname-override' },
  changeDetectionStrategy: { member: 'configMapAndSecretChangeDetectionStrategy', usual: 'Watch' },
  syncFrequency: { flag: 'sync-frequency', member: 'syncFrequency', usual: '1m0s' },
  failSwapOn: { flag: 'fail-swap-on', member: 'failSwapOn', usual: 'true' },
};
const NAMES = Object.keys(WAYS) as Name[];
/** Facts that are paths. */
export const PATHS: readonly Name[] = ['rootDirectory', 'config', 'kubeconfig', 'bootstrapKubeconfig', 'staticPodPath'];

/** What nobody said. */
export function assume(value: string): KubeletFact {
  return { value, source: 'assumed', path: null };
}

function findMember({ layers }: KubeletConfig, name: string): KubeletFact | null {
  for (const { values, path } of [...layers].reverse()) {
    const value = toObject(values)[name];
    if (typeof value === 'boolean') return { value: String(value), source: 'config file', path };
    if (typeof value === 'string' && value !== '') return { value, source: 'config file', path };
  }
  return null;
}

/**
 * Gathers what is known: a flag counts before the configuration. What neither says is what kubelet usually takes, unless
 * part of what was said could not be read.
 */
export function gatherFacts(
  layers: readonly FlagLayer<KubeletSource>[],
  config: KubeletConfig,
  complete: boolean,
): KubeletFacts {
  const factOf = ({ flag, member, usual }: Way): KubeletFact | null => {
    const said = flag === undefined ? null : findFlag(layers, flag);
    const written = member === undefined ? null : findMember(config, member);
    return said ?? written ?? (usual !== undefined && complete ? assume(usual) : null);
  };
  return Object.fromEntries(NAMES.map((name) => [name, factOf(WAYS[name])])) as unknown as KubeletFacts;
}

/** What is known where no kubelet runs. */
export function noFacts(): KubeletFacts {
  return Object.fromEntries(NAMES.map((name) => [name, null])) as unknown as KubeletFacts;
}
