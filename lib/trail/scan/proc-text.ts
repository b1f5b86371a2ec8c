import { closeSync, openSync, readSync } from 'node:fs';

/** Used again and again: fresh memory for each file takes longer than the file. */
const chunk = Buffer.alloc(2 ** 16);

/**
 * Reads a file of /proc that shows no memory of a process, at most so many bytes of it; bytes as latin1. Rejects as node:fs does.
 *
 * It keeps this thread waiting while a process holds the lock of its mappings (`maps`); a signal that kills ends that.
 */
export function readProcText(path: string, most: number): { text: string; truncated: boolean } {
  const file = openSync(path, 'r');
  try {
    const parts: string[] = [];
    let length = 0;
    for (let count = -1; count !== 0 && length < most;) {
      count = readSync(file, chunk, 0, chunk.length, null);
      parts.push(chunk.toString('latin1', 0, count));
      length += count;
    }
    return { text: parts.join(''), truncated: length >= most };
  } finally {
    closeSync(file);
  }
}
