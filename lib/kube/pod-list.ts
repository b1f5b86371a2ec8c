import type { VolumeKind } from '../mounts/volume-path.ts';
import type { CgroupContainer, ContainerRuntime, QosClass } from './cgroup-path.ts';
import type { Finding } from './finding.ts';

/** A process of a container. */
export interface ListedProcess {
  /** Process id, as this process sees it. */
  readonly pid: number;
  /** The parent, which is of the container or, as a shim, outside of it; 0 where it is in no pid namespace of this process. */
  readonly parentPid: number;
  /** What it calls itself: at most 15 bytes. */
  readonly comm: string;
  /** Clock ticks from boot to its start; with the pid, its identity. */
  readonly startTime: bigint;
  /** It has exited, and waits for its parent. */
  readonly zombie: boolean;
  /** Effective user id, as this process's user namespace has it; null where it may not be read. */
  readonly uid: number | null;
  /**
   * Names of variables that it was started with and that are called as credentials are, at most 64. Null when they were not
   * asked for, may not be read, or were written over.
   */
  readonly secretVariables: readonly string[] | null;
}

/** A secret volume, where a container has it. */
export interface ListedVolume {
  /** Of one Secret, or projected from several sources. */
  readonly kind: VolumeKind;
  /** Name of the volume in the pod. */
  readonly volume: string;
  /** Whose it is: another's than the container's own, where that has the directories of kubelet. */
  readonly podUid: string;
  /** Where the container has it. */
  readonly containerPath: Buffer;
  /** Only a file or directory of it is mounted, which never follows an update. */
  readonly subPath: boolean;
}

/** A container and its processes. */
export interface ListedContainer {
  /** Name of the container in the pod; null for a sandbox, and where it is not known. */
  readonly name: string | null;
  /** Id of the container; null for processes in the group of a pod itself, and where it is not known. */
  readonly id: string | null;
  /** Which program made it. */
  readonly runtime: ContainerRuntime | null;
  /** It holds the pod's namespaces, and runs `pause`; null where that is not known. */
  readonly sandbox: boolean | null;
  /** The image, as it was asked for. */
  readonly image: string | null;
  /** Its first process is in another user namespace than this process: ids are not those of users here. Null: not known. */
  readonly ownUserNamespace: boolean | null;
  /** Null when they were not asked for, or its mounts could not be read. A sandbox has none. */
  readonly secretVolumes: readonly ListedVolume[] | null;
  /** By their start. */
  readonly processes: readonly ListedProcess[];
  /** What was not as it should be. */
  readonly findings: readonly Finding[];
}

/** A pod and its containers. */
export interface ListedPod {
  /** Null where only the uid is known. */
  readonly namespace: string | null;
  /** Null where only the uid is known. */
  readonly name: string | null;
  /** Uid of the pod. */
  readonly uid: string;
  /** How kubelet ranks it when memory is short. */
  readonly qosClass: QosClass | null;
  /** Whether it comes from a file of the node. */
  readonly staticPod: boolean | null;
  /** The container that is the node of the pod (kind, minikube): what is known of the pod is what it says. */
  readonly node: CgroupContainer | null;
  /** That they are of this pod is said by their mounts alone, which whoever may mount there can forge. */
  readonly byMountsAlone: boolean;
  /** The sandbox first, then by name. */
  readonly containers: readonly ListedContainer[];
}

/** The pods, containers and processes of this node. */
export interface PodList {
  /** By namespace and name. */
  readonly pods: readonly ListedPod[];
  /** Those that are in no pod. */
  readonly containers: readonly ListedContainer[];
  /** How many processes are of no container. */
  readonly other: {
    /** Of the host, helpers of runtimes included. */
    readonly host: number;
    /** Kernel threads. */
    readonly kernelThreads: number;
    /** Exited ones of which the kernel no longer says where they were. */
    readonly zombies: number;
    /** What can be seen does not tell. */
    readonly unknown: number;
  };
  /** What was not as it should be, and is not of one container. */
  readonly findings: readonly Finding[];
}
