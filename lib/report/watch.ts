import type { VolumeNews } from '../volumes/gathering.ts';
import type { VolumeEvent } from '../watch/event.ts';
import { bytesDocument, type Disclosure, entryDocument, nameDocument } from './entry.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';

type Told = VolumeNews & { readonly event: VolumeEvent };

/** The entries of these keys, in the order of the names. */
function entriesOf({ entries }: VolumeEvent, names: readonly Buffer[]): VolumeEvent['entries'] {
  const wanted = new Set(names.map((name) => name.toString('latin1')));
  return entries.filter(({ name }) => wanted.has(name.toString('latin1')));
}

/** A line of `podprobe watch`: docs/schema/watch.schema.json. */
export function watchDocument({ event, identity }: Told, disclosure: Disclosure): object {
  const shown = (names: readonly Buffer[]): object[] =>
    entriesOf(event, names).map((entry) => entryDocument(entry, disclosure));
  return {
    schema: 'podprobe/watch/v1',
    event: event.event,
    ...bytesDocument('path', event.path),
    podUid: identity?.podUid ?? null,
    kind: identity?.kind ?? null,
    volume: identity?.volume ?? null,
    generation: event.generation,
    added: shown(event.added),
    changed: shown(event.changed),
    removed: event.removed.map(nameDocument),
    truncated: event.truncated,
    time: event.time.toISOString(),
  };
}

const COLOURS = { ready: 'green', update: 'cyan', resync: 'yellow', gone: 'red' } as const;

/** The same for people, on one line. */
export function watchText({ event }: Told, { fingerprint, reveal }: Disclosure, style: Style): string {
  const values = (sign: string, names: readonly Buffer[]): string[] =>
    entriesOf(event, names).map(({ name, value }) => {
      const shown = reveal ? `"${printable(value)}"` : `${value.length} bytes ${fingerprint(value)}`;
      return `${sign}${printable(name)} (${shown})`;
    });
  const changes = [
    ...values('+', event.added),
    ...values('~', event.changed),
    ...event.removed.map((name) => `-${printable(name)}`),
    ...(event.truncated ? ['not all of it: a limit was met'] : []),
  ];
  const what = style(COLOURS[event.event], event.event.padEnd('update'.length));
  const generation = event.generation === null ? '' : `  ${printable(event.generation)}`;
  return [`${event.time.toISOString()}  ${what}  ${printable(event.path)}${generation}`, ...changes].join('  ');
}
