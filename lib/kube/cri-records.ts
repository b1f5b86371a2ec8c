import type { BundleMount, BundleVariable } from './bundle-config.ts';

/** A sandbox of a pod, as the runtime tells of it. */
export interface CriSandbox {
  /** Whole. */
  readonly id: string;
  /** Name of the pod. */
  readonly podName: string;
  /** Uid of the pod. */
  readonly podUid: string;
  /** Namespace of the pod. */
  readonly namespace: string;
  /** How many sandboxes the pod had before. */
  readonly attempt: number;
  /** Whether it can have containers. */
  readonly state: 'ready' | 'not ready' | 'unknown';
  /** Nanoseconds from 1970. */
  readonly createdAt: bigint;
  /** Those of kubelet, and of the pod. */
  readonly labels: ReadonlyMap<string, string>;
  /** Those of kubelet, and of the pod. */
  readonly annotations: ReadonlyMap<string, string>;
  /** By its RuntimeClass; empty for the usual one. */
  readonly runtimeHandler: string;
}

/** A container, as the runtime tells of it. */
export interface CriContainer {
  /** Whole. */
  readonly id: string;
  /** Name of the container in the pod. */
  readonly name: string;
  /** How many of it the pod had before. */
  readonly attempt: number;
  /** The image, as it was asked for. */
  readonly image: string;
  /** The image that it is, by a digest. */
  readonly imageRef: string;
  /** What it does. */
  readonly state: 'created' | 'running' | 'exited' | 'unknown';
  /** Nanoseconds from 1970. */
  readonly createdAt: bigint;
  /** Those of kubelet. */
  readonly labels: ReadonlyMap<string, string>;
  /** Those of kubelet. */
  readonly annotations: ReadonlyMap<string, string>;
}

/** A container of a list. */
export interface CriListedContainer extends CriContainer {
  /** Of its sandbox. */
  readonly sandboxId: string;
}

/** What the runtime tells of one container. */
export interface CriContainerStatus extends CriContainer {
  /** Nanoseconds from 1970, when its environment was frozen; 0 before. */
  readonly startedAt: bigint;
  /** Nanoseconds from 1970; 0 before. */
  readonly finishedAt: bigint;
  /** Of its first process. */
  readonly exitCode: number;
  /** Why it is in its state, in a word; empty where nothing is said. */
  readonly reason: string;
  /** The same, for people. */
  readonly message: string;
  /** What kubelet asked to be mounted. */
  readonly mounts: readonly CriMount[];
  /** Where its output goes. */
  readonly logPath: string;
  /** What only this runtime tells; null where it was not asked for. Holds Secrets. */
  readonly info: CriContainerInfo | null;
}

/** A mount, as kubelet asked for it. */
export interface CriMount {
  /** In the container. */
  readonly containerPath: string;
  /** On the node. */
  readonly hostPath: string;
  /** The container may not write. */
  readonly readOnly: boolean;
}

/**
 * What a runtime tells of a container when it is asked for all it knows, in a form of its own.
 *
 * Source: containerd, internal/cri/server/container_status.go; cri-o, server/container_status.go.
 */
export interface CriContainerInfo {
  /** Process id of its first process; null where it is not said. */
  readonly pid: number | null;
  /** Id of its sandbox; null where it is not said. */
  readonly sandboxId: string | null;
  /** What kubelet asked for; null where the runtime does not say (CRI-O). Of bytes that are no UTF-8 nothing is left. */
  readonly sent: readonly BundleVariable[] | null;
  /** With what the image and the runtime added; null where the runtime does not say. */
  readonly environment: readonly BundleVariable[] | null;
  /** With what the runtime added; empty where it does not say. */
  readonly mounts: readonly BundleMount[];
  /** Whether it has a terminal; null where it is not said. */
  readonly terminal: boolean | null;
}
