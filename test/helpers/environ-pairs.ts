import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { childrenOf } from './runc.ts';
import { eventually } from './threads.ts';
import { locate } from './toolchain.ts';

/** How a process is started: the words before its program, and whether it is a child of what they start. */
export type Setting = { readonly words: readonly string[]; readonly forks?: boolean };

function endOf(child: ChildProcess): Promise<unknown> {
  return child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve();
}

async function stop(child: ChildProcess, pid: number): Promise<void> {
  const ended = endOf(child);
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended by itself
  }
  child.kill('SIGKILL');
  await ended;
}

/** Programs that wait: one that all may read, and one that nobody may, which makes its process not dumpable. */
export class Programs implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'podprobe-readers-'));
  readonly open = join(this.folder, 'target-open');
  readonly shut = join(this.folder, 'target-shut');

  constructor() {
    chmodSync(this.folder, 0o755);
    for (const path of [this.open, this.shut]) copyFileSync(locate('cat'), path);
    // of a user whom root, too, needs a capability to overrule
    chownSync(this.shut, 12_345, 12_345);
    chmodSync(this.shut, 0o111);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** A process that holds a secret, and waits. */
export class Holder implements AsyncDisposable {
  readonly pid: number;
  readonly #child: ChildProcess;

  private constructor(pid: number, child: ChildProcess) {
    this.pid = pid;
    this.#child = child;
  }

  static async start({ words, forks = false }: Setting, program: string): Promise<Holder> {
    const [first = program, ...rest] = [...words, program];
    const child = spawn(first, rest, { stdio: ['pipe', 'ignore', 'inherit'], env: { PATH: process.env.PATH } });
    await once(child, 'spawn');
    const own = child.pid as number;
    const name = program.slice(program.lastIndexOf('/') + 1);
    const found = (): number => (forks ? (childrenOf(own)[0] ?? 0) : own);
    const runs = (): boolean => found() > 0 && readFileSync(`/proc/${found()}/comm`, 'latin1').trim() === name;
    await eventually(runs, () => `'${words.join(' ')}' did not start ${name}`);
    return new Holder(found(), child);
  }

  /** Its number in the pid namespace that it is in. */
  get ownNumber(): number {
    const [, numbers = ''] = /^NSpid:\t(.*)$/m.exec(readFileSync(`/proc/${this.pid}/status`, 'latin1')) ?? [];
    return Number(numbers.split('\t').at(-1));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await stop(this.#child, this.pid);
  }
}

/** The shell opens the file itself: a program that it starts could have other capabilities. */
const LOOP = 'echo ready; while read -r path; do if true 2>/dev/null <"$path"; then echo yes; else echo no; fi; done';

/** A shell that opens files when it is told to. */
export class Opener implements AsyncDisposable {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(pid: number, child: ChildProcess, lines: AsyncIterator<string>) {
    this.pid = pid;
    this.#child = child;
    this.#lines = lines;
  }

  static async start({ words, forks = false }: Setting): Promise<Opener> {
    const [first = 'sh', ...rest] = [...words, 'sh', '-c', LOOP];
    const child = spawn(first, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
    const { value } = await lines.next();
    if (value !== 'ready') throw new Error(`'${words.join(' ')}' did not start a shell`);
    const own = child.pid as number;
    return new Opener(forks ? (childrenOf(own)[0] as number) : own, child, lines);
  }

  /** Whether it can open a file, as it names it. */
  async opens(path: string): Promise<string> {
    this.#child.stdin?.write(`${path}\n`);
    return String((await this.#lines.next()).value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await stop(this.#child, this.pid);
  }
}
