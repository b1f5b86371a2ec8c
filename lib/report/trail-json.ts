import { judgeGate } from '../trail/gate.ts';
import type { Holder } from '../trail/holder.ts';
import type { KnownSecret } from '../trail/known-secret.ts';
import type { Trail, UnreadRow } from '../trail/trail-result.ts';
import type { Disclosure } from './entry.ts';
import { valueDocument, writerDocument } from './etcd-record-json.ts';
import { findingDocument } from './finding.ts';
import { type TrailAction, trailActions } from './trail-actions.ts';
import { trailFindings } from './trail-findings.ts';
import { type VersionStep, versionSteps } from './trail-versions.ts';

function timeDocument(time: Date | null): string | null {
  return time?.toISOString() ?? null;
}

function revisionDocument(revision: bigint | null): number | null {
  return revision === null ? null : Number(revision);
}

function versionDocument({ version, changes }: VersionStep, disclosure: Disclosure): object {
  const { source, revision, current, since, by, data } = version;
  const entries = [...data].map(([key, value]): [string, object] => [key, valueDocument(value, disclosure)]);
  return {
    revision: revisionDocument(revision),
    current,
    source,
    since: timeDocument(since),
    by: writerDocument(by),
    changes,
    data: Object.fromEntries(entries),
  };
}

function secretDocument(secret: KnownSecret, disclosure: Disclosure): object {
  const { namespace, name, uid, complete, keyTimes } = secret;
  return {
    namespace: namespace || null,
    name: name || null,
    uid,
    complete,
    keyTimes: Object.fromEntries([...keyTimes].map(([key, time]) => [key, time.toISOString()])),
    revisions: versionSteps(secret).map((step) => versionDocument(step, disclosure)),
  };
}

function holderDocument(holder: Holder): object {
  const { process, container, place, name, key, verdict, generation, expected, derived, replaced } = holder;
  return {
    process: process && { pid: process.pid, startTime: Number(process.startTime), comm: process.comm },
    container: container && {
      namespace: container.namespace,
      pod: container.pod,
      podUid: container.podUid,
      name: container.name,
      id: container.id,
      owner: container.owner,
    },
    place,
    name,
    key,
    verdict,
    revision: revisionDocument(holder.revision),
    generation,
    expected,
    derived,
    heldSince: timeDocument(holder.heldSince),
    replaced: replaced && {
      time: timeDocument(replaced.time),
      by: replaced.by,
      revision: revisionDocument(replaced.revision),
    },
    evidence: holder.evidence.map(({ by, message }) => ({ by, message })),
  };
}

function actionDocument({ revision, heldSince, ...action }: TrailAction): object {
  return { ...action, revision: revisionDocument(revision), heldSince: timeDocument(heldSince) };
}

function unreadDocument({ pid, containerId, counts, unread: { place, reason } }: UnreadRow): object {
  return { pid, containerId, counts, place, reason };
}

/** The document of `podprobe trail --json`: docs/schema/trail.schema.json. */
export function trailDocument(trail: Trail, disclosure: Disclosure): object {
  const { verdicts, processes, containers } = trail.summary;
  const { gate, reasons } = judgeGate(trail);
  return {
    schema: 'podprobe/trail/v1',
    secret: secretDocument(trail.secret, disclosure),
    references: trail.references,
    holders: trail.holders.map(holderDocument),
    actions: trailActions(trail).map(actionDocument),
    gate,
    reasons,
    summary: { verdicts, processes, containers },
    unread: trail.unread.map(unreadDocument),
    findings: trailFindings(trail).map(findingDocument),
  };
}
