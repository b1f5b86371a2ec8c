import type { Finding } from '../kube/finding.ts';

/** Where on this node a value was seen. */
export type Place = 'bundle' | 'initial' | 'live' | 'commandLine' | 'volume' | 'subPath' | 'openFile';

/** What to look for on this node. */
export interface ScanRequest {
  /** Values, each once; a sighting names them by their number. Secret. */
  readonly values: readonly Buffer[];
  /** Numbers of the values that are proof by themselves, wherever they are; the others count only where they are asked for. */
  readonly distinctive: ReadonlySet<number>;
  /** Names of variables that are told of each process of a container, by the container's id, whatever their value. */
  readonly variables: ReadonlyMap<string, readonly string[]>;
}

/** A variable that was asked for, or anything in which a value was seen. */
export interface Sighting {
  /** Where. */
  readonly place: Place;
  /** Name of the variable; path of the file; number of the argument. As text, bytes that are none replaced; at most 4,096. */
  readonly name: string;
  /** Number of the value; null where a variable or file that was asked for holds none of them. */
  readonly value: number | null;
  /** It is the value, not something longer that contains it. */
  readonly whole: boolean;
  /** Of a file of a volume: the generation that it is of; null where that is not known. */
  readonly generation: string | null;
  /** Of a file of a volume: that generation is no longer the volume's. Null where it is no such file, or not known. */
  readonly removed: boolean | null;
  /** Of an open file: `fd/7`, or `map`; null of all else. */
  readonly through: string | null;
}

/** A part of a process that could not be read. */
export interface UnreadPlace {
  /** Which. */
  readonly place: Place;
  /** Why, in words, with nothing secret. */
  readonly reason: string;
}

/** A process, and what was seen in it. */
export interface ScannedProcess {
  /** Process id. */
  readonly pid: number;
  /** Of the parent. */
  readonly parentPid: number;
  /** Clock ticks from boot to its start; with the pid, its identity. */
  readonly startTime: bigint;
  /** When it was started, by this node's clock. */
  readonly startedAt: Date;
  /** At most 15 bytes. */
  readonly comm: string;
  /** Id of its container; null for none. */
  readonly containerId: string | null;
  /** What was seen. Empty is not the same as nothing there, where something could not be read. */
  readonly sightings: readonly Sighting[];
  /** What could not be read. */
  readonly unread: readonly UnreadPlace[];
}

/** A file of a secret volume in a container. */
export interface ScannedFile {
  /** `volume`, or `subPath`. */
  readonly place: 'volume' | 'subPath';
  /** Name of the volume in the pod. */
  readonly volume: string;
  /** Path in the volume, behind the generation; the key, if the pod gives it no other. */
  readonly path: string;
  /** Where the container has it. */
  readonly containerPath: string;
  /** The generation that it is of; null where that is not known. */
  readonly generation: string | null;
  /** That generation is no longer the volume's; null where it is not known. */
  readonly removed: boolean | null;
  /** Number of the value that it holds; null where it holds none of them. */
  readonly value: number | null;
}

/** A container, and what was seen of it apart from its processes. */
export interface ScannedContainer {
  /** Of the runtime. */
  readonly containerId: string;
  /** Variables of its OCI bundle that were asked for, or hold a value. */
  readonly bundle: readonly Sighting[];
  /** Files of its secret volumes, all of them. */
  readonly files: readonly ScannedFile[];
  /** What could not be read. */
  readonly unread: readonly UnreadPlace[];
  /** What was not as it should be. */
  readonly findings: readonly Finding[];
}

/** All that was seen on this node. */
export interface Scan {
  /** By pid. */
  readonly processes: readonly ScannedProcess[];
  /** Those with a container id, in pods or not. */
  readonly containers: readonly ScannedContainer[];
  /** What was not as it should be, and is not of one process or container. */
  readonly findings: readonly Finding[];
}
