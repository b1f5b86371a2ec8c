import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locate } from './toolchain.ts';
import { eventually } from './threads.ts';

const APPLETS = ['sh', 'cat', 'sleep', 'id', 'env', 'ls', 'stty', 'tty', 'true', 'readlink', 'hostname', 'head'];

/** Changes to the config.json that `runc spec` writes. */
export type Change = (config: Record<string, any>) => void; // eslint-disable-line @typescript-eslint/no-explicit-any

const PATIENCE = 5_000;
const clock = new Int32Array(new SharedArrayBuffer(4));

/** runc comes back before the program of the container has taken its own place, and its environment is empty for a moment. */
function awaitProgram(pid: number): void {
  const limit = performance.now() + PATIENCE;
  const runs = (): boolean =>
    !readFileSync(`/proc/${pid}/comm`, 'latin1').startsWith('runc:') && readFileSync(`/proc/${pid}/environ`).length > 0;
  while (!runs() && performance.now() < limit) Atomics.wait(clock, 0, 0, 1);
}

let containers = 0;

/** A container of runc, in control groups of its own, without a network; busybox is all that is in it. */
export class Container implements Disposable {
  /** The bundle. */
  readonly folder: string;
  /** Where runc keeps its record: its `--root`. */
  readonly state: string;
  /** The id that runc knows it by. */
  readonly name: string;
  readonly pid: number;

  private constructor(folder: string, name: string, state: string) {
    this.folder = folder;
    this.state = state;
    this.name = name;
    const { pid } = JSON.parse(this.#runc('state', name)) as { pid: number };
    this.pid = pid;
    awaitProgram(pid);
  }

  /**
   * `applets`: programs of busybox. Without them the image holds nothing but one static program that sleeps. `known`: by what
   * name runc is to know it, in the directory where runc keeps its records by itself.
   */
  static start(
    change: Change = () => undefined,
    applets: readonly string[] = APPLETS,
    known: string | null = null,
  ): Container {
    const folder = mkdtempSync(join(tmpdir(), 'podprobe-container-'));
    // so that the ids of a user namespace can reach it
    chmodSync(folder, 0o755);
    const name = known ?? `podprobe-${process.pid}-${containers++}`;
    const root = join(folder, 'rootfs');
    for (const directory of ['bin', 'proc', 'dev', 'sys', 'tmp']) mkdirSync(join(root, directory), { recursive: true });
    copyFileSync(locate('busybox'), join(root, 'bin', applets.length > 0 ? 'busybox' : 'sleep'));
    for (const applet of applets) symlinkSync('busybox', join(root, 'bin', applet));
    execFileSync('runc', ['spec'], { cwd: folder });
    const path = join(folder, 'config.json');
    const config = JSON.parse(readFileSync(path, 'utf8'));
    config.process.terminal = false;
    config.process.args = ['/bin/sleep', '600'];
    config.linux.cgroupsPath = `/${name}`;
    change(config);
    writeFileSync(path, JSON.stringify(config));
    const state = known === null ? join(folder, 'state') : '/run/runc';
    execFileSync('runc', ['--root', state, 'run', '--detach', '--bundle', folder, name], { stdio: 'ignore' });
    return new Container(folder, name, state);
  }

  #runc(...args: string[]): string {
    return execFileSync('runc', ['--root', this.state, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }

  /** The words that have runc itself run a command in it. */
  execWords(...argv: string[]): string[] {
    return ['runc', '--root', this.state, 'exec', this.name, ...argv];
  }

  /** What a command prints that runc itself runs in it. */
  exec(...argv: string[]): string {
    return this.#runc('exec', this.name, ...argv);
  }

  [Symbol.dispose](): void {
    this.#runc('delete', '--force', this.name);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Children of a process, by its main thread. */
export function childrenOf(pid: number): number[] {
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
  return list === '' ? [] : list.split(' ').map(Number);
}

/** The parent of a process; of a command, the helper's monitor. */
export function parentOf(pid: number): number {
  return Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
}

/** A process in namespaces of its own: `unshare ARGS sleep 600`. */
export class Unshared implements Disposable {
  readonly #child: ChildProcess;
  readonly pid: number;

  private constructor(child: ChildProcess, pid: number) {
    this.#child = child;
    this.pid = pid;
  }

  /** With a new pid namespace `args` must hold `--fork`; `argv` is the command in it. */
  static async start(
    args: readonly string[],
    argv: readonly string[] = ['sleep', '600'],
    uid?: number,
  ): Promise<Unshared> {
    const ids = uid === undefined ? {} : { uid, gid: uid };
    const forked = args.includes('--fork');
    const all = [...args, ...(forked ? ['--kill-child'] : []), ...argv];
    const child = spawn('unshare', all, { stdio: 'ignore', ...ids });
    const own = child.pid as number;
    const name = (argv[0] ?? '').slice(0, 15);
    const found = (): number | undefined => (forked ? childrenOf(own)[0] : own);
    const ready = (): boolean => {
      const pid = found();
      if (pid === undefined || readFileSync(`/proc/${pid}/comm`, 'latin1').trim() !== name) return false;
      // empty for a moment, in the middle of execve(2)
      return readFileSync(`/proc/${pid}/environ`).length > 0;
    };
    await eventually(ready, () => `unshare ${args.join(' ')} did not start ${name}`);
    return new Unshared(child, found() as number);
  }

  [Symbol.dispose](): void {
    process.kill(this.pid, 'SIGKILL');
    this.#child.kill('SIGKILL');
  }
}
