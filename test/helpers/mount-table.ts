import { MountTable } from '../../lib/mounts/table.ts';
import type { NativeMountTable } from '../../lib/native.ts';

/** Texts of a mount: root, mount point, options, optional fields, type, source, super options. */
export type MountTexts = readonly [string, string, string, string, string, string, string];

/** LEB128. */
function numberBytes(number: number): number[] {
  return number < 128 ? [number] : [(number % 128) + 128, ...numberBytes(Math.floor(number / 128))];
}

/** What a table says of itself, beside its mounts. */
type Told = Partial<Pick<NativeMountTable, 'malformed' | 'truncated' | 'byListmount'>>;

/** A table as the addon packs it (native/core/mount_table.h), each mount of a kind of its own. Text is latin1. */
export function mountTableOf(mounts: readonly MountTexts[], told: Told = {}): MountTable {
  const texts: Buffer[] = [];
  const [records, kinds]: [Buffer[], number[]] = [[], []];
  const add = (text: string) => texts.push(Buffer.from(text, 'latin1')) - 1;
  for (const [index, [root, mountPoint, ...others]] of mounts.entries()) {
    const point = Buffer.from(mountPoint, 'latin1');
    // ids from 1, one parent for all
    const numbers = [2, index === 0 ? 2 : 0, index, 0, point.length];
    records.push(Buffer.from(numbers.flatMap(numberBytes)), point);
    kinds.push(8, 1, add(root), ...others.map(add));
  }
  let length = 0;
  const ends = texts.map((text) => (length += text.length));
  const bytesOf = (parts: Buffer[]) => new Uint8Array(Buffer.concat(parts)).buffer;
  return new MountTable({
    ...{ size: mounts.length, malformed: 0, truncated: false, byListmount: false, ...told },
    pointBytes: mounts.reduce((sum, [, mountPoint]) => sum + mountPoint.length, 0),
    mounts: bytesOf(records),
    kinds: Uint32Array.from(kinds).buffer,
    ends: Uint32Array.from(ends).buffer,
    block: bytesOf(texts),
  });
}

/** Mounts of which only the root and the mount point matter. */
export function mountsWithRoots(roots: Readonly<Record<string, string>>): MountTable {
  const line = ([mountPoint, root]: [string, string]): MountTexts => [root, mountPoint, 'rw', '', 'ext4', 'x', 'rw'];
  return mountTableOf(Object.entries(roots).map(line));
}
