import { execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { execIn, type ExecutedProcess, type TerminalSize } from '../../lib/index.ts';
import { childrenOf } from './runc.ts';
import { eventually } from './threads.ts';

const PATIENCE = 10_000;
// keys that end the program do not end the shell
const SCRIPT = 'trap : INT; read start; "$@"; echo "code=$?"; read end';

/** A shell with a terminal of its own, which runs one program when it is told to, and then keeps the terminal open. */
export class Terminal implements AsyncDisposable {
  readonly #shell: ExecutedProcess;
  readonly #path: string;
  /** All that has been shown. */
  screen = '';

  private constructor(shell: ExecutedProcess) {
    this.#shell = shell;
    this.#path = readlinkSync(`/proc/${shell.pid}/fd/0`);
    shell.stdout?.on('data', (text) => (this.screen += String(text)));
  }

  static async open(
    argv: readonly string[],
    tty: TerminalSize = { columns: 80, rows: 24 },
    env: Readonly<Record<string, string>> = {},
  ): Promise<Terminal> {
    return new Terminal(
      await execIn(process.pid, ['sh', '-c', SCRIPT, 'sh', ...argv], { namespaces: ['uts'], tty, env }),
    );
  }

  /** The modes of the terminal, as stty(1) saves them. */
  modes(): string {
    return execFileSync('stty', ['-F', this.#path, '-g'], { encoding: 'utf8' });
  }

  /** The modes of the terminal by name, `-` before those that are off. */
  named(): string[] {
    return execFileSync('stty', ['-F', this.#path, '-a'], { encoding: 'utf8' }).split(/[\s;]+/);
  }

  /** The program, once it runs. */
  get pid(): number {
    return childrenOf(this.#shell.pid)[0] as number;
  }

  type(keys: string): void {
    this.#shell.stdin?.write(keys);
  }

  resize(columns: number, rows: number): void {
    this.#shell.resize(columns, rows);
  }

  /** Waits until this has been shown. */
  async shows(text: string | RegExp): Promise<void> {
    const found = (): boolean => (typeof text === 'string' ? this.screen.includes(text) : text.test(this.screen));
    await eventually(found, () => `${text} is not shown: ${JSON.stringify(this.screen)}`, PATIENCE);
  }

  /** Waits for the program's end; gives its exit code. */
  async code(): Promise<number> {
    await this.shows(/code=\d+\r\n/);
    return Number(/code=(\d+)/.exec(this.screen)?.[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shell[Symbol.asyncDispose]();
  }
}

/** Starts the program; what the terminal was like before. */
export function start(terminal: Terminal): string {
  const modes = terminal.modes();
  terminal.type('\n');
  return modes;
}

/** Every key goes to the program, as it is, and none is shown by the terminal itself. */
export function assertRaw(terminal: Terminal): void {
  const named = terminal.named();
  for (const mode of ['-icanon', '-echo', '-isig', '-icrnl']) assert.ok(named.includes(mode), `${mode}: ${named}`);
}
