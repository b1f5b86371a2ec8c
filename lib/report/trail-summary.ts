import { judgeGate } from '../trail/gate.ts';
import type { Verdict } from '../trail/holder.ts';
import type { Trail } from '../trail/trail-result.ts';
import { alignColumns, count, type Style } from './style.ts';
import { currentVersion, secretName } from './trail-versions.ts';
import { shownName, VERDICTS } from './trail-words.ts';

/** Trails of several Secrets. */
export interface TrailSummary {
  readonly trails: readonly Trail[];
}

const COLOURS = { current: 'green', stale: 'red', mismatch: 'yellow', suspect: 'yellow', unknown: 'yellow' } as const;

/** The worst of a Secret's holders; null where nothing holds it. */
function worst({ summary }: Trail): Verdict | null {
  return VERDICTS.find((verdict) => summary.verdicts[verdict] > 0) ?? null;
}

function rowOf(trail: Trail): string[] {
  const { secret, holders, summary } = trail;
  const revision = currentVersion(secret)?.revision ?? null;
  const { current, stale, mismatch, suspect, unknown } = summary.verdicts;
  return [
    shownName(secretName(secret) ?? 'values that were given'),
    `${secret.versions.length}${revision === null ? '' : ` (${revision})`}`,
    ...[holders.length, current, stale, mismatch + suspect + unknown].map(String),
    worst(trail) ?? 'not held',
  ];
}

const HEADER = ['SECRET', 'VERSIONS', 'HOLDERS', 'CURRENT', 'STALE', 'OTHER', 'VERDICT'];

/** What `podprobe trail --all` prints for people. */
export function trailSummaryText({ trails }: TrailSummary, style: Style): string[] {
  const [header = '', ...lines] = alignColumns([HEADER, ...trails.map(rowOf)], 48);
  const coloured = trails.map((trail, i) => {
    const verdict = worst(trail);
    const line = lines[i] as string;
    if (verdict === null) return line;
    const start = line.length - verdict.length;
    return line.slice(0, start) + style(COLOURS[verdict], line.slice(start));
  });
  const stale = trails.filter((trail) => worst(trail) === 'stale').length;
  const unread = Math.max(0, ...trails.map((trail) => trail.unread.length));
  return [
    style('bold', header),
    ...coloured,
    '',
    `${count(trails.length, 'Secret')}; old versions of ${stale} are still held.`,
    ...(unread === 0 ? [] : [`${count(unread, 'place')} could not be read, and may hold any of them.`]),
  ];
}

function trailEntry(trail: Trail): object {
  const { secret, references, holders, summary, unread } = trail;
  const revision = currentVersion(secret)?.revision ?? null;
  return {
    namespace: secret.namespace || null,
    name: secret.name || null,
    uid: secret.uid,
    versions: secret.versions.length,
    complete: secret.complete,
    revision: revision === null ? null : Number(revision),
    references,
    holders: holders.length,
    verdicts: summary.verdicts,
    verdict: worst(trail),
    gate: judgeGate(trail).gate,
    unread: unread.length,
  };
}

/** The document of `podprobe trail --all --json`: docs/schema/trail-summary.schema.json. */
export function trailSummaryDocument({ trails }: TrailSummary): object {
  return { schema: 'podprobe/trail-summary/v1', secrets: trails.map(trailEntry) };
}
