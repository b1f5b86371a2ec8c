import { readdir } from 'node:fs/promises';
import type { ProcessSummary } from '../../processes.ts';
import { readProcFile, readProcLink } from '../proc-file.ts';

/** A socket on which somebody waits for clients. */
export interface ListeningSocket {
  /** `127.0.0.1`, `::`; the path of a unix socket. */
  readonly address: string;
  /** 0 for a unix socket. */
  readonly port: number;
  /** Number of the socket's inode: `socket:[4711]` among the descriptors of who has it. */
  readonly inode: number;
}

/** One, and who has it. */
export interface EtcdListener {
  /** `127.0.0.1`, `::`; the path of a unix socket. */
  readonly address: string;
  /** 0 for a unix socket. */
  readonly port: number;
  /** Null where no process that can be seen has it. */
  readonly pid: number | null;
  /** Its name. */
  readonly comm: string | null;
}

const LISTEN = '0A';
const MOST_SOCKETS = 16_384;
/** Of all processes: a crowd of others with many files keeps nobody looking for ever. */
const MOST_DESCRIPTORS = 262_144;
const ACCEPTS = 0x1_0000;

function parseAddress(hex: string): string {
  // 32-bit words as this machine keeps them: little-endian
  const bytes = Buffer.concat((hex.match(/.{8}/g) ?? []).map((word) => Buffer.from(word, 'hex').reverse()));
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

/**
 * The listening sockets of `/proc/PID/net/tcp` and `tcp6`, which have them first.
 *
 * Shape: `   0: 0100007F:094B 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 …`.
 * Source: proc_pid_net(5); kernel, net/ipv4/tcp_ipv4.c `get_tcp4_sock`.
 */
export function parseTcpListeners(text: string): ListeningSocket[] {
  const lines = text.split('\n', MOST_SOCKETS + 1).slice(1);
  return lines.flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    const [, address, port] = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(local) ?? [];
    if (address === undefined || port === undefined || state !== LISTEN || !/^\d{1,15}$/.test(inode)) return [];
    return [{ address: parseAddress(address), port: Number.parseInt(port, 16), inode: Number(inode) }];
  });
}

/**
 * The listening sockets of `/proc/PID/net/unix` that have a path.
 *
 * Shape: `0000000000000000: 00000002 00000000 00010000 0001 01 4711 /run/kine.sock`. Source: proc_pid_net(5).
 */
export function parseUnixListeners(text: string): ListeningSocket[] {
  const lines = text.split('\n', MOST_SOCKETS + 1).slice(1);
  return lines.flatMap((line) => {
    const [, flags = '', inode = '', address = ''] =
      /^[0-9a-f]+: [0-9A-F]{8} [0-9A-F]{8} ([0-9A-F]{8}) [0-9A-F]{4} [0-9A-F]{2} +(\d{1,15}) (\/.*)$/i.exec(line) ?? [];
    const accepts = (Number.parseInt(flags, 16) & ACCEPTS) !== 0;
    return accepts ? [{ address, port: 0, inode: Number(inode) }] : [];
  });
}

/** Those that a process's network namespace has. */
export async function readListeners(pid: number): Promise<ListeningSocket[]> {
  const read = async (name: string): Promise<string> => {
    return (await readProcFile(pid, `net/${name}`).catch(() => Buffer.alloc(0))).toString('latin1');
  };
  const [four, six, unix] = await Promise.all(['tcp', 'tcp6', 'unix'].map(read));
  return [...parseTcpListeners(four ?? ''), ...parseTcpListeners(six ?? ''), ...parseUnixListeners(unix ?? '')];
}

/** The sockets among some descriptors of a process, by inode; none where that may not be seen. */
async function readSockets(pid: number, descriptors: readonly string[]): Promise<Set<number>> {
  const sockets = new Set<number>();
  for (const name of descriptors) {
    const [, inode] = /^socket:\[(\d+)\]$/.exec((await readProcLink(pid, `fd/${name}`)) ?? '') ?? [];
    if (inode !== undefined) sockets.add(Number(inode));
  }
  return sockets;
}

/**
 * Who has some listening sockets, as `ss -lntp` tells: by the links of `/proc/PID/fd`. Of several, the first of `order`.
 * `most` is how many descriptors are looked at; a socket that is none of them has no owner that can be seen.
 */
export async function findOwners(
  wanted: readonly ListeningSocket[],
  order: readonly ProcessSummary[],
  most = MOST_DESCRIPTORS,
): Promise<EtcdListener[]> {
  const left = new Set(wanted.map(({ inode }) => inode));
  const owners = new Map<number, ProcessSummary>();
  let unread = most;
  for (const summary of order) {
    if (left.size === 0 || unread === 0) break;
    if (summary.kernelThread || summary.zombie) continue;
    const descriptors = (await readdir(`/proc/${summary.pid}/fd`).catch(() => [])).slice(0, unread);
    unread -= descriptors.length;
    for (const inode of await readSockets(summary.pid, descriptors)) {
      if (left.delete(inode)) owners.set(inode, summary);
    }
  }
  return wanted.map(({ address, port, inode }) => {
    const owner = owners.get(inode);
    return { address, port, pid: owner?.pid ?? null, comm: owner?.comm ?? null };
  });
}
