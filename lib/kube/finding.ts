/** Something that was not as it should be, and did not end the work. */
export interface Finding {
  /** What it is, for programs; docs/guides/which-pod.md and kubelet.md list them. */
  readonly code: string;
  /** What it is, on what, and what to do, for people. Holds no value of an environment. */
  readonly message: string;
  /** The file, where it is about one. */
  readonly path?: string;
}

/** A finding in words; bytes that no terminal should get are left as they are. */
export function describeFinding({ message, path }: Finding): string {
  return path === undefined ? message : `${path}: ${message}`;
}
