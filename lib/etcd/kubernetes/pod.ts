import type { StoredObject } from './objects.ts';

/** A Secret or a ConfigMap, and what of it is used. */
export interface ObjectUse {
  /** Which of the two. */
  readonly of: 'secret' | 'configMap';
  /** In the namespace of the pod. */
  readonly name: string;
  /** Of a variable its key; of a volume the keys that are chosen, none where it has all. */
  readonly keys: readonly string[];
  /** Of a volume: where in it each of `keys` is, in their order; of a variable none. */
  readonly paths: readonly string[];
  /** The pod starts without it, too. */
  readonly optional: boolean;
}

/** A variable, as the pod's manifest has it. */
export interface PodVariable {
  /** Of the variable. */
  readonly name: string;
  /** As it is written, `$(NAME)` not replaced; null where it comes from elsewhere. It may be secret. */
  readonly value: string | null;
  /** Where its value comes from, if that is a Secret or ConfigMap. */
  readonly from: ObjectUse | null;
  /** Path of a field of the pod that it takes its value from; null where it takes none. */
  readonly fieldPath: string | null;
}

/** All keys of a Secret or ConfigMap as variables. */
export interface PodVariables {
  /** Put before each key; mostly empty. */
  readonly prefix: string;
  /** The object. */
  readonly from: ObjectUse;
}

/** A volume in a container. */
export interface PodMount {
  /** Name of the volume. */
  readonly volume: string;
  /** In the container. */
  readonly mountPath: string;
  /** Empty where the whole volume is mounted. What is mounted by it is never updated. */
  readonly subPath: string;
  /** `subPath` is of `subPathExpr`: `$(NAME)` in it stands for a variable of the container. */
  readonly subPathExpands: boolean;
  /** The container may not write. */
  readonly readOnly: boolean;
}

/** A container, with its status. */
export interface PodContainer {
  /** In the pod. */
  readonly name: string;
  /** When it runs. */
  readonly type: 'container' | 'init' | 'ephemeral';
  /** As the manifest has it. */
  readonly image: string;
  /** Empty where the image decides. */
  readonly command: readonly string[];
  /** Empty where the image decides. */
  readonly args: readonly string[];
  /** Variables one by one. */
  readonly env: readonly PodVariable[];
  /** Variables by the whole object. */
  readonly envFrom: readonly PodVariables[];
  /** Volumes in it. */
  readonly mounts: readonly PodMount[];
  /** Such as `containerd://<64 hex digits>`; null where it has not run. */
  readonly containerId: string | null;
  /** How often it was started again. */
  readonly restartCount: number;
  /** When it began to run; null where it does not. */
  readonly startedAt: Date | null;
}

/** A volume of a pod. */
export interface PodVolume {
  /** In the pod. */
  readonly name: string;
  /** Secrets and ConfigMaps in it. */
  readonly from: readonly ObjectUse[];
  /** Driver of CSI; null where it is none. */
  readonly csiDriver: string | null;
  /** Secret that the driver is given; null where it is given none. */
  readonly csiSecret: string | null;
}

/** A Pod: who it is, where it runs, and what it takes from Secrets and ConfigMaps. */
export interface StoredPod extends StoredObject {
  /** Of the core group. */
  readonly apiVersion: 'v1';
  /** Always `Pod`. */
  readonly kind: 'Pod';
  /** Empty where it has none yet. */
  readonly nodeName: string;
  /** Empty where it has none. */
  readonly serviceAccountName: string;
  /** It is in the node's network namespace. */
  readonly hostNetwork: boolean;
  /** It is in the node's pid namespace. */
  readonly hostPID: boolean;
  /** It is in the node's ipc namespace. */
  readonly hostIPC: boolean;
  /** Empty where there is none yet. */
  readonly phase: string;
  /** When kubelet took it; null before. */
  readonly startTime: Date | null;
  /** Names of Secrets. */
  readonly imagePullSecrets: readonly string[];
  /** Init, usual and ephemeral ones, in this order. */
  readonly containers: readonly PodContainer[];
  /** In their order. */
  readonly volumes: readonly PodVolume[];
}

/** Whether an object is a Pod. */
export function isPod(object: StoredObject | null): object is StoredPod {
  return object?.apiVersion === 'v1' && object.kind === 'Pod';
}
