import type { VolumeContent } from './content.ts';
import type { VolumeEvent } from './event.ts';

type Net = { readonly name: Buffer; readonly change: 'added' | 'changed' | 'removed' | 'none' };

/** What two changes of one key come to; equal bytes after a removal cannot be told from others any more. */
function combine(before: Net['change'] | undefined, now: Net['change']): Net['change'] {
  if (before === 'added') return now === 'removed' ? 'none' : 'added';
  if (before === 'removed') return now === 'added' ? 'changed' : now;
  return now;
}

function netChanges(events: readonly VolumeEvent[]): Net[] {
  const net = new Map<string, Net>();
  for (const { added, changed, removed } of events) {
    for (const [names, change] of [
      [added, 'added'] as const,
      [changed, 'changed'] as const,
      [removed, 'removed'] as const,
    ]) {
      for (const name of names) {
        const key = name.toString('latin1');
        net.set(key, { name, change: combine(net.get(key)?.change, change) });
      }
    }
  }
  return [...net.values()];
}

function withChanges(content: VolumeContent, net: readonly Net[]): VolumeContent {
  const of = (wanted: Net['change']): Buffer[] => net.filter(({ change }) => change === wanted).map(({ name }) => name);
  return { ...content, added: of('added'), changed: of('changed'), removed: of('removed') };
}

function allAdded(content: VolumeContent): VolumeContent {
  return { ...content, added: content.entries.map(({ name }) => name), changed: [], removed: [] };
}

/**
 * The fewest events, two at most, that leave who reads them where all of `events` would have: with the last generation.
 * The values of the others are overwritten.
 */
export function mergeEvents(events: readonly VolumeEvent[]): VolumeEvent[] {
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined) return [];
  const gone = events.findLast(({ event }) => event === 'gone');
  const wasThere = first.event !== 'ready';
  const merged: VolumeEvent[] = [];
  if (gone !== undefined && wasThere) merged.push(gone);
  if (last.event !== 'gone') {
    const asReady = gone !== undefined || !wasThere;
    const net = netChanges(events.slice(asReady ? events.length : 0));
    merged.push(asReady ? last.as('ready', allAdded) : last.as('resync', (content) => withChanges(content, net)));
  }
  for (const event of events) if (event !== last) event.wipe();
  return merged;
}
