/** What the exit codes mean: README.md, "Exit codes". */
export const EXIT = {
  done: 0,
  found: 1,
  usage: 2,
  noTarget: 3,
  denied: 4,
  incomplete: 5,
  bug: 70,
  notExecutable: 126,
  notFound: 127,
} as const;

const BY_CODE: Record<string, number> = {
  ERR_INVALID_ARG_VALUE: EXIT.usage,
  ERR_TARGET_UNKNOWN: EXIT.noTarget,
  ERR_TARGET_AMBIGUOUS: EXIT.noTarget,
  ESRCH: EXIT.noTarget,
  EINVAL: EXIT.noTarget,
  ENOENT: EXIT.noTarget,
  ENOTDIR: EXIT.noTarget,
  ENAMETOOLONG: EXIT.noTarget,
  EACCES: EXIT.denied,
  EPERM: EXIT.denied,
  EXDEV: EXIT.denied,
  ENOSPC: EXIT.incomplete,
  ENOSYS: EXIT.incomplete,
  ENODEV: EXIT.incomplete,
  ECHILD: EXIT.incomplete,
  EUSERS: EXIT.incomplete,
  ETIMEDOUT: EXIT.incomplete,
  EDEADLK: EXIT.incomplete,
  EBUSY: EXIT.incomplete,
  EAGAIN: EXIT.incomplete,
  EMFILE: EXIT.incomplete,
  ENFILE: EXIT.incomplete,
  ENOMEM: EXIT.incomplete,
  EIO: EXIT.incomplete,
  ERR_ENCRYPTION_CONFIGURATION: EXIT.usage,
  ERR_ETCD_UNREACHABLE: EXIT.noTarget,
  ERR_ETCD_CERTIFICATE: EXIT.denied,
  ERR_ETCD_REFUSED: EXIT.denied,
  ERR_ETCD_DENIED: EXIT.denied,
  ERR_API_UNREACHABLE: EXIT.noTarget,
  ERR_API_CERTIFICATE: EXIT.denied,
  ERR_API_REFUSED: EXIT.denied,
  ERR_API_DENIED: EXIT.denied,
};

/** Errors about what others answered or wrote. */
const SERVICES = new Set(['ApiError', 'CriError', 'EtcdError', 'RecordError']);

/** Exit code for an error, by its `code`: whatever else a system call answers is no bug, but an answer that is missing. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof Error) || !('code' in error)) return EXIT.bug;
  const known = Object.hasOwn(BY_CODE, String(error.code)) ? BY_CODE[String(error.code)] : undefined;
  return known ?? ('syscall' in error || SERVICES.has(error.name) ? EXIT.incomplete : EXIT.bug);
}
