import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './threads.ts';

const MOUNT = /^\S+ (\S+) (cgroup2?) (\S+) /;

/** Where this machine has hierarchies whose options are such; that of cgroup v2 in any case. */
function hierarchies(wanted: RegExp): string[] {
  const lines = readFileSync('/proc/self/mounts', 'latin1').split('\n');
  return lines.flatMap((line) => {
    const [, path = '', type, options = ''] = MOUNT.exec(line) ?? [];
    return type === 'cgroup2' || (type === 'cgroup' && wanted.test(options)) ? [path] : [];
  });
}

/** Those that tell where a process is. */
const TELLING = /(?:^|,)(?:name=systemd|memory|pids)(?:,|$)/;

/** Why no control groups can be made here. */
export function cgroupsMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root';
  const all = hierarchies(TELLING);
  if (all.length === 0) return 'needs control groups to be mounted';
  const probe = (directory: string): boolean => {
    const path = join(directory, `podprobe-probe-${process.pid}`);
    try {
      mkdirSync(path);
      rmdirSync(path);
      return true;
    } catch {
      return false;
    }
  };
  return all.every(probe) ? undefined : 'needs control groups that can be written to';
}

const membersOf = (file: string): string[] => readFileSync(file, 'latin1').split('\n').filter(Boolean);

let trees = 0;

/** Control groups below one of our own, in every hierarchy; ends the processes in them that it started. */
export class CgroupTree implements AsyncDisposable {
  /** From the root of the hierarchies. */
  readonly root = `/podprobe-test-${process.pid}-${trees++}`;
  readonly #places = hierarchies(TELLING);
  readonly #children: ChildProcess[] = [];

  /** Makes the group in each hierarchy; gives the files to which the pid of who is to be in it is written. */
  make(path: string): string[] {
    return this.#places.map((place) => {
      const directory = join(place, this.root, path);
      mkdirSync(directory, { recursive: true });
      return join(directory, 'cgroup.procs');
    });
  }

  /** Whether a process is in a group, in all hierarchies. */
  holds(pid: number, path: string): boolean {
    return this.make(path).every((file) => membersOf(file).includes(String(pid)));
  }

  /** The processes that are in a group, in any hierarchy. */
  members(path: string): string[] {
    return [...new Set(this.make(path).flatMap(membersOf))];
  }

  /** Starts a program in a group. */
  async start(path: string, argv: readonly string[] = ['sleep', '600'], options: object = {}): Promise<number> {
    const [program = '', ...args] = argv;
    const child = spawn(program, args, { stdio: 'ignore', ...options });
    this.#children.push(child);
    await once(child, 'spawn');
    for (const file of this.make(path)) writeFileSync(file, String(child.pid));
    return child.pid as number;
  }

  async #remove(directory: string): Promise<void> {
    if (!existsSync(directory)) return;
    const names = readdirSync(directory, { withFileTypes: true });
    for (const name of names.filter((one) => one.isDirectory())) await this.#remove(join(directory, name.name));
    // a process that was killed may take a moment to be gone
    const members = (): string => readFileSync(join(directory, 'cgroup.procs'), 'latin1');
    await eventually(
      () => members() === '',
      () => `${directory} still has ${members()}`,
    );
    rmdirSync(directory);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.#children.map(async (child) => {
        const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
        child.kill('SIGKILL');
        await ended;
      }),
    );
    // a runtime makes groups in all
    for (const place of hierarchies(/./)) await this.#remove(join(place, this.root));
  }
}
