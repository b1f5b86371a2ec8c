import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export function here(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** The C programs of this directory, compiled into a directory that goes away. */
export class Workshop implements Disposable {
  readonly #directory = mkdtempSync(join(tmpdir(), 'podprobe-bench-'));

  compile(name: string): string {
    const program = join(this.#directory, name);
    execFileSync('cc', ['-O2', '-o', program, here(`${name}.c`)]);
    return program;
  }

  [Symbol.dispose](): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** A program that answers in lines, and ends when its standard input does. */
export class Program implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;

  constructor([program, ...args]: readonly [string, ...string[]], env: NodeJS.ProcessEnv = {}) {
    this.#child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#ended = new Promise((resolve) => this.#child.once('close', resolve).once('error', resolve));
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#child.stdin.on('error', () => {});
  }

  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`${this.#child.spawnfile} ended early`);
    return String(value);
  }

  async ask(question: string): Promise<string> {
    this.#child.stdin.write(`${question}\n`);
    return this.line();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const overdue = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    this.#child.stdin.end();
    await this.#ended;
    clearTimeout(overdue);
  }
}

/** floor.c: what a C program needs to read /proc/PID/environ, and to run another program. */
export class Floor extends Program {
  /** Microseconds that it takes to open, read and close those of all the processes, so many times. */
  async measure(rounds: number, pids: readonly number[]): Promise<number[]> {
    const answer = await this.ask(`${rounds} ${pids.join(' ')}`);
    return answer
      .trim()
      .split(' ')
      .map((nanoseconds) => Number(nanoseconds) / 1000);
  }

  /** Microseconds from the start of a program to its end. */
  async run(command: readonly string[]): Promise<number> {
    return Number(await this.ask(['run', ...command].join('\t'))) / 1000;
  }
}

/** Runs a program to its end; gives what it printed. */
export async function run(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const parts: string[] = [];
  child.stdout.setEncoding('latin1').on('data', (part: string) => parts.push(part));
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: status ${status}`);
  return parts.join('');
}
