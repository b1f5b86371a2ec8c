import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import * as assert from 'uvu/assert';
import { commandLine } from './command.ts';
import { assertKeeps } from './schema.ts';

/** One line of `podprobe watch`, as far as tests look at it. */
export type WatchLine = {
  event: string;
  path: string;
  podUid: string | null;
  kind: string | null;
  volume: string | null;
  added: Record<string, unknown>[];
  changed: Record<string, unknown>[];
  removed: { name: string }[];
};

/** `podprobe watch` while it runs, line by line. */
export class RunningWatch implements AsyncDisposable {
  readonly #child;
  readonly #lines;
  readonly #closed;
  stderr = '';
  text = '';

  constructor(words: readonly (string | number)[]) {
    const [program, ...args] = commandLine(['watch', ...words]);
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stderr.on('data', (text) => (this.stderr += String(text)));
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#closed = once(this.#child, 'close') as Promise<[number | null, string | null]>;
  }

  async line(): Promise<WatchLine> {
    const { value } = await this.#lines.next();
    assert.ok(value, `the command has ended: ${this.stderr}`);
    this.text += `${value}\n`;
    return assertKeeps<WatchLine>('watch', JSON.parse(value as string) as object);
  }

  async end(signal?: NodeJS.Signals): Promise<number | null> {
    if (signal !== undefined) this.#child.kill(signal);
    return (await this.#closed)[0];
  }

  hangUp(): void {
    this.#child.stdout.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }
}
