import { UsageError } from '../errors.ts';
import type { NativeExecRequest } from '../native.ts';
import { checkMilliseconds } from '../options.ts';

/** A kind of namespace, by its name in /proc/PID/ns. */
export type NamespaceName = 'user' | 'cgroup' | 'ipc' | 'uts' | 'net' | 'pid' | 'time' | 'mnt';

/** What becomes of one of the command's 0, 1 and 2: a stream, or /dev/null. */
export type ExecStdio = 'pipe' | 'ignore';

/** How many characters a terminal shows. */
export interface TerminalSize {
  /** In a line. */
  readonly columns: number;
  /** Lines. */
  readonly rows: number;
}

/** What {@link execIn} can be told. */
export interface ExecOptions {
  /**
   * Join only these, and stay who and what we are otherwise, as nsenter(1) does. Default: be as the container, in all of
   * its namespaces.
   */
  readonly namespaces?: readonly NamespaceName[];
  /**
   * Variables on top of those of the container's first process (with `namespaces`: of this process), and in place of those
   * of the same name.
   */
  readonly env?: Readonly<Record<string, string>>;
  /** Directory of the container to run in. Default: that of the process; with `namespaces`, the root when mnt is joined. */
  readonly cwd?: string;
  /** A new terminal of the container's devpts, of this size (`true`: 80 by 24); stderr is then null. Default: none. */
  readonly tty?: boolean | TerminalSize;
  /** Kills the command's process group when it is aborted; `exit` then rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which the command's process group is killed; `exit` then rejects with `ETIMEDOUT`. Default: none. */
  readonly timeout?: number;
  /**
   * A static program of this host to run in place of `argv[0]`, which it is called by: a copy in memory, so that the image
   * needs no program, and the container cannot change the host's.
   */
  readonly hostBinary?: string;
  /** For all three, or for each of stdin, stdout, stderr. Default: `'pipe'`. */
  readonly stdio?: ExecStdio | readonly [ExecStdio, ExecStdio, ExecStdio];
}

/** Bits of native/nsexec/protocol.h. */
const BITS: Record<NamespaceName, number> = {
  user: 1,
  cgroup: 2,
  ipc: 4,
  uts: 8,
  net: 16,
  pid: 32,
  time: 64,
  mnt: 128,
};

const ALL = Object.values(BITS).reduce((sum, bit) => sum | bit, 0);
const LONGEST_TIMEOUT = 0x7fff_ffff;
const LONGEST_START = 10_000;
const LARGEST_SIZE = 0xffff;

function isPlain(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0');
}

function checkText(option: string, value: unknown): string {
  if (isPlain(value) && value !== '') return value;
  throw new UsageError(option, 'must be a string that is not empty, without NUL');
}

function checkArguments(argv: readonly string[]): readonly string[] {
  if (!Array.isArray(argv) || argv.length === 0) throw new UsageError('argv', 'must be an array that is not empty');
  if (!argv.every(isPlain)) throw new UsageError('argv', 'must hold strings without NUL');
  checkText('argv[0]', argv[0]);
  return argv;
}

function checkNamespaces(names: readonly NamespaceName[] | undefined): number {
  if (names === undefined) return ALL;
  if (!Array.isArray(names) || names.length === 0)
    throw new UsageError('namespaces', 'must be an array that is not empty');
  let bits = 0;
  for (const name of names as readonly NamespaceName[]) {
    if (!Object.hasOwn(BITS, name))
      throw new UsageError('namespaces', `must be of ${Object.keys(BITS).join(', ')}, not '${name}'`);
    bits |= BITS[name];
  }
  return bits;
}

function checkVariables(env: Readonly<Record<string, string>> | undefined): Record<string, string> {
  if (env === undefined) return {};
  if (typeof env !== 'object' || env === null) throw new UsageError('env', 'must be an object');
  for (const [name, value] of Object.entries(env)) {
    if (name === '' || name.includes('=') || !isPlain(name))
      throw new UsageError('env', 'has a name that is empty, or with = or NUL');
    if (!isPlain(value)) throw new UsageError('env', `must hold strings without NUL: ${name} is none`);
  }
  return { ...env };
}

/** Throws a UsageError unless this can be the size of a terminal. */
export function checkSize(option: string, { columns, rows }: TerminalSize): readonly [number, number] {
  for (const number of [columns, rows]) {
    if (!Number.isInteger(number) || number < 0 || number > LARGEST_SIZE)
      throw new UsageError(option, `must have columns and rows from 0 to ${LARGEST_SIZE}`);
  }
  return [columns, rows];
}

function checkTerminal(tty: unknown): readonly [number, number] | null {
  if (tty === undefined || tty === false) return null;
  if (tty === true) return [80, 24];
  if (typeof tty !== 'object' || tty === null)
    throw new UsageError('tty', 'must be a boolean, or have columns and rows');
  return checkSize('tty', tty as TerminalSize);
}

function checkStdio(stdio: ExecOptions['stdio'], terminal: boolean): readonly [boolean, boolean, boolean] {
  const kinds: readonly unknown[] = Array.isArray(stdio) ? stdio : Array.from({ length: 3 }, () => stdio ?? 'pipe');
  if (kinds.length !== 3 || !kinds.every((kind) => kind === 'pipe' || kind === 'ignore'))
    throw new UsageError('stdio', "must be 'pipe' or 'ignore', or three of them");
  const [stdin, stdout, stderr] = kinds.map((kind) => kind === 'pipe') as [boolean, boolean, boolean];
  return [stdin, stdout, stderr && !terminal];
}

/** The request for the addon. Throws a UsageError where an argument cannot be used. */
export function toRequest(argv: readonly string[], options: ExecOptions): NativeExecRequest {
  if (typeof options !== 'object' || options === null) throw new UsageError('options', 'must be an object');
  const { namespaces, signal, timeout, cwd, hostBinary } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new UsageError('signal', 'must be an AbortSignal');
  if (timeout !== undefined) checkMilliseconds('timeout', timeout, LONGEST_TIMEOUT);
  const base = namespaces === undefined ? {} : process.env;
  const terminal = checkTerminal(options.tty);
  return {
    arguments: checkArguments(argv),
    variables: Object.entries({ ...base, ...checkVariables(options.env) }).map(([name, value]) => `${name}=${value}`),
    cwd: cwd === undefined ? null : checkText('cwd', cwd),
    asContainer: namespaces === undefined,
    namespaces: checkNamespaces(namespaces),
    terminal,
    piped: checkStdio(options.stdio, terminal !== null),
    hostBinary: hostBinary === undefined ? '' : checkText('hostBinary', hostBinary),
    startTimeout: Math.min(timeout ?? LONGEST_START, LONGEST_START),
  };
}
