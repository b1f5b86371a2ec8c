import type { Holder, Verdict } from '../trail/holder.ts';
import type { KnownSecret, SecretVersion } from '../trail/known-secret.ts';
import { groupBy } from './group-by.ts';
import { type ContainerBranch, type HolderRow, type PodBranch, type ProcessBranch, trailTree } from './trail-tree.ts';
import { VERDICTS } from './trail-words.ts';

/** Columns of the picture, in units of its view box. */
export const COLUMNS = {
  version: { x: 1, width: 190 },
  source: { x: 250, width: 290 },
  container: { x: 604, width: 184 },
  process: { x: 852, width: 327 },
} as const;

/** Sizes of the picture, in the same units. */
export const SIZES = { width: 1180, head: 34, podTitle: 26, title: 22, row: 34, padding: 8, gap: 14, version: 62 };

/** A box of the picture. */
export interface Box<Subject> {
  readonly subject: Subject;
  readonly column: keyof typeof COLUMNS;
  readonly y: number;
  readonly height: number;
  readonly rows: readonly HolderRow[];
}

/** A line from one box to another. */
export interface Edge {
  readonly from: Box<unknown>;
  readonly to: Box<unknown>;
  /** Where in the other box it ends. */
  readonly end: number;
  readonly verdict: Verdict;
  /** Number of the version that it begins at; null where it begins elsewhere. */
  readonly lane: number | null;
}

/** Where everything of a picture is. */
export interface Layout {
  readonly height: number;
  readonly versions: readonly Box<SecretVersion>[];
  readonly pods: readonly { readonly pod: PodBranch; readonly y: number }[];
  /** Bundles and volumes of containers. */
  readonly sources: readonly Box<'bundle' | 'volumes'>[];
  readonly containers: readonly Box<ContainerBranch>[];
  readonly processes: readonly Box<ProcessBranch>[];
  readonly edges: readonly Edge[];
}

interface Block {
  readonly container: Box<ContainerBranch>;
  readonly sources: readonly Box<'bundle' | 'volumes'>[];
  readonly processes: readonly Box<ProcessBranch>[];
  readonly height: number;
}

/** The worst of these rows. */
export function worstVerdict(rows: readonly HolderRow[]): Verdict {
  return VERDICTS.find((verdict) => rows.some(({ holder }) => holder.verdict === verdict)) ?? 'current';
}

function stack<Subject>(
  column: keyof typeof COLUMNS,
  y: number,
  items: readonly { readonly subject: Subject; readonly rows: readonly HolderRow[] }[],
): Box<Subject>[] {
  let top = y;
  return items.map(({ subject, rows }) => {
    const height = 2 * SIZES.padding + SIZES.title + rows.length * SIZES.row;
    const box = { subject, column, y: top, height, rows };
    top += height + SIZES.gap;
    return box;
  });
}

function heightOf(boxes: readonly Box<unknown>[]): number {
  const [first, last] = [boxes[0], boxes.at(-1)];
  return first === undefined || last === undefined ? 0 : last.y + last.height - first.y;
}

function toSources(rows: readonly HolderRow[]): { subject: 'bundle' | 'volumes'; rows: readonly HolderRow[] }[] {
  return groupBy(rows, ({ holder }) => holder.place === 'bundle').map((some) => ({
    subject: some[0]?.holder.place === 'bundle' ? 'bundle' : 'volumes',
    rows: some,
  }));
}

function toBlock(branch: ContainerBranch, y: number): Block {
  const sources = stack('source', y, toSources(branch.rows));
  const processes = stack(
    'process',
    y,
    branch.processes.map((subject) => ({ subject, rows: subject.rows })),
  );
  const own = 2 * SIZES.padding + 2 * SIZES.title;
  const height = Math.max(heightOf(sources), heightOf(processes), own);
  const container = { subject: branch, column: 'container', y: y + (height - own) / 2, height: own, rows: [] } as const;
  return { container, sources, processes, height };
}

