import { readdirSync, readlinkSync } from 'node:fs';
import * as assert from 'uvu/assert';

/** Each thread of the addon may keep an errand for its next file: a pidfd and a socket. 4 threads for reads, 16 for what may wait. */
const KEPT = 2 * (4 + 16);

function targetOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return '';
  }
}

/** How many descriptors this process has on what `isIt` accepts. */
export const openTo = (isIt: (path: string) => boolean): number =>
  readdirSync('/proc/self/fd').filter((descriptor) => isIt(targetOf(descriptor))).length;

/** How many descriptors this process has. */
export const openFiles = (): number => readdirSync('/proc/self/fd').length;

/** Whether nothing is left open since there were `before`, but what threads keep. */
export const isAllClosed = (before: number): boolean => openFiles() <= before + KEPT;

export function assertAllClosed(before: number): void {
  assert.ok(isAllClosed(before), `${before} open files before, ${openFiles()} after`);
}
