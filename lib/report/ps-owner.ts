import type { ListedContainer, ListedProcess } from '../kube/pod-list.ts';

/** What a list of pods is told by. */
export interface PsMoment {
  /** Seconds since boot. */
  readonly uptime: number;
  /** Names of the users of this host. */
  readonly userNames: ReadonlyMap<number, string>;
}

/** Clock ticks a second that the kernel tells times in: USER_HZ, 100 on all processors that this runs on. */
const TICKS = 100;

/** Seconds that a process has been there; not less than none. */
export function ageOf({ startTime }: ListedProcess, { uptime }: PsMoment): number {
  return Math.max(0, Math.floor(uptime - Number(startTime) / TICKS));
}

/** Name of the user of this host; null where there is none, or ids of the container are not those of users here. */
export function userOf({ uid }: ListedProcess, container: ListedContainer, { userNames }: PsMoment): string | null {
  if (uid === null || container.ownUserNamespace !== false) return null;
  return userNames.get(uid) ?? null;
}
