import { MountTable } from '../../lib/mounts/table.ts';

/** Texts of a mount: root, mount point, options, optional fields, type, source, super options. */
export type MountTexts = readonly [string, string, string, string, string, string, string];

/** A table as the addon packs it: native/core/mount_table.h. Text is latin1. */
export function mountTableOf(mounts: readonly MountTexts[]): MountTable {
  const blocks: Buffer[] = [];
  let length = 0;
  const words = mounts.flatMap((texts, i) => {
    const places = texts.flatMap((text) => {
      const block = Buffer.from(text, 'latin1');
      blocks.push(block);
      length += block.length;
      return [length - block.length, length];
    });
    return [i + 1, 1, 8, 1, ...places];
  });
  const block = new Uint8Array(Buffer.concat(blocks)).buffer;
  const table = { count: mounts.length, malformed: 0, truncated: false, byListmount: false };
  return new MountTable({ ...table, words: Uint32Array.from(words).buffer, block });
}

/** Mounts of which only the root and the mount point matter. */
export function mountsWithRoots(roots: Readonly<Record<string, string>>): MountTable {
  const line = ([mountPoint, root]: [string, string]): MountTexts => [root, mountPoint, 'rw', '', 'ext4', 'x', 'rw'];
  return mountTableOf(Object.entries(roots).map(line));
}
