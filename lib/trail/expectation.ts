/** A variable of a container whose value comes from the Secret. */
export interface ExpectedVariable {
  /** Of the variable. */
  readonly name: string;
  /** Keys of the Secret that are in its value. */
  readonly keys: readonly string[];
  /** Its value is more than the value of one key, as of `$(USER):$(PASSWORD)`. */
  readonly derived: boolean;
  /**
   * Nothing else than the Secret's version decides what it is. False where it may also be left out or set to something else:
   * by kubelet's version, or by an object that is not known, or may have changed since.
   */
  readonly certain: boolean;
  /** What it is under each version of the Secret, in their order; null where it is not set under that version, or not known. */
  readonly values: readonly (Buffer | null)[];
}

/** A volume, or a part of one, with the Secret in it. */
export interface ExpectedMount {
  /** Name of the volume in the pod. */
  readonly volume: string;
  /** In the container. */
  readonly mountPath: string;
  /** Empty where the whole volume is mounted. Variables of `subPathExpr` stand in it as they are written. */
  readonly subPath: string;
  /** Key of the Secret by path in the volume; of a projected volume only this Secret's. All keys that any version has. */
  readonly keys: ReadonlyMap<string, string>;
  /** All of the volume is this Secret's, each key by its own name: also a path that no known version has. */
  readonly whole: boolean;
}

/** Where a container should have the Secret, by what the pod asks for. */
export interface ExpectedContainer {
  /** Of the pod. */
  readonly podUid: string;
  /** Of the pod. */
  readonly namespace: string;
  /** Of the pod. */
  readonly pod: string;
  /** Name of the container in the pod. */
  readonly container: string;
  /** Id without its runtime; null where it has not run. */
  readonly containerId: string | null;
  /** When it began to run, as kubelet told; null where it does not. */
  readonly startedAt: Date | null;
  /** What the pod belongs to, such as `deployment/payments`; null where it belongs to nothing. */
  readonly owner: string | null;
  /** Variables by name. */
  readonly variables: readonly ExpectedVariable[];
  /** Mounts of volumes. */
  readonly mounts: readonly ExpectedMount[];
}
