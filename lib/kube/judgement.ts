import type { CgroupFile } from './cgroup-file.ts';
import type { CgroupContainer, CgroupPath } from './cgroup-path.ts';
import { type Claim, type Verdict, weigh } from './claims.ts';
import { claimOfCgroup, type HostEvidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import type { MountHints } from './mount-hints.ts';

/** All that was read of a process. */
export interface Evidence {
  readonly cgroup: CgroupFile;
  /** What the host wrote of the container that the control group names. */
  readonly host: HostEvidence;
  /** Null where the mounts could not be read. */
  readonly hints: MountHints | null;
  /** The reader is in the first control group namespace: `/` is the root of all. */
  readonly seesAllGroups: boolean;
  /** It is in another pid namespace than the reader. */
  readonly ownPids: boolean;
}

/** What it comes to. */
export interface Judgement extends Verdict {
  readonly kind: CgroupPath['kind'];
  readonly helper: 'conmon' | null;
  readonly node: CgroupContainer | null;
  readonly unit: string | null;
  readonly findings: readonly Finding[];
  /** What the bundle says is of this process. */
  readonly usesBundle: boolean;
}

const OWN_PIDS: Finding = {
  code: 'own-pid-namespace',
  message: 'it has a pid namespace of its own: a sandbox, or a container whose control group does not name it',
};

function only<Value>(values: readonly Value[]): Value | null {
  return values.length === 1 ? (values[0] as Value) : null;
}

/** What mounts say is taken only where it fits what is known: a root of another pod makes all of them doubtful. */
function claimOfMounts({ podUids, containerNames, sandboxIds }: MountHints, known: string | null): Claim {
  const podUid = only(podUids);
  const fits = podUid !== null && (known === null || podUid === known);
  const more = fits ? { containerName: only(containerNames), sandboxId: only(sandboxIds) } : {};
  return { source: 'mountinfo', facts: { podUid, ...more } };
}

/** What the control group's path alone tells, as far as whoever named the groups may be believed. */
function kindByCgroup(place: CgroupPath | undefined, named: boolean, seesAllGroups: boolean): CgroupPath['kind'] {
  if (place === undefined) return 'unknown';
  if (place.kind === 'pod' && !named) return 'unknown';
  if (place.kind === 'host' && !seesAllGroups) return 'unknown';
  return place.kind;
}

/** A helper's facts are of the container that it stands by. */
function finalKind(byCgroup: CgroupPath['kind'], helper: string | null, podUid: string | null): CgroupPath['kind'] {
  if (helper !== null) return 'host';
  return podUid !== null && byCgroup !== 'host' ? 'pod' : byCgroup;
}

function findingsOfGroups({ chosen, differing, malformed, truncated }: CgroupFile): Finding[] {
  const findings: Finding[] = [];
  const add = (code: string, message: string): void => void findings.push({ code, message });
  if (malformed > 0 || truncated) add('malformed-cgroup', 'not all lines of its control groups could be understood');
  for (const { hierarchy, path } of differing) {
    add('differing-cgroups', `'${hierarchy}' has it in '${path}', '${chosen?.hierarchy}' in '${chosen?.path}'`);
  }
  const node = chosen?.place.node ?? null;
  if (node !== null) {
    add('nested-node', `its pod is of a node that is itself container ${node.containerId}: that container named it`);
  }
  return findings;
}

function findingsOfMounts({ podUids }: MountHints, kind: CgroupPath['kind']): Finding[] {
  const [podUid] = podUids;
  if (podUids.length > 1) {
    return [{ code: 'several-pods-mounted', message: `its mounts are of ${podUids.length} pods: they tell of none` }];
  }
  if (podUid === undefined || kind === 'pod') return [];
  const forged = 'and whoever may mount there can forge them';
  if (kind === 'unknown') {
    return [{ code: 'mounts-alone', message: `that it is of pod ${podUid} is said by its mounts alone, ${forged}` }];
  }
  const message = `its mounts look like those of pod ${podUid}, its control group does not, ${forged}`;
  return [{ code: 'mounts-not-believed', message }];
}

function findingOfDelegate({ podUid, containerId, delegate }: CgroupPath): Finding {
  const named = podUid === null ? `container ${containerId}` : `pod ${podUid}`;
  const message = `its control group names ${named}, but whoever runs ${delegate} may name groups there, and no bundle of root asks for it`;
  return { code: 'named-in-unit', message };
}

/** A pod that only such names tell of is none; a container without root is still one, by what it calls itself. */
function believe(place: CgroupPath | undefined, host: HostEvidence, named: boolean): Claim[] {
  if (place === undefined) return [];
  if (named) return [claimOfCgroup(place), ...host.claims];
  return place.kind === 'pod' ? [] : [claimOfCgroup(place)];
}

/**
 * @internal Decides what a process is of, from all that was read of it.
 *
 * A group in a unit of systemd counts only where a bundle of root asks for that very group; mounts count only where the
 * control group says that it is of a pod, or nothing at all.
 */
export function judge({ cgroup, host, hints, seesAllGroups, ownPids }: Evidence): Judgement {
  const place = cgroup.chosen?.place;
  const named = (place?.delegate ?? null) === null || host.confirmed;
  const byCgroup = kindByCgroup(place, named, seesAllGroups);
  const believed = believe(place, host, named);
  const { podUid } = weigh(believed).facts;
  const mayBePod = byCgroup === 'unknown' || (podUid !== null && byCgroup !== 'host');
  const mounted = hints !== null && mayBePod ? [claimOfMounts(hints, podUid)] : [];
  const verdict = weigh([...believed, ...mounted]);
  const helper = place?.helper ?? null;
  const kind = finalKind(byCgroup, helper, verdict.facts.podUid);
  return {
    kind,
    helper,
    node: place?.node ?? null,
    unit: kind === 'host' ? (place?.unit ?? null) : null,
    ...verdict,
    findings: [
      ...findingsOfGroups(cgroup),
      ...(place === undefined || named ? [] : [findingOfDelegate(place)]),
      ...(hints === null ? [] : findingsOfMounts(hints, finalKind(byCgroup, helper, podUid))),
      ...(kind === 'host' && helper === null && ownPids ? [OWN_PIDS] : []),
    ],
    usesBundle: named && helper === null,
  };
}
