import type { ContainerIdentity } from '../kube/identity.ts';
import type { EnvironReader, EnvironReaders } from '../kube/readers.ts';
import { containerText } from './container-text.ts';
import { printable } from './printable.ts';
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
    const members = groups.get(title);
    if (members === undefined) groups.set(title, [reader]);
    else members.push(reader);
  }
  return [...groups].sort(([one], [other]) => Number(one === NODE) - Number(other === NODE));
}

function rowOf({ pid, comm, reason }: EnvironReader): string[] {
  return ['', String(pid), printable(comm), printable(reason)];
}

const NAMED = 5;

/** How many there are of each reason, the most frequent first, and the first of them by their pids. */
function countByReason(readers: readonly EnvironReader[], named: boolean): string[] {
  const reasons = new Map<string, EnvironReader[]>();
  for (const one of readers) {
    const members = reasons.get(one.reason);
    if (members === undefined) reasons.set(one.reason, [one]);
    else members.push(one);
  }
  const sorted = [...reasons].sort(([, one], [, other]) => other.length - one.length);
  return sorted.map(([reason, members]) => {
    const pids = members.slice(0, NAMED).map(({ pid }) => pid);
    const who = named ? ` (${pids.join(', ')}${members.length > NAMED ? ', …' : ''})` : '';
    return `  ${members.length}  ${printable(reason)}${who}`;
  });
}

function describeCounts({ readers }: EnvironReaders): string {
  const unknown = byAnswer(readers, 'unknown').length;
  const doubt = unknown === 0 ? '' : `; of ${unknown} it cannot be told`;
  const able = byAnswer(readers, 'yes').length;
  return `${able} other ${able === 1 ? 'process' : 'processes'} could read its environ now${doubt}`;
}

/** Who could read an environ, in lines for people, by container. */
export function readersText(found: EnvironReaders, style: Style): string[] {
  const able = byAnswer(found.readers, 'yes');
  const rows = alignColumns(able.map(rowOf));
  const lineOf = new Map(able.map((reader, i) => [reader, rows[i] ?? '']));
  const lines = [`${style('bold', 'readers')}  ${describeCounts(found)}`];
  for (const [title, members] of group(able)) {
    lines.push('', style('cyan', title), ...members.map((one) => lineOf.get(one) ?? ''));
  }
  const [doubted, others] = [byAnswer(found.readers, 'unknown'), byAnswer(found.readers, 'no')];
  if (doubted.length > 0) {
    const reasons = countByReason(doubted, true).map((line) => style('yellow', line));
    lines.push('', `Of ${doubted.length} it cannot be told:`, ...reasons);
  }
  if (others.length > 0) lines.push('', `${others.length} could not:`, ...countByReason(others, false));
  return [...lines, '', ...found.notes.map((note) => style('dim', note))];
}