/** Of an older version that counts no revision it is known which one, where there is no other. */
function versionOf(holder: Holder, { versions }: KnownSecret): SecretVersion | undefined {
  const { revision, verdict } = holder;
  if (revision !== null) return versions.find((version) => version.revision === revision);
  if (verdict === 'current') return versions.find(({ current }) => current);
  const older = versions.filter((version) => !version.current && version.revision === null);
  return verdict === 'stale' && older.length === 1 ? older[0] : undefined;
}

function centre({ y, height }: Box<unknown>): number {
  return y + height / 2;
}

/** Where a row of a box begins. */
export function rowTop(box: Box<unknown>, row: number): number {
  return box.y + SIZES.padding + SIZES.title + row * SIZES.row;
}

function boxEdge(from: Box<unknown>, to: Box<unknown>, rows: readonly HolderRow[]): Edge {
  return { from, to, end: centre(to), verdict: worstVerdict(rows), lane: null };
}

/** To each row of a box; to the middle of one that does not show these rows. */
function versionEdges(
  rows: readonly HolderRow[],
  to: Box<unknown>,
  boxes: Layout['versions'],
  secret: KnownSecret,
): Edge[] {
  const edges = rows.flatMap(({ holder }, i) => {
    const version = versionOf(holder, secret);
    const lane = boxes.findIndex(({ subject }) => subject === version);
    const from = boxes[lane];
    const end = to.rows === rows ? rowTop(to, i) + SIZES.row / 4 : centre(to);
    return from === undefined ? [] : [{ from, to, end, verdict: holder.verdict, lane }];
  });
  return groupBy(edges, ({ from, end, verdict }) => [from.y, end, verdict]).map(([edge]) => edge as Edge);
}

/** What processes hold of a version that neither bundle nor volume of their container has came there by a way of its own. */
function blockEdges(
  { container, sources, processes }: Block,
  versions: Layout['versions'],
  secret: KnownSecret,
): Edge[] {
  const told = new Set(sources.flatMap(({ rows }) => rows.map(({ holder }) => versionOf(holder, secret))));
  const others = processes.flatMap(({ rows }) => rows).filter(({ holder }) => !told.has(versionOf(holder, secret)));
  return [
    ...sources.flatMap((source) => versionEdges(source.rows, source, versions, secret)),
    ...versionEdges(others, container, versions, secret),
    ...sources.map((from) => boxEdge(from, container, from.rows)),
    ...processes.map((to) => boxEdge(container, to, to.rows)),
  ];
}

function versionBoxes(secret: KnownSecret, holders: readonly Holder[]): Box<SecretVersion>[] {
  const held = new Set(holders.map((holder) => versionOf(holder, secret)));
  const drawn = secret.versions.filter((version) => version.current || held.has(version));
  return drawn.map((subject, i) => {
    const y = SIZES.head + SIZES.podTitle + i * (SIZES.version + SIZES.gap);
    return { subject, column: 'version', y, height: SIZES.version, rows: [] };
  });
}

/** Places everything of a picture: the versions that are held, then from left to right how they came to where they are. */
export function layOut(secret: KnownSecret, holders: readonly Holder[]): Layout {
  const versions = versionBoxes(secret, holders);
  const pods: { pod: PodBranch; y: number }[] = [];
  const blocks: Block[] = [];
  let y = SIZES.head;
  for (const pod of trailTree(holders)) {
    pods.push({ pod, y });
    y += SIZES.podTitle;
    for (const branch of pod.containers) {
      const block = toBlock(branch, y);
      blocks.push(block);
      y += block.height + SIZES.gap;
    }
    y += SIZES.gap;
  }
  const last = versions.at(-1);
  return {
    height: Math.max(y, last === undefined ? 0 : last.y + last.height + SIZES.gap, SIZES.head + SIZES.podTitle),
    versions,
    pods,
    sources: blocks.flatMap(({ sources }) => sources),
    containers: blocks.map(({ container }) => container),
    processes: blocks.flatMap(({ processes }) => processes),
    edges: blocks.flatMap((block) => blockEdges(block, versions, secret)),
  };
}
