import { constants, lstatSync, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Finding } from './finding.ts';

/** A file of the host: its bytes, or why there are none. Neither: no such file. */
export interface HostFile {
  /** Null where there is no such file, or a finding says why it was not read. */
  readonly bytes: Buffer | null;
  /** Why it was not read, or is not believed. */
  readonly finding: Finding | null;
}

const OTHERS_MAY_WRITE = 0o022;
const STICKY = 0o1000;

/** @internal The error number's name of what node:fs threw. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

function isRoots(status: Stats): boolean {
  const guarded = status.isDirectory() && (status.mode & STICKY) !== 0;
  return status.uid === 0 && (guarded || (status.mode & OTHERS_MAY_WRITE) === 0);
}

/** The first of a directory and those above it that another than root could change; null when there is none. */
async function findUntrusted(directory: string): Promise<string | null> {
  for (let at = directory; ; at = dirname(at)) {
    if (!isRoots(await lstat(at))) return at;
    if (at === '/') return null;
  }
}

function untrusted(path: string, place: string): HostFile {
  const message = `'${place}' belongs to another than root, or others may write to it: what it says is not believed`;
  return { bytes: null, finding: { code: 'untrusted-file', message, path } };
}

async function readBounded(file: FileHandle, path: string, most: number): Promise<HostFile> {
  const status = await file.stat();
  if (!status.isFile()) {
    return { bytes: null, finding: { code: 'not-a-file', message: 'it is no regular file', path } };
  }
  if (!isRoots(status)) return untrusted(path, path);
  const buffer = Buffer.alloc(Math.min(status.size, most) + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length);
    length += bytesRead;
    if (bytesRead === 0) return { bytes: buffer.subarray(0, length), finding: null };
    if (length === buffer.length) break;
  }
  const message = `it has more than ${Math.min(status.size, most)} bytes, or grows: it was not read`;
  return { bytes: null, finding: { code: 'too-large', message, path } };
}

async function readTrusted(path: string, most: number): Promise<HostFile> {
  const directory = await realpath(dirname(path));
  const place = await findUntrusted(directory);
  if (place !== null) return untrusted(path, place);
  // in directories that only root can change, and not through a link in the last of them
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(join(directory, basename(path)), flags);
  try {
    return await readBounded(file, path, most);
  } finally {
    await file.close();
  }
}

/**
 * Reads a file of the host that nobody but root can have written: it and all directories above it are root's, and none but
 * root may write to them; the last part of the path is no link.
 *
 * `most` is the largest size in bytes. A missing file is no finding; one that may not be read, or is not believed, is.
 */
export async function readHostFile(path: string, most: number): Promise<HostFile> {
  try {
    // most places are empty, and that is soon known
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return { bytes: null, finding: null };
    return await readTrusted(path, most);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { bytes: null, finding: null };
    const cure = code === 'EACCES' ? ': run as root' : code === 'ELOOP' ? ': it is a link' : '';
    const message = `it could not be read (${code})${cure}`;
    return { bytes: null, finding: { code: 'unreadable-file', message, path } };
  }
}
