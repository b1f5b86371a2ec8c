import { readFileSync } from 'node:fs';
import { open, readlink } from 'node:fs/promises';

const MOST_BYTES = 2 ** 20;

/**
 * A file of `/proc/PID`, at most 1 MiB of it. Rejects as node:fs does.
 *
 * Those that are read from the memory of the process (`cmdline`) can keep their reader waiting for ever, if it is hostile.
 */
export async function readProcFile(pid: number, name: string): Promise<Buffer> {
  const file = await open(`/proc/${pid}/${name}`, 'r');
  try {
    const chunks: Buffer[] = [];
    for (let length = 0; length < MOST_BYTES;) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(16_384), 0, 16_384, null);
      if (bytesRead === 0) break;
      chunks.push(buffer.subarray(0, bytesRead));
      length += bytesRead;
    }
    return Buffer.concat(chunks);
  } finally {
    await file.close();
  }
}

/** A link of `/proc/PID`; null when it may not be read, or the process is gone. */
export async function readProcLink(pid: number, name: string): Promise<string | null> {
  return readlink(`/proc/${pid}/${name}`).catch(() => null);
}

/** What `/proc/PID/stat` says. */
export interface ProcStat {
  /** Name of the command, at most 15 bytes; as latin1. */
  readonly comm: string;
  /** One letter: `Z` has exited. */
  readonly state: string;
  /** The parent; 0 where it is in no pid namespace of the reader. */
  readonly parent: number;
  /** Clock ticks from boot to the start. */
  readonly startTime: bigint;
}

/**
 * Reads `/proc/PID/stat`. The name of the command may hold spaces and parentheses.
 *
 * Shape: `4242 (a) b) S 1 4242 …`. Source: proc_pid_stat(5), fields 3, 4 and 22.
 */
export function parseStat(bytes: Buffer | string): ProcStat | null {
  const text = bytes.toString('latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state = '', parent, startTime] = [fields[0], fields[1], fields[19]];
  if (!/^\d+$/.test(parent ?? '') || !/^\d+$/.test(startTime ?? '')) return null;
  const comm = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'));
  return { comm, state, parent: Number(parent), startTime: BigInt(startTime as string) };
}

/** Null when there is no such process. */
export function readStat(pid: number): Promise<ProcStat | null> {
  try {
    // in one go, not on other threads: unlike other files, it needs no lock that its process could hold
    return Promise.resolve(parseStat(readFileSync(`/proc/${pid}/stat`)));
  } catch {
    return Promise.resolve(null);
  }
}
