import type { Holder } from '../holder.ts';
import type { Place } from '../sighting.ts';

/** The way of a Secret: from what kubelet wrote to what programs have. */
const PLACES: readonly Place[] = ['volume', 'subPath', 'bundle', 'initial', 'live', 'commandLine', 'openFile'];

/** What is of no container comes last. */
function keysOf({ container, process, place, name, key }: Holder): (string | number)[] {
  return [
    container === null ? 2 : container.podUid === null ? 1 : 0,
    container?.namespace ?? '',
    container?.pod ?? '',
    container?.podUid ?? '',
    container?.name ?? '',
    container?.id ?? '',
    process?.pid ?? 0,
    PLACES.indexOf(place),
    name,
    key ?? '',
  ];
}

/** By pod, container, pid, place and name. */
export function compareHolders(a: Holder, b: Holder): number {
  const others = keysOf(b);
  for (const [index, one] of keysOf(a).entries()) {
    const other = others[index] ?? '';
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}
