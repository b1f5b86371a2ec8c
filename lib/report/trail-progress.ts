import { describeSpan } from './age.ts';
import { count } from './style.ts';

/** How far a scan has come, on one line. */
export function scanProgress(done: number, total: number): string {
  return `looking: ${done} of ${count(total, 'process', 'processes')}`;
}

/** What is waited for. */
export interface TrailWait {
  /** Holders of an old version. */
  readonly stale: number;
  /** Milliseconds since they were looked at. */
  readonly sinceLook: number;
  /** Milliseconds until nobody waits any more. */
  readonly left: number;
}

/** How long it is waited for, on one line. */
export function waitProgress({ stale, sinceLook, left }: TrailWait): string {
  const holders = `${count(stale, 'holder')} ${stale === 1 ? 'is' : 'are'} stale`;
  // of five minutes that have just begun five are left
  const rounded = Math.ceil(left / 1000) * 1000;
  return `waiting: ${holders}, ${describeSpan(sinceLook)} since the last look, ${describeSpan(rounded)} left`;
}
