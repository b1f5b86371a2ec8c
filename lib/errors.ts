import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

/** For those that libuv does not know, such as ENOEXEC. */
function describeNumber(errno: number): [code: string, description: string] {
  const [code] = Object.entries(constants.errno).find(([, number]) => number === -errno) ?? [`E${-errno}`];
  return [code, code === 'ENOEXEC' ? 'exec format error' : 'unknown error'];
}

/** What the addon tells of a failed system call. */
export interface SystemErrorRecord {
  /** Negative, as in `node:fs`. */
  readonly errno: number;
  /** The system call. */
  readonly syscall: string;
  /** The file; empty when there is none. */
  readonly path: string;
  /** What errno does not say; may be empty. */
  readonly detail: string;
}

/**
 * A system call that failed. Reads like an error of `node:fs`; recognise it by `code`.
 *
 * The codes, what each means and what to do: docs/errors.md.
 */
export class SystemError extends Error {
  /** Always `'SystemError'`. */
  override readonly name = 'SystemError';
  /** Name of the error, such as `'ESRCH'`. */
  readonly code: string;
  /** Negative error number. */
  readonly errno: number;
  /** The system call, such as `'pidfd_open'`. */
  readonly syscall: string;
  /** The file, when there is one. */
  declare readonly path?: string;
  /** The process that was asked for. */
  declare readonly pid?: number;

  constructor(record: SystemErrorRecord, pid?: number, hint = '') {
    const [code, description] = getSystemErrorMap().get(record.errno) ?? describeNumber(record.errno);
    const on = record.path !== '' ? ` '${record.path}'` : pid !== undefined ? ` (pid ${pid})` : '';
    const more = [record.detail, hint].filter((part) => part !== '').join('. ');
    super(`${code}: ${description}, ${record.syscall}${on}${more === '' ? '' : `: ${more}`}`);
    this.code = code;
    this.errno = record.errno;
    this.syscall = record.syscall;
    if (record.path !== '') this.path = record.path;
    if (pid !== undefined) this.pid = pid;
  }
}

/** A name that leads to no process, or to several. Recognise it by `code`. */
export class TargetError extends Error {
  /** Always `'TargetError'`. */
  override readonly name = 'TargetError';
  /** Whether there is none, or more than one. */
  readonly code: 'ERR_TARGET_UNKNOWN' | 'ERR_TARGET_AMBIGUOUS';
  /** What there is instead, or what could be meant: each can be given in its place. */
  readonly candidates: readonly string[];

  constructor(code: TargetError['code'], message: string, candidates: readonly string[]) {
    super(message);
    this.code = code;
    this.candidates = candidates;
  }
}

/** An argument that cannot be used. Recognise it by `code`. */
export class UsageError extends TypeError {
  /** Always `'UsageError'`. */
  override readonly name = 'UsageError';
  /** As Node's own errors of this kind. */
  readonly code = 'ERR_INVALID_ARG_VALUE';
  /** The argument or option. */
  readonly option: string;

  constructor(option: string, problem: string) {
    super(`${option} ${problem}`);
    this.option = option;
  }
}
