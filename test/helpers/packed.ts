import { ProcessEnvironment } from '../../lib/index.ts';
import type { NativeInitial, NativeLive, PackedEntries } from '../../lib/native.ts';

/** Entries of an environment, text as latin1: one character to a byte. */
export type Texts = readonly string[];

/** Entries as the addon packs them. */
export function packed(texts: Texts, truncated = false): PackedEntries {
  const strings = texts.map((text) => Buffer.from(`${text}\0`, 'latin1'));
  const block = Buffer.concat(strings);
  const head = strings.length * 8 + (strings.length + 1) * 4;
  const buffer = new ArrayBuffer(head + block.length);
  const addresses = new BigUint64Array(buffer, 0, strings.length);
  const offsets = new Uint32Array(buffer, strings.length * 8, strings.length + 1);
  strings.forEach((string, i) => {
    addresses[i] = 0x1000n + BigInt(offsets[i] as number);
    offsets[i + 1] = (offsets[i] as number) + string.length;
  });
  new Uint8Array(buffer, head).set(block);
  return { count: strings.length, truncated, packed: buffer };
}

export type Made = {
  initial?: Texts | null;
  live?: Texts | null;
  initialState?: Partial<NativeInitial>;
  liveState?: Partial<NativeLive>;
  comm?: Uint8Array | string;
  exe?: string | null;
};

/** A result as if a process had been read: intact and ok, unless told otherwise. */
export function environmentOf(made: Made): ProcessEnvironment {
  const { initial = [], live = [], comm = 'made', exe = '/bin/made' } = made;
  const found = { locator: 'dynsym', runtime: 'glibc', address: 0x7ff0n, region: '[stack]', caveat: null };
  return new ProcessEnvironment({
    pid: 1234,
    startTime: 99n,
    comm: Buffer.from(comm as string),
    exe: exe === null ? null : Buffer.from(exe),
    initial: initial && { state: 'intact', reason: null, ...packed(initial), ...made.initialState },
    live: live && { state: 'ok', reason: null, ...found, ...packed(live), ...made.liveState },
    denied: null,
  });
}
