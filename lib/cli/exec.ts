import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { RawTerminal } from '../exec/raw-terminal.ts';
import { execIn } from '../exec.ts';
import type { ExecExit, ExecOptions, ExecutedProcess, NamespaceName } from '../index.ts';
import { complain } from './complaint.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import { parseMilliseconds } from './number.ts';
import type { OutputOptions } from './output.ts';
import { openTarget } from './target.ts';

/** Signals that go on to the command; with a terminal, SIGWINCH as its new size. */
export const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const;

/** How long output may stay away, once the command has ended, before what is left of its streams is given up. */
const SILENCE = 100;

function toExecOptions(options: OutputOptions): ExecOptions {
  const { namespaces, timeout, hostBinary } = options;
  return {
    ...(typeof namespaces === 'string' ? { namespaces: namespaces.split(',') as NamespaceName[] } : {}),
    ...(typeof timeout === 'string' ? { timeout: parseMilliseconds('--timeout', timeout) } : {}),
    ...(typeof hostBinary === 'string' ? { hostBinary } : {}),
    ...(options['tty'] === true ? { tty: terminalSize() } : {}),
  };
}

function terminalSize(): { columns: number; rows: number } {
  const { columns = 80, rows = 24 } = process.stdout;
  return { columns, rows };
}

/** Hands signals on to the command; gives what ends that. */
function forwardSignals(command: ExecutedProcess, terminal: boolean): () => void {
  const forward = (signal: NodeJS.Signals): void => {
    const { columns, rows } = terminalSize();
    if (terminal && signal === 'SIGWINCH') command.resize(columns, rows);
    else command.kill(signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  return () => {
    for (const signal of FORWARDED) process.off(signal, forward);
  };
}

/** Passes every key on as it is; gives what makes the terminal as it was, which is also done when this program ends early. */
function makeRaw(): () => void {
  if (process.stdin.isTTY !== true) return () => undefined;
  const terminal = new RawTerminal(process.stdin.fd);
  const restore = (): void => terminal.restore();
  process.once('exit', restore);
  return () => {
    process.off('exit', restore);
    restore();
  };
}

/** So many milliseconds, or until the stream has closed. */
function pause(stream: Readable, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      stream.off('close', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    stream.once('close', done);
  });
}

/** The end of a stream, or the moment from which nothing more comes although whoever reads it is ready. */
async function untilSilent(stream: Readable | null, sink: NodeJS.WriteStream): Promise<void> {
  let heard = true;
  stream?.on('data', () => (heard = true));
  while (stream?.closed === false && (heard || sink.writableNeedDrain || stream.readableLength > 0)) {
    heard = false;
    await pause(stream, SILENCE);
  }
  stream?.destroy();
}

async function attend(command: ExecutedProcess): Promise<ExecExit> {
  const { stdin, stdout, stderr } = command;
  // who does not read what is typed has a right to
  stdin?.on('error', () => undefined);
  if (stdin !== null) process.stdin.pipe(stdin);
  stdout?.pipe(process.stdout, { end: false });
  stderr?.pipe(process.stderr, { end: false });
  try {
    const exit = await command.exit;
    await Promise.all([untilSilent(stdout, process.stdout), untilSilent(stderr, process.stderr)]);
    return exit;
  } finally {
    process.stdin.destroy();
  }
}

function toExitCode({ code, signal }: ExecExit): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

/** Exit codes of shells: 127 there is no such program, 126 it cannot be executed. */
function failedExecution(error: unknown): number | null {
  if (!(error instanceof Error) || !('syscall' in error) || error.syscall !== 'execve') return null;
  return 'code' in error && error.code === 'ENOENT' ? EXIT.notFound : EXIT.notExecutable;
}

async function run(command: ExecutedProcess, terminal: boolean): Promise<number> {
  const stopForwarding = forwardSignals(command, terminal);
  const restore = terminal ? makeRaw() : () => undefined;
  try {
    return toExitCode(await attend(command));
  } finally {
    restore();
    stopForwarding();
  }
}

async function start(
  target: string,
  argv: readonly string[],
  execOptions: ExecOptions,
  options: OutputOptions,
): Promise<ExecutedProcess> {
  await using held = await openTarget(target, options);
  return await execIn(held, argv, execOptions);
}

/** `podprobe exec`. */
export async function runExec(target: string, argv: readonly string[], options: OutputOptions): Promise<number> {
  try {
    const execOptions = toExecOptions(options);
    return await run(await start(target, argv, execOptions, options), execOptions.tty !== undefined);
  } catch (error) {
    const code = failedExecution(error) ?? exitCodeOf(error);
    complain(error, code);
    return code;
  }
}
