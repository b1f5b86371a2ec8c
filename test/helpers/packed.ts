import { ProcessEnvironment } from '../../lib/index.ts';
import type { NativeInitial, NativeLive } from '../../lib/native.ts';

/** Entries of an environment, text as latin1: one character to a byte. */
export type Texts = readonly string[];

type Packed = readonly [count: number, truncated: boolean, packed: ArrayBuffer];

/** Entries as the addon packs them. */
export function packed(texts: Texts, truncated = false): Packed {
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
  return [strings.length, truncated, buffer];
}

/** Members of a result by name, as lib/native.ts has them by position. */
type InitialState = { state?: NativeInitial[0]; reason?: string | null; truncated?: boolean };
type LiveState = {
  state?: NativeLive[0];
  reason?: string | null;
  truncated?: boolean;
  locator?: string | null;
  runtime?: string | null;
  address?: bigint | null;
  region?: string | null;
  caveat?: string | null;
};

export type Made = {
  initial?: Texts | null;
  live?: Texts | null;
  initialState?: InitialState;
  liveState?: LiveState;
  comm?: string;
  exe?: string | null;
};

function madeInitial(
  texts: Texts,
  { state = 'intact', reason = null, truncated = false }: InitialState,
): NativeInitial {
  return [state, reason, ...packed(texts, truncated)];
}

function madeLive(texts: Texts, made: LiveState): NativeLive {
  const found = { locator: 'dynsym', runtime: 'glibc', address: 0x7ff0n, region: '[stack]', caveat: null };
  const { state = 'ok', reason = null, truncated = false, ...rest } = made;
  const { locator, runtime, address, region, caveat } = { ...found, ...rest };
  return [state, reason, ...packed(texts, truncated), locator, runtime, address, region, caveat];
}

/** A result as if a process had been read: intact and ok, unless told otherwise. */
export function environmentOf(made: Made): ProcessEnvironment {
  const { initial = [], live = [], comm = 'made', exe = '/bin/made' } = made;
  const madeUp = initial && madeInitial(initial, made.initialState ?? {});
  return new ProcessEnvironment([1234, 99n, comm, exe, madeUp, live && madeLive(live, made.liveState ?? {}), null]);
}
