import { type JsonObject, toArray, toObject, toText, toTextMap, toTexts } from '../document/json.ts';
import type { ContainerRuntime } from './cgroup-path.ts';

/** A variable, as the bundle has it. */
export interface BundleVariable {
  /** Bytes before the first `=`; null when there is no `=`. */
  readonly name: Buffer | null;
  /** Bytes behind it; the whole string when there is none. What was no UTF-8 reached the file as U+FFFD. */
  readonly value: Buffer;
}

/** A mount, as the bundle asks for it. */
export interface BundleMount {
  /** Where the container has it. */
  readonly destination: string;
  /** A path of the host for a bind; null where there is none. */
  readonly source: string | null;
  /** Type of the file system; null where there is none. */
  readonly type: string | null;
  /** Such as `rbind`, `ro`. */
  readonly options: readonly string[];
}

/** What a bundle says of the pod of its container. */
export interface BundlePod {
  /** Uid of the pod. */
  readonly podUid: string | null;
  /** Namespace of the pod. */
  readonly namespace: string | null;
  /** Name of the pod. */
  readonly podName: string | null;
  /** Name of the container in the pod; a sandbox has none. */
  readonly containerName: string | null;
  /** `sandbox`: it holds the pod's namespaces, and runs `pause`. */
  readonly containerType: 'sandbox' | 'container' | null;
  /** Id of the sandbox. */
  readonly sandboxId: string | null;
  /** The image, as it was asked for. */
  readonly image: string | null;
}

/** The `config.json` of an OCI bundle: what the runtime was told to start. */
export interface BundleConfig {
  /** What the annotations say of the pod; all null in a container of none. */
  readonly pod: BundlePod;
  /** All annotations. */
  readonly annotations: ReadonlyMap<string, string>;
  /** Environment of the first process, in order. */
  readonly environment: readonly BundleVariable[];
  /** The first process and its arguments. */
  readonly args: readonly string[];
  /** The mounts. */
  readonly mounts: readonly BundleMount[];
  /** Path of the control group, or `slice:prefix:name` for systemd; null where there is none. */
  readonly cgroupsPath: string | null;
  /** A limit cut a list: 65,536 variables, arguments, annotations, mounts. */
  readonly truncated: boolean;
}

const MOST = 65_536;

function toType(value: string | null): BundlePod['containerType'] {
  return value === 'sandbox' || value === 'container' ? value : null;
}

function labelsIn(text: string | undefined): ReadonlyMap<string, string> {
  try {
    return toTextMap(JSON.parse(text ?? '{}'), MOST);
  } catch {
    return new Map();
  }
}

function withoutSandboxName(pod: BundlePod): BundlePod {
  return pod.containerType === 'sandbox' ? { ...pod, containerName: null } : pod;
}

/**
 * @internal What kubelet's labels say of the pod.
 *
 * Source: kubernetes, staging/src/k8s.io/kubelet/pkg/types/labels.go.
 */
export function podByLabels(of: (label: string) => string | null): BundlePod {
  return {
    podUid: of('io.kubernetes.pod.uid'),
    namespace: of('io.kubernetes.pod.namespace'),
    podName: of('io.kubernetes.pod.name'),
    containerName: of('io.kubernetes.container.name'),
    containerType: null,
    sandboxId: null,
    image: null,
  };
}

/**
 * CRI-O makes labels and annotations of a pod annotations of the bundle. Kubelet's own keys are safe in its list of labels,
 * where kubelet has overwritten those of whoever wrote the pod.
 */
function podByCrio(annotations: ReadonlyMap<string, string>): BundlePod {
  const own = (name: string): string | null => toText(annotations.get(`io.kubernetes.cri-o.${name}`));
  const labels = labelsIn(annotations.get('io.kubernetes.cri-o.Labels'));
  const pod = podByLabels((label) => toText(labels.get(label) ?? annotations.get(label)));
  return withoutSandboxName({
    ...pod,
    containerType: toType(own('ContainerType')),
    sandboxId: own('SandboxID'),
    image: own('ImageName') ?? own('Image'),
  });
}

function podByContainerd(annotations: ReadonlyMap<string, string>): BundlePod {
  const own = (name: string): string | null => toText(annotations.get(`io.kubernetes.cri.${name}`));
  return {
    podUid: own('sandbox-uid'),
    namespace: own('sandbox-namespace'),
    podName: own('sandbox-name'),
    containerName: own('container-name'),
    containerType: toType(own('container-type')),
    sandboxId: own('sandbox-id'),
    image: own('image-name'),
  };
}

/** @internal Reads `NAME=value`. */
export function parseVariable(text: string): BundleVariable {
  const bytes = Buffer.from(text);
  const equals = bytes.indexOf('=');
  return { name: equals < 0 ? null : bytes.subarray(0, equals), value: bytes.subarray(equals + 1) };
}

function toMounts(value: unknown): BundleMount[] {
  return toArray(value, MOST).flatMap((one) => {
    const { destination, source, type, options } = toObject(one);
    if (typeof destination !== 'string') return [];
    return [{ destination, source: toText(source), type: toText(type), options: toTexts(options, MOST) }];
  });
}

function isCut(...lists: readonly unknown[]): boolean {
  return lists.some((list) => (Array.isArray(list) ? list : Object.keys(toObject(list))).length > MOST);
}

/** Which runtime's annotations these are; null when they are none's. */
export function runtimeOf(annotations: ReadonlyMap<string, string>): ContainerRuntime | null {
  const keys = [...annotations.keys()];
  if (keys.some((key) => key.startsWith('io.kubernetes.cri-o.'))) {
    return annotations.get('io.container.manager') === 'libpod' ? 'podman' : 'cri-o';
  }
  return keys.some((key) => key.startsWith('io.kubernetes.cri.')) ? 'containerd' : null;
}

/**
 * Reads the `config.json` of a bundle; what is of another type than the specification has is left out.
 *
 * Source: runtime-spec, config.md; containerd, internal/cri/annotations/annotations.go; cri-o, pkg/annotations.
 */
export function readBundleConfig(config: JsonObject): BundleConfig {
  const { env, args } = toObject(config['process']);
  const annotations = toTextMap(config['annotations'], MOST);
  const byCrio = runtimeOf(annotations) === 'cri-o';
  return {
    pod: byCrio ? podByCrio(annotations) : podByContainerd(annotations),
    annotations,
    environment: toTexts(env, MOST).map(parseVariable),
    args: toTexts(args, MOST),
    mounts: toMounts(config['mounts']),
    cgroupsPath: toText(toObject(config['linux'])['cgroupsPath']),
    truncated: isCut(env, args, config['mounts'], config['annotations']),
  };
}
