import { isUtf8 } from 'node:buffer';
import type { Mount } from '../mounts/table.ts';
import type { Style } from './style.ts';

/** One field of a line, and what it is. */
interface Field {
  readonly text: string;
  readonly meaning: string;
}

const octal = (byte: number): string => `\\${byte.toString(8).padStart(3, '0')}`;

/**
 * Octal, as the kernel escapes: a blank, a tab, a line end, a backslash; here also what must not reach a terminal, and bytes
 * that are no text.
 */
function escapeOctal(text: string | Buffer, more = ''): string {
  if (typeof text !== 'string' && !isUtf8(text)) {
    const shown = (byte: number): string => (byte < 0x80 ? escapeOctal(String.fromCharCode(byte), more) : octal(byte));
    return Array.from(text, shown).join('');
  }
  const special = new RegExp(`[ \\\\${more}]|\\p{Cc}|\\p{Cf}|\\p{Zl}|\\p{Zp}`, 'gu');
  return text.toString().replace(special, (character) => Array.from(Buffer.from(character), octal).join(''));
}

/** Text of the kernel, whose own escapes stay. */
function harmless(text: string): string {
  return text
    .split('\\')
    .map((part) => escapeOctal(part))
    .join('\\');
}

function fieldsOf(mount: Mount): Field[] {
  const { major, minor } = mount.device;
  const optional = mount.optionalFields.map(harmless).join(' ');
  return [
    { text: `${mount.mountId}`, meaning: 'unique mount id' },
    { text: `${mount.parentMountId}`, meaning: 'id of the parent mount' },
    { text: `${major}:${minor}`, meaning: 'major:minor of the device that the files of this file system have' },
    { text: escapeOctal(mount.root), meaning: 'path in the file system that forms the root of this mount' },
    { text: escapeOctal(mount.mountPoint), meaning: "mount point, seen from the process's root directory" },
    {
      text: harmless(mount.options),
      meaning: `per-mount options: ${mount.readOnly ? 'read-only' : 'read-write'} here`,
    },
    { text: optional, meaning: optional === '' ? 'no optional fields' : 'optional fields: how mounts propagate' },
    { text: '-', meaning: 'separator that ends the optional fields' },
    { text: harmless(mount.fsType), meaning: 'file system type' },
    {
      text: escapeOctal(mount.source, '#'),
      meaning: mount.source.length === 0 ? 'mount source: empty' : 'mount source',
    },
    { text: harmless(mount.superOptions), meaning: 'options of the file system, the same in all its mounts' },
  ];
}

/** The line of a mount, as /proc/PID/mountinfo has it. */
export function mountLine(mount: Mount): string {
  const fields = fieldsOf(mount).filter(({ text }, i) => i !== 6 || text !== '');
  return fields.map(({ text }) => text).join(' ');
}

/** The line with each of its eleven fields named below, the last one first, so that none stands in another's way. */
export function explainLine(mount: Mount, style: Style): string[] {
  const fields = fieldsOf(mount);
  let column = 0;
  const places = fields.map(({ text, meaning }, i) => {
    const place = { column, meaning };
    if (i !== 6 || text !== '') column += text.length + 1;
    return place;
  });
  const rows = places.map(({ column: own, meaning }, i) => {
    const bars = [...new Set(places.slice(0, i).map((place) => place.column))].filter((at) => at < own);
    const stem = bars.reduce((line, at) => `${line.padEnd(at)}|`, '');
    return `${style('dim', stem.padEnd(own))}${meaning}`;
  });
  return [mountLine(mount), ...rows.reverse()];
}
