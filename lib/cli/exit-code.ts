/** What the exit codes mean: README.md, "Exit codes". */
export const EXIT = {
  done: 0,
  found: 1,
  usage: 2,
  noTarget: 3,
  denied: 4,
  incomplete: 5,
  bug: 70,
} as const;

const BY_CODE: Record<string, number> = {
  ERR_INVALID_ARG_VALUE: EXIT.usage,
  ESRCH: EXIT.noTarget,
  EINVAL: EXIT.noTarget,
  ENOENT: EXIT.noTarget,
  ENOTDIR: EXIT.noTarget,
  EACCES: EXIT.denied,
  EPERM: EXIT.denied,
  ETIMEDOUT: EXIT.incomplete,
  EDEADLK: EXIT.incomplete,
  EBUSY: EXIT.incomplete,
  EAGAIN: EXIT.incomplete,
  EMFILE: EXIT.incomplete,
  ENFILE: EXIT.incomplete,
  ENOMEM: EXIT.incomplete,
  EIO: EXIT.incomplete,
  ELOOP: EXIT.incomplete,
  ENOSPC: EXIT.incomplete,
  ENOSYS: EXIT.incomplete,
  ENOTSUP: EXIT.incomplete,
};

/** Exit code for an error, by its `code`. */
export function exitCodeOf(error: unknown): number {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return (Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined) ?? EXIT.bug;
}
