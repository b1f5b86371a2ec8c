import { type ChildProcess, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { build, fixtures } from './toolchain.ts';

export type TargetOptions = {
  /** As spawn(2) would have it: one value to a name. */
  env?: Readonly<Record<string, string>>;
  /** The environment entry by entry, as it stands: duplicates, entries without '=', any bytes but NUL. */
  entries?: readonly Uint8Array[];
  argv0?: string;
  cwd?: string;
};

const READY_LIMIT = 10_000;
const EXIT_LIMIT = 2_000;

/** A fixture program that is ready for commands; test/fixtures/target.c says what it understands. */
export class Target {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #replies: Replies;
  readonly #exited: Promise<void>;

  constructor(pid: number, child: ChildProcess, replies: Replies, exited: Promise<void>) {
    this.pid = pid;
    this.#child = child;
    this.#replies = replies;
    this.#exited = exited;
  }

  static async start(argv: readonly string[], options: TargetOptions = {}): Promise<Target> {
    const child = options.entries ? await launch(argv, options, options.entries) : spawnPlainly(argv, options);
    const replies = new Replies(child, argv[0] ?? '');
    const exited = new Promise<void>((resolve) => child.once('close', () => resolve()).once('error', () => resolve()));
    try {
      return new Target(readyPid(await withinLimit(replies.next(), argv)), child, replies, exited);
    } catch (error) {
      child.kill('SIGKILL');
      await exited;
      throw error;
    }
  }

  /** Sends one command line; gives the line that answers it. */
  async send(command: string): Promise<string> {
    this.#child.stdin?.write(`${command}\n`);
    return this.#replies.next();
  }

  async set(name: Text, value: Text): Promise<void> {
    await this.#change(`set ${hex(name)} ${hex(value)}`);
  }

  async unset(name: Text): Promise<void> {
    await this.#change(`unset ${hex(name)}`);
  }

  async add(count: number): Promise<void> {
    await this.#change(`add ${count}`);
  }

  async clear(): Promise<void> {
    await this.#change('clear');
  }

  async putenv(entry: Text): Promise<void> {
    await this.#change(`putenv ${hex(entry)}`);
  }

  /** What the program's own getenv answers. */
  async get(name: Text): Promise<Buffer | undefined> {
    const reply = await this.send(`get ${hex(name)}`);
    if (reply === 'none') return undefined;
    return Buffer.from(expectWord('val', reply).join(''), 'hex');
  }

  /** Every entry, in the order in which the program's own enumeration gives them. */
  async dump(): Promise<Buffer[]> {
    return expectWord('env', await this.send('dump')).map((entry) => Buffer.from(entry, 'hex'));
  }

  /** Closes its stdin, at which it exits, and waits for that; SIGKILL when it does not. */
  async stop(): Promise<void> {
    this.#child.stdin?.end();
    const cancel = new AbortController();
    const overdue = wait(EXIT_LIMIT, undefined, { signal: cancel.signal }).then(() => this.#child.kill('SIGKILL'));
    overdue.catch(() => {});
    await this.#exited;
    cancel.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #change(command: string): Promise<void> {
    const reply = await this.send(command);
    if (reply !== 'ok') throw new Error(`the target answered '${reply}' to '${command}'`);
  }
}

export type Text = string | Uint8Array;

export function hex(text: Text): string {
  return Buffer.from(text).toString('hex');
}

/** Lines of stdout, handed out in order; a program that ends rejects whoever waits, with its stderr. */
class Replies {
  readonly #name: string;
  readonly #lines: string[] = [];
  readonly #waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  #ended: Error | undefined;
  #parts: string[] = [];
  #stderr = '';

  constructor(child: ChildProcess, name: string) {
    this.#name = name;
    child.stdout?.setEncoding('latin1').on('data', (text: string) => this.#accept(text));
    child.stderr?.setEncoding('latin1').on('data', (text: string) => {
      this.#stderr += text;
    });
    // A target that is gone is reported by 'close'; writing to it is no second failure.
    child.stdin?.on('error', () => {});
    child.once('error', (error) => this.#end(error.message));
    child.once('close', (code, signal) => this.#end(`ended with ${signal ?? `status ${code}`}`));
  }

  next(): Promise<string> {
    const line = this.#lines.shift();
    if (line !== undefined) return Promise.resolve(line);
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #accept(text: string): void {
    const [first = '', ...rest] = text.split('\n');
    this.#parts.push(first);
    for (const part of rest) {
      const line = this.#parts.join('');
      this.#parts = [part];
      const reader = this.#waiting.shift();
      if (reader) reader.resolve(line);
      else this.#lines.push(line);
    }
  }

  #end(how: string): void {
    this.#ended ??= new Error(`${this.#name} ${how}\n${this.#stderr}`);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }
}

function spawnPlainly([program = '', ...args]: readonly string[], options: TargetOptions): ChildProcess {
  const { env = {}, argv0 = program, cwd = fixtures } = options;
  return spawn(program, args, { argv0, cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
}

async function launch(
  [program = '', ...args]: readonly string[],
  { argv0 = program, cwd = fixtures }: TargetOptions,
  entries: readonly Uint8Array[],
): Promise<ChildProcess> {
  const launcher = await build({ sources: ['launcher.c'], commands: [['gcc', '-O2', '-o', 'OUT', 'SOURCES']] });
  const child = spawn(launcher, [program, argv0, ...args], { cwd, env: {}, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
  const block = child.stdio[3] as Writable;
  block.on('error', () => {});
  block.end(Buffer.concat(entries.flatMap((entry) => [entry, Buffer.alloc(1)])));
  return child;
}

async function withinLimit<T>(promise: Promise<T>, argv: readonly string[]): Promise<T> {
  const cancel = new AbortController();
  const late = wait(READY_LIMIT, undefined, { signal: cancel.signal }).then(() => {
    throw new Error(`${argv.join(' ')} was not ready within ${READY_LIMIT} ms`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    cancel.abort();
    late.catch(() => {});
  }
}

function readyPid(line: string): number {
  const [, json] = /^ready (\{.*\})$/.exec(line) ?? [];
  if (json === undefined) throw new Error(`expected a ready line, but got '${line.slice(0, 200)}'`);
  return (JSON.parse(json) as { pid: number }).pid;
}

function expectWord(word: string, reply: string): string[] {
  const [first, ...rest] = reply.split(' ');
  if (first !== word) throw new Error(`expected '${word} …', but the target answered '${reply.slice(0, 200)}'`);
  return rest;
}
