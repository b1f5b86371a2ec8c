import { cgroupsMissing } from '../test/helpers/cgroup.ts';
import { missing } from '../test/helpers/toolchain.ts';

/** Why not all of a part can be measured here; undefined where it can. */
type Lack = string | undefined;

const noRoot: Lack = process.getuid?.() === 0 ? undefined : 'needs root';

/** Why a part is left out, all of it. */
const PARTS: Readonly<Record<string, Lack>> = {
  exec: noRoot ?? missing(['unshare', 'nsenter']),
  files: noRoot ?? missing(['nsenter']),
  ps: cgroupsMissing() ?? missing(['ps']),
  etcd: missing(['etcd', 'etcdctl', 'openssl']),
  mounts: noRoot ?? missing(['unshare', 'nsenter']),
};

/** The part and the reason for each row, or group of rows, that can be left out of its part. */
const ROWS = {
  python: { part: 'reads', lack: missing(['python3']) },
  gdb: { part: 'reads', lack: missing(['gdb']) },
  'runc exec': { part: 'exec', lack: missing(['runc', 'busybox']) },
  findmnt: { part: 'mounts', lack: missing(['findmnt']) },
  inotifywait: { part: 'watch', lack: missing(['inotifywait']) },
} as const satisfies Readonly<Record<string, { part: string; lack: Lack }>>;

/** Whether a part can be measured at all. */
export function canMeasure(part: string): boolean {
  return PARTS[part] === undefined;
}

/** Whether a row of a part that is measured can be. */
export function has(row: keyof typeof ROWS): boolean {
  return ROWS[row].lack === undefined;
}

/** What is left out of the parts that are wanted, and why: a line each. */
export function describeLeftOut(wanted: (part: string) => boolean): string[] {
  const parts = Object.entries(PARTS).map(([part, lack]) => ({ part, what: part, lack }));
  const rows = Object.entries(ROWS)
    .filter(([, { part }]) => canMeasure(part))
    .map(([row, { part, lack }]) => ({ part, what: `${row} in ${part}`, lack }));
  return [...parts, ...rows]
    .filter(({ part, lack }) => wanted(part) && lack !== undefined)
    .map(({ what, lack }) => `${what} is left out: ${lack}`);
}
