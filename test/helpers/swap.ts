import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAKE = 'umask 077; head -c 1048576 /dev/zero > "$1" && mkswap "$1" > /dev/null && swapon "$1"';

/** A small file to swap to. It goes out of use when this process ends, however it does. */
export class Swap implements AsyncDisposable {
  readonly #directory: string;
  readonly #keeper: ChildProcess;

  private constructor(directory: string, keeper: ChildProcess) {
    this.#directory = directory;
    this.#keeper = keeper;
  }

  static async on(): Promise<Swap> {
    const directory = mkdtempSync(join(tmpdir(), 'podprobe-swap-'));
    const script = `${MAKE} && echo on && read end; swapoff "$1"`;
    // in a session of its own: it outlives this process for as long as it takes to swap off
    const keeper = spawn('sh', ['-c', script, 'sh', join(directory, 'swap')], {
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(keeper.stdout, 'data');
    return new Swap(directory, keeper);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#keeper, 'close');
    this.#keeper.stdin?.end();
    await closed;
    rmSync(this.#directory, { recursive: true });
  }
}

/** Whether this machine swaps. */
export function isSwapOn(): boolean {
  return readFileSync('/proc/swaps', 'latin1').trim().split('\n').length > 1;
}

/** Why no file can be swapped to here; undefined when one can. */
export function unfitForSwap(): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'podprobe-swap-'));
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', `${MAKE}; on=$?; swapoff "$1"; exit $on`, 'sh', join(directory, 'swap')],
    {
      encoding: 'utf8',
    },
  );
  rmSync(directory, { recursive: true });
  return status === 0 ? undefined : `swapon is refused here: ${stderr.trim().split('\n')[0]}`;
}
