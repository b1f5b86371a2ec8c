import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A shell in a mount namespace of its own, which ends with it. */
export class MountNamespace implements AsyncDisposable {
  readonly pid: number;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: AsyncIterator<string>;

  private constructor(
    pid: number,
    child: ChildProcessByStdio<Writable, Readable, Readable>,
    lines: AsyncIterator<string>,
  ) {
    this.pid = pid;
    this.#child = child;
    this.#lines = lines;
  }

  /** Started by `unshare FLAGS sh`. The shell is `pid`, unless a script says otherwise. */
  static async start(flags: readonly string[] = ['--mount', '--propagation', 'private']): Promise<MountNamespace> {
    const child = spawn('unshare', [...flags, 'sh', '-s'], { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.on('error', () => {});
    child.stderr.on('data', (text) => process.stderr.write(String(text)));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stdin.write('echo $$\n');
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`unshare ${flags.join(' ')} ended early`);
    return new MountNamespace(Number(value), child, lines);
  }

  /** Runs lines of shell; gives what they print. Throws when a command fails. */
  async run(script: string): Promise<string[]> {
    this.#child.stdin.write(`set -e\n${script}\necho .done\n`);
    const printed: string[] = [];
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) throw new Error(`the shell ended: ${script}`);
      if (value === '.done') return printed;
      printed.push(String(value));
    }
  }

  /** Ends the shell, and waits for that. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'close');
    this.#child.stdin.end('\nexit\n');
    this.#child.kill('SIGKILL');
    await exited;
  }
}
