/** Something that was not as it should be, and did not end the work. */
export interface Finding {
  /** What it is, for programs; docs/guides/which-pod.md and kubelet.md list them. */
  readonly code: string;
  /** What it is, on what, and what to do, for people. Holds no value of an environment. */
  readonly message: string;
  /** The file, where it is about one. */
  readonly path?: string;
}
