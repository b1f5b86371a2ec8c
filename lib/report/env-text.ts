import { type Drift, environmentDrift } from '../drift.ts';
import type { EnvironmentBlock, EnvironmentEntry, ProcessEnvironment } from '../environ.ts';
import type { ContainerIdentity } from '../kube/identity.ts';
import { containerText } from './container-text.ts';
import { type Disclosure, shownEntries } from './entry.ts';
import { printable } from './printable.ts';
import { alignColumns, count, type Style } from './style.ts';

const MARKS = { added: '+', removed: '-', changed: '~' } as const;
const COLOURS = { added: 'green', removed: 'red', changed: 'yellow' } as const;

function describeInitial(initial: NonNullable<ProcessEnvironment['initial']>, style: Style): string {
  const why = initial.reason === null ? '' : ` (${initial.reason})`;
  const cut = initial.truncated ? ', truncated' : '';
  return `${style('bold', 'initial')}  ${initial.state}, ${count(initial.length, 'variable')}${cut}${why}`;
}

function placeOf({ address, region, runtime, locator }: NonNullable<ProcessEnvironment['live']>): string {
  if (address === null) return '';
  const vector = address === 0n ? 'no vector' : `vector at 0x${address.toString(16)} in ${printable(region ?? '?')}`;
  return `; ${runtime} by ${locator}, ${vector}`;
}

function describeLive(live: NonNullable<ProcessEnvironment['live']>, style: Style): string[] {
  const state = live.state === 'ok' ? `ok, ${count(live.length, 'variable')}` : style('yellow', live.state);
  const why = live.reason === null ? '' : ` (${printable(live.reason)})`;
  const cut = live.truncated ? ', truncated' : '';
  const lines = [`${style('bold', 'live')}     ${state}${cut}${why}${placeOf(live)}`];
  if (live.caveat !== null) lines.push(`         ${live.caveat}`);
  return lines;
}

function describeDrift(drift: Drift[] | null): string {
  if (drift === null) return 'What has changed since the start cannot be told.';
  if (drift.length === 0) return 'Nothing has changed since the start.';
  const of = (change: Drift['change']): number => drift.filter((one) => one.change === change).length;
  const parts = (['added', 'changed', 'removed'] as const)
    .filter((change) => of(change) > 0)
    .map((change) => `${of(change)} ${change}`);
  return `Since the start: ${parts.join(', ')}.`;
}

function rowOf(mark: string, entry: EnvironmentEntry, note: string, { fingerprint, reveal }: Disclosure): string[] {
  const name = entry.name === null ? '(no =)' : printable(entry.name);
  const row = [mark, name, String(entry.value.length), fingerprint(entry.value), note];
  return reveal ? [...row, printable(entry.value)] : row;
}

function rowsOf(block: EnvironmentBlock, changes: Map<string, Drift['change']>, disclosure: Disclosure): string[][] {
  const seen = new Set<string>();
  return shownEntries(block).map((entry) => {
    const key = entry.name?.toString('latin1');
    const change = key === undefined || seen.has(key) ? undefined : changes.get(key);
    if (key !== undefined) seen.add(key);
    return rowOf(change === undefined ? ' ' : MARKS[change], entry, change ?? '', disclosure);
  });
}

function tableOf(rows: string[][], reveal: boolean, style: Style): string[] {
  const [header = '', ...lines] = alignColumns([
    [' ', 'NAME', 'BYTES', 'FINGERPRINT', 'CHANGE', ...(reveal ? ['VALUE'] : [])],
    ...rows,
  ]);
  const colours: Record<string, (typeof COLOURS)[Drift['change']]> = {
    '+': COLOURS.added,
    '-': COLOURS.removed,
    '~': COLOURS.changed,
  };
  return [
    style('dim', header),
    ...lines.map((line) => {
      const colour = colours[line.charAt(0)];
      return colour ? style(colour, line) : line;
    }),
  ];
}

/** What `podprobe env` prints for people: lines without line ends. */
export function envText(
  environment: ProcessEnvironment,
  disclosure: Disclosure,
  style: Style,
  identity: ContainerIdentity | null = null,
): string[] {
  const { process, initial, live } = environment;
  const drift = environmentDrift(environment);
  const changes = new Map((drift ?? []).map(({ name, change }) => [name.toString('latin1'), change]));
  const lines = [
    `${style('bold', `process ${process.pid}`)} (${printable(process.comm)})  ${printable(process.exe ?? 'its executable may not be read')}`,
  ];
  if (identity !== null) lines.push(...containerText(identity, style));
  if (initial) lines.push(describeInitial(initial, style));
  if (live) lines.push(...describeLive(live, style));
  const shown = live && live.length > 0 ? live : initial;
  const removed =
    drift === null || shown !== live
      ? []
      : (initial?.entries ?? []).filter(
          (entry) => entry.name !== null && changes.get(entry.name.toString('latin1')) === 'removed',
        );
  const rows = [
    ...(shown ? rowsOf(shown, shown === live ? changes : new Map(), disclosure) : []),
    ...removed.map((entry) => rowOf('-', entry, 'removed', disclosure)),
  ];
  if (rows.length > 0) lines.push('', ...tableOf(rows, disclosure.reveal, style));
  if (initial && live) lines.push('', describeDrift(drift));
  return lines;
}
