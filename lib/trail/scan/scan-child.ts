import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Begin, FromChild, Seen, Work } from './protocol.ts';

/** The child's program: beside this file in the sources; else bundled, as it starts in two thirds of the time of the modules. */
const PROGRAMS: Readonly<Record<string, string>> = {
  '.ts': 'child.ts',
  '.js': '../../podprobe-scan.cjs',
  '.cjs': 'podprobe-scan.cjs',
};
/** What of our own environment it needs, where it is set: nothing that can be secret. */
const PASSED_ON = ['PODPROBE_BUILD', 'NODE_V8_COVERAGE'];
const START_LIMIT = 30_000;
const LONGEST_COMPLAINT = 4096;

/** A program that the child runs, and flags of node for it. */
export interface ChildProgram {
  readonly path: string;
  readonly flags: readonly string[];
}

function ownProgram(): ChildProgram {
  const own = new URL(import.meta.url);
  const kind = own.pathname.slice(own.pathname.lastIndexOf('.'));
  const path = fileURLToPath(new URL(PROGRAMS[kind] ?? '', own));
  return { path, flags: kind === '.ts' ? ['--import', 'tsx'] : [] };
}

/** What ended a child before its work was done, in words. */
export type Loss = string;

function environmentOf(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

/**
 * The process that scans: with the values, but without our environment, command line and descriptors. It ends with this
 * process, however that ends, and can be killed at any time.
 */
export class ScanChild {
  readonly #child: ChildProcess;
  readonly #loss: Promise<Loss>;
  #seen: (seen: Seen) => void = () => undefined;
  #alive: () => void = () => undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#loss = new Promise((resolve) => {
      child.once('exit', (code, signal) =>
        resolve(signal === null ? `exited with code ${code}` : `was ended by ${signal}`),
      );
      child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    });
    child.on('message', (message: FromChild) => {
      if (message.kind === 'seen') this.#seen(message);
      else if (message.kind === 'alive') this.#alive();
    });
  }

  /** Rejects where it cannot be started, with what it said. */
  static async start({ path, flags }: ChildProgram = ownProgram()): Promise<ScanChild> {
    const child = fork(path, {
      execArgv: [...flags],
      env: environmentOf(),
      serialization: 'advanced',
      stdio: ['pipe', 'ignore', 'pipe', 'ipc'],
    });
    // a child that is gone is told by 'exit'
    child.stdin?.on('error', () => undefined);
    let complaint = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (complaint.length < LONGEST_COMPLAINT) complaint += text;
    });
    const started = new ScanChild(child);
    const overdue = setTimeout(() => child.kill('SIGKILL'), START_LIMIT);
    const loss = await Promise.race([once(child, 'message').then(() => null), started.#loss]);
    clearTimeout(overdue);
    if (loss !== null) {
      throw new Error(
        `the process that scans ${loss}: ${complaint.slice(0, LONGEST_COMPLAINT).trim() || 'it said nothing'}`,
      );
    }
    // it has no values yet; what it says once it has them is nobody's business
    child.stderr?.destroy();
    return started;
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** Tells what it is lost by, when it is. */
  get loss(): Promise<Loss> {
    return this.#loss;
  }

  /** Gives it what to look for. The values are overwritten here as soon as they are written. */
  begin(begin: Begin, values: Buffer): void {
    const stdin = this.#child.stdin as Writable;
    stdin.end(values, () => values.fill(0));
    this.#send(begin);
  }

  /** Gives it something to look at. */
  work(work: Work): void {
    this.#send(work);
  }

  /** `alive`: it has come further, and has nothing to tell yet. */
  listen(seen: (seen: Seen) => void, alive: () => void): void {
    this.#seen = seen;
    this.#alive = alive;
  }

  #send(message: Begin | Work | { kind: 'end' }): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** Has it overwrite the values and end. */
  end(): void {
    this.#send({ kind: 'end' });
    this.#letGo();
  }

  kill(): void {
    this.#child.kill('SIGKILL');
    this.#letGo();
  }

  /** What cannot end, for a file system that does not answer, keeps nobody waiting. */
  #letGo(): void {
    this.#child.stdin?.destroy();
    if (this.#child.connected) this.#child.disconnect();
    this.#child.unref();
  }
}
