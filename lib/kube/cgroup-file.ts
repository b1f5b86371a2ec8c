import { type CgroupPath, parseCgroupPath } from './cgroup-path.ts';

/** A line of `/proc/PID/cgroup`. */
export interface CgroupLine {
  /** Controllers of the hierarchy, `cpu,cpuacct`, or `name=systemd`; empty for that of cgroup v2. */
  readonly hierarchy: string;
  /** From the root of the reader's control group namespace; bytes as latin1. */
  readonly path: string;
  /** What the path says. */
  readonly place: CgroupPath;
}

/** What `/proc/PID/cgroup` says. */
export interface CgroupFile {
  /** The line that was chosen; null when there is none. */
  readonly chosen: CgroupLine | null;
  /** The others that name a pod or container, and another one than the chosen line does. */
  readonly differing: readonly CgroupLine[];
  /** Lines that were not as they must be. */
  readonly malformed: number;
  /** There were more than 64 lines. */
  readonly truncated: boolean;
}

const MOST_LINES = 64;
const LINE = /^[0-9]+:([^:]*):(\/.*)$/s;
const PREFERRED = ['name=systemd', 'memory', 'pids', 'cpu', ''];

/** Most hierarchies have the same path: each is read once. */
function parseLines(texts: readonly string[]): (CgroupLine | null)[] {
  const places = new Map<string, CgroupPath | null>();
  return texts.map((text) => {
    const [, hierarchy = '', path = ''] = LINE.exec(text) ?? [];
    const known = places.get(path);
    const place = known === undefined ? parseCgroupPath(path) : known;
    places.set(path, place);
    return place && { hierarchy, path, place };
  });
}

function rankOf({ hierarchy }: CgroupLine): number {
  const rank = PREFERRED.findIndex((name) => hierarchy.split(',').includes(name));
  return rank < 0 ? PREFERRED.length : rank;
}

/** The first of the lowest rank; null where there is none. */
function preferred(lines: readonly CgroupLine[]): CgroupLine | null {
  const ranks = lines.map(rankOf);
  return lines[ranks.indexOf(Math.min(...ranks))] ?? null;
}

function isNamed({ place }: CgroupLine): boolean {
  return place.kind === 'pod' || place.kind === 'container';
}

/** Whether two lines name one pod and container. */
function agree({ place: one }: CgroupLine, { place: other }: CgroupLine): boolean {
  return one.podUid === other.podUid && one.containerId === other.containerId;
}

/**
 * Reads `/proc/PID/cgroup`: one line a hierarchy in v1, one line in v2, both in a hybrid.
 *
 * A line that names a pod or container is preferred to one that does not, since a runtime need not use all hierarchies; of
 * these that of `name=systemd`, then memory, pids, cpu, v2.
 *
 * Shape: `11:memory:/kubepods/burstable/pod<uid>/<id>`, `0::/system.slice/ssh.service`.
 * Source: cgroups(7).
 */
export function parseCgroupFile(bytes: Buffer): CgroupFile {
  // the kernel lets no name hold a line end
  const texts = bytes.toString('latin1').split('\n').filter(Boolean);
  const parsed = parseLines(texts.slice(0, MOST_LINES));
  const lines = parsed.filter((line) => line !== null);
  const named = lines.filter(isNamed);
  const chosen = preferred(named.length > 0 ? named : lines);
  return {
    chosen,
    differing: named.filter((line) => chosen !== null && !agree(line, chosen)),
    malformed: parsed.length - lines.length,
    truncated: texts.length > MOST_LINES,
  };
}
