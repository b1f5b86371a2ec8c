import type { EnvironmentLayers, LayerEntry } from '../drift/layers.ts';
import type { EnvironmentEntry, ProcessEnvironment } from '../environ.ts';
import { type Disclosure, shownEntries } from './entry.ts';
import { printable } from './printable.ts';
import { alignColumns, type Style } from './style.ts';

type Shown = Pick<EnvironmentEntry, 'name' | 'value'>;
type Note = { readonly mark: string; readonly note: string };
/** What is to be said of each name; bytes as latin1. */
type Notes = ReadonlyMap<string, Note>;

const MARKS: Readonly<Record<string, string>> = { added: '+', removed: '-', changed: '~', cut: '~' };
const COLOURS = { '+': 'green', '-': 'red', '~': 'yellow' } as const;

const keyOf = ({ name }: Shown): string | null => name?.toString('latin1') ?? null;

/** Changes of the run are marked before those of the start, which say where they are from. */
function noteAll({ start, run }: EnvironmentLayers, withRun: boolean): Notes {
  const notes = new Map<string, Note>();
  const add = (name: Buffer, change: string, note: string): void => {
    const key = name.toString('latin1');
    const before = notes.get(key);
    if (before === undefined) notes.set(key, { mark: MARKS[change] ?? ' ', note });
    else notes.set(key, { mark: before.mark, note: `${before.note}, ${note}` });
  };
  if (withRun) for (const { name, change } of run ?? []) add(name, change, change);
  for (const { name, change, by } of start ?? []) {
    add(name, change, `${change} ${by === 'runtime' ? 'by the runtime' : 'before the start'}`);
  }
  return notes;
}

function describeOrigin({ origin, service }: LayerEntry): string {
  return [origin, service ? 'service' : null].filter((word) => word !== null && word !== 'unknown').join(', ');
}

function originsOf({ bundle }: EnvironmentLayers): Map<string, string> {
  const origins = new Map<string, string>();
  for (const entry of bundle ?? []) {
    const [key, origin] = [keyOf(entry), describeOrigin(entry)];
    if (key !== null && origin !== '') origins.set(key, origin);
  }
  return origins;
}

type Changes = readonly { readonly name: Buffer; readonly change: string }[] | null;

function goneOf(changes: Changes, entries: readonly Shown[]): Shown[] {
  const removed = new Set(
    (changes ?? []).flatMap(({ name, change }) => (change === 'removed' ? [name.toString('latin1')] : [])),
  );
  return entries.filter((entry) => removed.has(keyOf(entry) ?? ''));
}

/** Entries in the order of the table, each with what is to be said of it: only the first of a name counts. */
function rowsOf(
  environment: ProcessEnvironment,
  layers: EnvironmentLayers,
): { entry: Shown; note: Note | undefined }[] {
  const { initial, live } = environment;
  const block = live && live.length > 0 ? live : initial;
  const withRun = block !== null && block === live;
  const notes = noteAll(layers, withRun);
  const seen = new Set<string>();
  const rows = (block === null ? (layers.bundle ?? []) : shownEntries(block)).map((entry) => {
    const key = keyOf(entry);
    const first = key !== null && !seen.has(key);
    if (key !== null) seen.add(key);
    return { entry, note: first ? notes.get(key) : undefined };
  });
  const gone = [
    ...(withRun ? goneOf(layers.run, initial?.entries ?? []) : []),
    ...goneOf(layers.start, layers.bundle ?? []),
  ];
  const unseen = gone.filter((entry) => !seen.has(keyOf(entry) ?? ''));
  return [...rows, ...unseen.map((entry) => ({ entry, note: notes.get(keyOf(entry) ?? '') }))];
}

/** The table of `podprobe env`: the last layer that is known, and what is no longer in it. Empty where there is nothing. */
export function envTable(
  environment: ProcessEnvironment,
  layers: EnvironmentLayers,
  { fingerprint, reveal }: Disclosure,
  style: Style,
): string[] {
  const origins = originsOf(layers);
  const told = origins.size > 0;
  const rows = rowsOf(environment, layers).map(({ entry, note }) => [
    note?.mark ?? ' ',
    entry.name === null ? '(no =)' : printable(entry.name),
    String(entry.value.length),
    fingerprint(entry.value),
    ...(told ? [origins.get(keyOf(entry) ?? '') ?? ''] : []),
    note?.note ?? '',
    ...(reveal ? [printable(entry.value)] : []),
  ]);
  if (rows.length === 0) return [];
  const header = [
    ' ',
    'NAME',
    'BYTES',
    'FINGERPRINT',
    ...(told ? ['ORIGIN'] : []),
    'CHANGE',
    ...(reveal ? ['VALUE'] : []),
  ];
  const [head = '', ...lines] = alignColumns([header, ...rows]);
  return [
    style('dim', head),
    ...lines.map((line) => {
      const colour = COLOURS[line.charAt(0) as keyof typeof COLOURS];
      return colour ? style(colour, line) : line;
    }),
  ];
}
