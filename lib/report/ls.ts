import { isUtf8 } from 'node:buffer';
import type { DirectoryEntry, DirectoryListing } from '../rootfs.ts';
import type { FileStatus, FileType } from '../rootfs/status.ts';
import { nameDocument } from './entry.ts';
import { printable } from './printable.ts';
import { alignColumns, type Style } from './style.ts';

const LETTERS: Readonly<Record<FileType, string>> = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  fifo: 'p',
  socket: 's',
  characterDevice: 'c',
  blockDevice: 'b',
  unknown: '?',
};

/** Major and minor number of an `st_dev`, as glibc packs them. */
function deviceNumbers(device: bigint): [major: bigint, minor: bigint] {
  return [((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn), (device & 0xffn) | ((device >> 12n) & 0xffff_ff00n)];
}

function isDevice({ type }: FileStatus): boolean {
  return type === 'characterDevice' || type === 'blockDevice';
}

/** Null where a file system gives a time that no calendar has. */
function timeOf({ modified }: FileStatus): string | null {
  const time = new Date(Number(modified / 1_000_000n));
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

function entryDocument({ name, type, status, link }: DirectoryEntry): object {
  const { name: target, nameBase64: linkBase64 } = nameDocument(link);
  return {
    ...nameDocument(name),
    type,
    mode: status && status.mode.toString(8).padStart(4, '0'),
    uid: status && status.uid,
    gid: status && status.gid,
    links: status && status.links,
    size: status && status.size,
    inode: status && String(status.inode),
    device: status && deviceNumbers(status.device).join(':'),
    specialDevice: status && isDevice(status) ? deviceNumbers(status.specialDevice).join(':') : null,
    modified: status && timeOf(status),
    link: target,
    ...(linkBase64 === undefined ? {} : { linkBase64 }),
  };
}

/** The document of `podprobe ls --json`: docs/schema/ls.schema.json. */
export function lsDocument(pid: number, path: string, { entries, truncated }: DirectoryListing): object {
  return { schema: 'podprobe/ls/v1', pid, path, truncated, entries: entries.map(entryDocument) };
}

/** `rwxr-sr-t`, as ls(1) shows it. */
function permissions(mode: number): string {
  const letters = ['x', 'w', 'r'];
  const special = [mode & 0o1000 ? 't' : '', mode & 0o2000 ? 's' : '', mode & 0o4000 ? 's' : ''];
  const letter = (bit: number): string => {
    const set = (mode >> bit) & 1;
    const mark = bit % 3 === 0 ? (special[bit / 3] ?? '') : '';
    if (mark !== '') return set ? mark : mark.toUpperCase();
    return set ? (letters[bit % 3] as string) : '-';
  };
  return [8, 7, 6, 5, 4, 3, 2, 1, 0].map(letter).join('');
}

/** Bytes that are not UTF-8 as `\xff`, each of them: what is shown names one file only. */
function shownName(name: Buffer): string {
  if (isUtf8(name)) return printable(name);
  return Array.from(name, (byte) =>
    byte < 0x80 ? printable(String.fromCharCode(byte)) : `\\x${byte.toString(16)}`,
  ).join('');
}

function sizeOf(status: FileStatus): string {
  return isDevice(status) ? deviceNumbers(status.specialDevice).join(', ') : String(status.size);
}

function cells({ name, type, status, link }: DirectoryEntry): string[] {
  const shown = link === null ? shownName(name) : `${shownName(name)} -> ${shownName(link)}`;
  if (status === null) return [`${LETTERS[type]}?????????`, '?', '?', '?', '?', shown];
  const time = timeOf(status)?.replace(/\.\d+Z$/, 'Z') ?? '?';
  return [LETTERS[type] + permissions(status.mode), `${status.uid}`, `${status.gid}`, sizeOf(status), time, shown];
}

/** What `podprobe ls` prints for people. */
export function lsText({ entries, truncated }: DirectoryListing, style: Style): string[] {
  if (entries.length === 0) return ['empty'];
  const rows = [['MODE', 'UID', 'GID', 'SIZE', 'MODIFIED', 'NAME'], ...entries.map(cells)];
  const width = Math.max(...rows.map((row) => row[3]?.length ?? 0));
  const [heading = '', ...lines] = alignColumns(
    rows.map((row) => row.map((cell, i) => (i === 3 ? cell.padStart(width) : cell))),
  );
  const unknown = entries.filter(({ status }) => status === null).length;
  return [
    style('bold', heading),
    ...lines,
    ...(unknown > 0 ? ['', style('yellow', `${unknown} of them went meanwhile, or could not be looked at.`)] : []),
    ...(truncated ? ['', style('yellow', 'There are more: the list was cut.')] : []),
  ];
}
