import type { StoredObject } from './objects.ts';

/** A Secret or a ConfigMap, and what of it is used. */
export interface ObjectUse {
  readonly of: 'secret' | 'configMap';
  readonly name: string;
  /** Of a variable its key; of a volume the keys that are chosen, none where it has all. */
  readonly keys: readonly string[];
  /** The pod starts without it, too. */
  readonly optional: boolean;
}

/** A variable, as the pod's manifest has it. */
export interface PodVariable {
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
  readonly prefix: string;
  readonly from: ObjectUse;
}

/** A volume in a container. */
export interface PodMount {
  readonly volume: string;
  readonly mountPath: string;
  /** Empty where the whole volume is mounted. What is mounted by it is never updated. */
  readonly subPath: string;
  readonly readOnly: boolean;
}

/** A container, with its status. */
export interface PodContainer {
  readonly name: string;
  readonly type: 'container' | 'init' | 'ephemeral';
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly PodVariable[];
  readonly envFrom: readonly PodVariables[];
  readonly mounts: readonly PodMount[];
  /** Such as `containerd://<64 hex digits>`; null where it has not run. */
  readonly containerId: string | null;
  readonly restartCount: number;
  /** When it began to run; null where it does not. */
  readonly startedAt: Date | null;
}

/** A volume of a pod. */
export interface PodVolume {
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
  readonly apiVersion: 'v1';
  readonly kind: 'Pod';
  /** Empty where it has none yet. */
  readonly nodeName: string;
  readonly serviceAccountName: string;
  readonly hostNetwork: boolean;
  readonly hostPID: boolean;
  readonly hostIPC: boolean;
  /** Empty where there is none yet. */
  readonly phase: string;
  readonly startTime: Date | null;
  readonly imagePullSecrets: readonly string[];
  readonly containers: readonly PodContainer[];
  readonly volumes: readonly PodVolume[];
}

/** Whether an object is a Pod. */
export function isPod(object: StoredObject | null): object is StoredPod {
  return object?.apiVersion === 'v1' && object.kind === 'Pod';
}
