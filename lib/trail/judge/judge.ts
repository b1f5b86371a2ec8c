import type { Finding } from '../../kube/finding.ts';
import type { PodList } from '../../kube/pod-list.ts';
import type { ClusterView } from '../cluster.ts';
import { findOtherUses } from '../expect/references.ts';
import type { ExpectedContainer } from '../expectation.ts';
import type { Holder, Verdict } from '../holder.ts';
import type { KnownSecret } from '../known-secret.ts';
import type { TrailRequest } from '../request.ts';
import type { Scan, ScannedContainer, ScannedProcess } from '../sighting.ts';
import type { Trail, UnreadRow } from '../trail-result.ts';
import { judgeFile, judgeOpenFile, judgeUnreadMounts } from './files.ts';
import { gatherSpots } from './found.ts';
import type { Case } from './holding.ts';
import { findMissing } from './missing.ts';
import { compareHolders } from './order.ts';
import { Owners } from './owners.ts';
import { Truth } from './truth.ts';
import { findUntold } from './untold.ts';
import { judgeByValue, judgeUnreadVariables, judgeVariable } from './variables.ts';

/** All that a verdict rests on. */
export interface Proceedings {
  /** The Secret and its versions. */
  readonly known: KnownSecret;
  /** What the cluster's record says of the pods of this node. */
  readonly cluster: ClusterView;
  /** As `expectContainers` gives it. */
  readonly expected: readonly ExpectedContainer[];
  /** As `toScanRequest` gives it of the two. */
  readonly asked: TrailRequest;
  /** What was seen of what was asked for. */
  readonly scan: Scan;
  /** The pods and containers of this node. */
  readonly pods: PodList;
  /** All that could not be read counts, not only what asks for the Secret. Default: false. */
  readonly strict?: boolean;
}

function judgeProcess(process: ScannedProcess, owners: Owners, one: Case): Holder[] {
  const owner = owners.ofProcess(process);
  const seen = gatherSpots(process.sightings, one.asked).flatMap((spot) => {
    if (spot.place === 'openFile') return judgeOpenFile(spot, owner, one);
    if (spot.place === 'commandLine') return judgeByValue(spot, owner, one);
    return judgeVariable(spot, owner, one);
  });
  const lost = owners.isFirst(process) ? process.unread : [];
  const unread = lost.flatMap(({ place, reason }) =>
    place === 'initial' || place === 'live' ? judgeUnreadVariables(place, reason, owner) : [],
  );
  return [...seen, ...unread];
}

function judgeContainer({ containerId, bundle, files, unread }: ScannedContainer, owners: Owners, one: Case): Holder[] {
  const owner = owners.ofContainer(containerId);
  return [
    ...gatherSpots(bundle, one.asked).flatMap((spot) => judgeVariable(spot, owner, one)),
    ...files.flatMap((file) => judgeFile(file, owner, one)),
    ...unread.flatMap(({ place, reason }) => {
      if (place === 'volume' || place === 'subPath') return judgeUnreadMounts(place, reason, owner);
      return place === 'bundle' ? judgeUnreadVariables(place, reason, owner) : [];
    }),
  ];
}

/** What was both seen in and not read of a place is known. */
function withoutDoubts(holders: readonly Holder[]): Holder[] {
  const idOf = ({ process, container, place, name }: Holder): string =>
    JSON.stringify([process?.pid ?? null, container?.id ?? null, place, name]);
  const seen = new Set(holders.filter(({ verdict }) => verdict !== 'unknown').map(idOf));
  return holders.filter((holder) => holder.verdict !== 'unknown' || !seen.has(idOf(holder)));
}

function listUnread({ scan, cluster, strict = false }: Proceedings, owners: Owners): UnreadRow[] {
  const rows = [...scan.containers.map((one) => ({ ...one, pid: null })), ...scan.processes];
  return rows.flatMap(({ pid, containerId, unread }) => {
    const isAsking = containerId !== null && owners.expected.has(containerId);
    const counts = strict || cluster.source === null || isAsking;
    return unread.map((one) => ({ pid, containerId, counts, unread: one }));
  });
}

function countVerdicts(holders: readonly Holder[]): Record<Verdict, number> {
  const counts = { current: 0, stale: 0, mismatch: 0, suspect: 0, unknown: 0 };
  for (const { verdict } of holders) counts[verdict] += 1;
  return counts;
}

function gatherFindings({ known, cluster, expected, scan, pods }: Proceedings, owners: Owners): Finding[] {
  const all = [
    ...known.findings,
    ...cluster.findings,
    ...pods.findings,
    ...scan.findings,
    ...scan.containers.flatMap(({ findings }) => findings),
    ...findOtherUses(known, cluster),
    ...findMissing(known, expected, scan, owners),
    ...findUntold(known, cluster, pods),
  ];
  const byText = new Map(
    all.map((finding) => [JSON.stringify([finding.code, finding.message, finding.path]), finding]),
  );
  return [...byText.values()];
}

/**
 * Judges everything on this node that holds a Secret, or should: which version, by which proof. What no pod asks for counts
 * where its value is distinctive; what a pod asks for counts however short it is.
 *
 * docs/guides/trail-verdicts.md has the rules. Nothing is read here; of values only their numbers and order are used.
 */
export function judge(proceedings: Proceedings): Trail {
  const { known, cluster, expected, asked, scan, pods } = proceedings;
  const one = { truth: new Truth(known), asked };
  const owners = new Owners(expected, scan, pods, cluster);
  const judged = [
    ...scan.containers.flatMap((container) => judgeContainer(container, owners, one)),
    ...scan.processes.flatMap((process) => judgeProcess(process, owners, one)),
  ];
  const holders = withoutDoubts(judged).toSorted(compareHolders);
  return {
    secret: known,
    references: cluster.source,
    holders,
    unread: listUnread(proceedings, owners),
    summary: {
      verdicts: countVerdicts(holders),
      processes: scan.processes.length,
      containers: scan.containers.length,
    },
    findings: gatherFindings(proceedings, owners),
  };
}
