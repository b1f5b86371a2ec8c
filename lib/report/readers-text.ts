import type { ContainerIdentity } from '../kube/identity.ts';
import type { EnvironReader, EnvironReaders } from '../kube/readers.ts';
import { containerText } from './container-text.ts';
import { printable } from './entry.ts';
import { alignColumns, type Style } from './style.ts';

const byAnswer = (readers: readonly EnvironReader[], answer: EnvironReader['answer']): EnvironReader[] =>
  readers.filter((one) => one.answer === answer);

const NODE = 'the node';

/** The container, without what was odd about it: that is told where it is asked for. */
function titleOf(container: ContainerIdentity | null): string {
  if (container === null) return 'processes whose container could not be told';
  const [title] = containerText({ ...container, disagreements: [], findings: [] }, (_, text) => text);
  if (title !== undefined) return title;
  return container.kind === 'unknown' ? 'processes of which it cannot be told what they are of' : NODE;
}

/** By container, those of the node last: of these there are many, and few surprises. */
function group(readers: readonly EnvironReader[]): [title: string, members: EnvironReader[]][] {
  const groups = new Map<string, EnvironReader[]>();
  for (const reader of readers) {
    const title = titleOf(reader.container);
    groups.set(title, [...(groups.get(title) ?? []), reader]);
  }
  return [...groups].sort(([one], [other]) => Number(one === NODE) - Number(other === NODE));
}

function rowOf({ pid, comm, answer, reason }: EnvironReader): string[] {
  return ['', String(pid), printable(comm), answer, printable(reason)];
}

/** How many could not, by reason, the most frequent first. */
function describeOthers(others: readonly EnvironReader[]): string[] {
  const reasons = new Map<string, number>();
  for (const { reason } of others) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  return [...reasons].sort(([, one], [, other]) => other - one).map(([reason, number]) => `  ${number}  ${reason}`);
}

function describeCounts({ readers }: EnvironReaders): string {
  const unknown = byAnswer(readers, 'unknown').length;
  const doubt = unknown === 0 ? '' : `; of ${unknown} it cannot be told`;
  const able = byAnswer(readers, 'yes').length;
  return `${able} other ${able === 1 ? 'process' : 'processes'} could read its environ now${doubt}`;
}

/** Who could read an environ, in lines for people, by container. */
export function readersText(found: EnvironReaders, style: Style): string[] {
  const shown = [...byAnswer(found.readers, 'yes'), ...byAnswer(found.readers, 'unknown')];
  const rows = alignColumns(shown.map(rowOf));
  const lineOf = new Map(shown.map((reader, i) => [reader, rows[i] ?? '']));
  const lines = [`${style('bold', 'readers')}  ${describeCounts(found)}`];
  for (const [title, members] of group(shown)) {
    lines.push('', style('cyan', title));
    for (const one of members) {
      const line = lineOf.get(one) ?? '';
      lines.push(one.answer === 'unknown' ? style('yellow', line) : line);
    }
  }
  const others = byAnswer(found.readers, 'no');
  if (others.length > 0) lines.push('', `${others.length} could not:`, ...describeOthers(others));
  return [...lines, '', ...found.notes.map((note) => style('dim', note))];
}
