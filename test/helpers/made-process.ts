import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { eventually } from './threads.ts';
import { build } from './toolchain.ts';

/** A static program that does nothing until it is ended. */
export const pauseProgram = (): Promise<string> =>
  build({ sources: ['pause.c'], commands: [['gcc', '-std=gnu11', '-Os', '-s', '-static', '-o', 'OUT', 'pause.c']] });

/** A process that is called as another program is, with the files that it was told of; it does nothing. */
export class MadeProcess implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'podprobe-made-'));
  #child: ChildProcess | null = null;

  constructor() {
    // so that another user can start the program in it
    chmodSync(this.folder, 0o755);
  }

  get pid(): number {
    return this.#child?.pid as number;
  }

  /** Writes a file below its folder; gives its path. */
  write(name: string, text: string): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** A program of this name, which does nothing. */
  async program(name: string): Promise<string> {
    const path = join(this.folder, name);
    copyFileSync(await pauseProgram(), path);
    return path;
  }

  /** Starts it with these arguments. `title`: what it calls itself. */
  async start(name: string, args: readonly string[], options: object = {}, title = name): Promise<void> {
    const program = await this.program(name);
    const child = spawn(program, args, { argv0: title, cwd: this.folder, stdio: 'ignore', ...options });
    this.#child = child;
    await once(child, 'spawn');
    // empty for a moment, in the middle of execve(2)
    const title0 = (): string => readFileSync(`/proc/${this.pid}/cmdline`, 'utf8').split('\0', 1)[0] ?? '';
    await eventually(
      () => title0() === title,
      () => `it is called '${title0()}'`,
    );
  }

  [Symbol.dispose](): void {
    this.#child?.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
