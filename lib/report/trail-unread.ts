import type { UnreadRow } from '../trail/trail-result.ts';
import { shortId } from './container-text.ts';
import { groupBy } from './group-by.ts';
import { listing } from './shorten.ts';
import { PLACES, shownMessage } from './trail-words.ts';

/** Places of one kind that could not be read for one reason. */
export interface UnreadGroup {
  readonly place: string;
  readonly reason: string;
  /** `pid 12`, or `container 0f0f0f0f0f0f0`. */
  readonly where: readonly string[];
}

function whereOf({ pid, containerId }: UnreadRow): string {
  if (pid !== null) return `pid ${pid}`;
  return containerId === null ? 'the node' : `container ${shortId(containerId)}`;
}

/** Thousands of processes are often unreadable for one reason: what could not be read, by place and reason. */
export function unreadGroups(rows: readonly UnreadRow[]): UnreadGroup[] {
  return groupBy(rows, ({ unread }) => [unread.place, unread.reason]).map((group) => {
    const { place, reason } = (group[0] as UnreadRow).unread;
    return { place: PLACES[place], reason: shownMessage(reason), where: group.map(whereOf) };
  });
}

/** A group on one line. */
export function unreadText({ place, reason, where }: UnreadGroup): string {
  return `${place} of ${listing(where, 3)}: ${reason}`;
}
