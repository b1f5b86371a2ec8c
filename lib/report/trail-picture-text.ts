import type { Holder, Verdict } from '../trail/holder.ts';
import { describeMade } from './container-text.ts';
import { printable } from './printable.ts';
import { alignColumns, type Style } from './style.ts';
import { type TreeNode, treeLines } from './tree-lines.ts';
import { type ContainerBranch, type HolderRow, type PodBranch, type ProcessBranch, trailTree } from './trail-tree.ts';
import { heldVersion, oddities, PLACES, replacedLines, shownMessage, shownName, sinceText } from './trail-words.ts';

const COLOURS = { current: 'green', stale: 'red', mismatch: 'yellow', suspect: 'yellow', unknown: 'dim' } as const;
/** Of what a verdict rests on, so much is told here. */
const MOST_EVIDENCE = 3;

/** How a picture is drawn. */
interface Pencil {
  readonly style: Style;
  /** In milliseconds. */
  readonly now: number;
  /** It is known what the pods ask for. */
  readonly askingKnown: boolean;
}

/** What is old is marked where there are no colours, too. */
function verdictText(verdict: Verdict): string {
  return verdict === 'stale' ? 'STALE' : verdict;
}

function reasonLines(holder: Holder, now: number): string[] {
  if (holder.verdict === 'current') return [];
  // with revisions, the Secret's own lines say when each was written and by whom
  if (holder.verdict === 'stale') return holder.revision === null ? replacedLines(holder, now) : [];
  return holder.evidence.slice(0, MOST_EVIDENCE).map(({ message }) => shownMessage(message));
}

function rowCells({ holder, places }: HolderRow, now: number): string[] {
  const since = holder.verdict === 'current' ? null : sinceText(holder, now);
  return [
    verdictText(holder.verdict),
    shownName(holder.name),
    places.map((place) => PLACES[place]).join(', '),
    holder.key === null ? '' : shownName(holder.key),
    since === null ? heldVersion(holder) : `${heldVersion(holder)}, ${since}`,
  ];
}

function rowNodes(rows: readonly HolderRow[], { style, now, askingKnown }: Pencil): TreeNode[] {
  const lines = alignColumns(
    rows.map((row) => rowCells(row, now)),
    24,
  );
  return rows.map(({ holder }, i) => {
    const line = lines[i] as string;
    const { length } = verdictText(holder.verdict);
    const coloured = style(COLOURS[holder.verdict], line.slice(0, length)) + line.slice(length);
    const notes = [...oddities(holder, askingKnown), ...reasonLines(holder, now)].map(
      (note) => `  ${style('dim', note)}`,
    );
    return { lines: [coloured, ...notes], children: [] };
  });
}

function processNode({ process, rows }: ProcessBranch, pencil: Pencil): TreeNode {
  const title = `pid ${process.pid} (${printable(process.comm)})`;
  return { lines: [title], children: rowNodes(rows, pencil) };
}

function containerNodes({ container, rows, processes }: ContainerBranch, pencil: Pencil): TreeNode[] {
  const children = [...rowNodes(rows, pencil), ...processes.map((one) => processNode(one, pencil))];
  if (container === null) return children;
  const made = describeMade(container.id, null, false);
  const title = container.name === null ? made : `container ${shownName(container.name)}`;
  return [{ lines: [pencil.style('cyan', title)], children }];
}

function podLines({ pod, owner, containers }: PodBranch, pencil: Pencil): string[] {
  const { style } = pencil;
  const outside = containers.some(({ container }) => container === null) ? 'in no container' : 'in no pod';
  const title = style('bold', pod === null ? outside : `pod ${shownName(pod)}`);
  const root = {
    lines: [owner === null ? title : `${title}  of ${shownName(owner)}`],
    children: containers.flatMap((one) => containerNodes(one, pencil)),
  };
  return [...treeLines(root), ''];
}

/** Who holds it, as a tree. */
export function pictureLines(holders: readonly Holder[], pencil: Pencil): string[] {
  return trailTree(holders).flatMap((pod) => podLines(pod, pencil));
}
