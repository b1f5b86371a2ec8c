import { dirname } from 'node:path';
import { isContainerId } from './bundle.ts';
import { parseCgroupFile } from './cgroup-file.ts';
import { type ProcStat, readProcFile, readProcLink, readStat } from './proc-file.ts';

/** The shim of containerd that a process descends from. */
export interface Shim {
  /** Namespace of containerd, `k8s.io` for pods; null where it does not say. */
  readonly runtimeNamespace: string | null;
  /** Of the sandbox for pods, of the container for others; null where it does not say. */
  readonly id: string | null;
  /** State directories of its containerd, by its working directory and its socket. */
  readonly stateDirectories: readonly string[];
}

/** As much of `containerd-shim-runc-v2` as the kernel keeps. */
const NAME = 'containerd-shim';
const DEEPEST = 128;
const CWD = /^(\/.*)\/io\.containerd\.runtime\.v[12]\.(?:task|linux)\/[^/]+\/[^/]+$/s;

/** A flag of Go: `-id X`, `--id=X`. */
function flagOf(args: readonly string[], name: string): string | null {
  for (const [i, arg] of args.entries()) {
    const [key, value] = [arg.replace(/^--?/, '').split('=', 1)[0], arg.split('=').slice(1).join('=')];
    if (key === name && arg.startsWith('-')) return arg.includes('=') ? value : (args[i + 1] ?? null);
  }
  return null;
}

/** Whether a control group is that of a container, or below it. */
function isWithin(path: string, container: string): boolean {
  return path === container || path.startsWith(`${container}/`);
}

/** How to look at the ancestors of a process. */
export interface Ancestry {
  /** Null when there is no such process. */
  readonly statOf: (pid: number) => Promise<Pick<ProcStat, 'comm' | 'parent'> | null>;
  /** The group that a process of root is in; null for one of another user, or of no group. */
  readonly rootsGroupOf: (pid: number) => Promise<string | null>;
  /** What the program says on its command line, taken for a shim. */
  readonly readShim: (pid: number) => Promise<Shim>;
}

async function readRootsGroup(pid: number): Promise<string | null> {
  const [status, cgroup] = await Promise.all([readProcFile(pid, 'status'), readProcFile(pid, 'cgroup')]);
  const ids = /^Uid:\s+(\d+)\s+(\d+)/m.exec(status.toString('latin1'));
  if (ids?.[1] !== '0' || ids[2] !== '0') return null;
  return parseCgroupFile(cgroup).chosen?.path ?? null;
}

/** @internal Reads what a shim says of itself. Rejects as node:fs does. */
export async function readShim(pid: number): Promise<Shim> {
  const args = (await readProcFile(pid, 'cmdline')).toString().split('\0');
  const cwd = await readProcLink(pid, 'cwd');
  const address = flagOf(args, 'address');
  const id = flagOf(args, 'id');
  const directories = [CWD.exec(cwd ?? '')?.[1], address?.startsWith('/') === true ? dirname(address) : undefined];
  return {
    runtimeNamespace: flagOf(args, 'namespace'),
    id: id !== null && isContainerId(id) ? id : null,
    stateDirectories: directories.filter((one) => one !== undefined),
  };
}

const PROC: Ancestry = { statOf: readStat, rootsGroupOf: readRootsGroup, readShim };

async function readOutside(pid: number, container: string, ancestry: Ancestry): Promise<Shim | null> {
  const group = await ancestry.rootsGroupOf(pid);
  // a program of the container could keep whoever reads its command line waiting
  return group === null || isWithin(group, container) ? null : ancestry.readShim(pid);
}

/**
 * @internal Finds the shim of containerd among the ancestors of a process, at most 128 of them; null when there is none to
 * be seen.
 *
 * A program in the container can call itself a shim: only one of root counts that is outside of `container`, the control
 * group of the container, which no process of the container leaves by itself.
 * Race: a parent that has ended is noticed, since its children have another one then.
 * Source: containerd, cmd/containerd-shim-runc-v2, pkg/shim/shim.go.
 */
export async function findShim(pid: number, container: string, ancestry: Ancestry = PROC): Promise<Shim | null> {
  let child = pid;
  let parent = (await ancestry.statOf(pid))?.parent ?? 0;
  for (let depth = 0; depth < DEEPEST && parent > 0; depth++) {
    const stat = await ancestry.statOf(parent);
    if (stat?.comm.startsWith(NAME) === true) {
      const shim = await readOutside(parent, container, ancestry).catch(() => null);
      if (shim !== null) return (await ancestry.statOf(child))?.parent === parent ? shim : null;
    }
    child = parent;
    parent = stat?.parent ?? 0;
  }
  return null;
}
