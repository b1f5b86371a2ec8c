import { create } from '@bufbuild/protobuf';
import { plainText } from '../../document/plain-text.ts';
import type { EtcdEvent, EtcdWatchOptions } from '../client.ts';
import { EtcdError } from '../etcd-error.ts';
import { keyBytes, prefixEnd, prefixStart } from '../prefix.ts';
import { isReplaceable } from './error.ts';
import { type Event, KeyValueSchema, Watch, type WatchResponse } from './etcd_pb.ts';
import type { Pool } from './pool.ts';
import { toRecord } from './records.ts';

const DELETE = 1;

interface Range {
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
}

function rangeOf(key: string | Uint8Array, prefix: boolean): Range {
  const bytes = keyBytes(key);
  return prefix ? { key: prefixStart(bytes), rangeEnd: prefixEnd(bytes) } : { key: bytes, rangeEnd: new Uint8Array() };
}

function toEvent({ type, kv, prevKv }: Event): EtcdEvent {
  const previous = prevKv === undefined ? null : toRecord(prevKv);
  return { type: type === DELETE ? 'delete' : 'put', record: toRecord(kv ?? create(KeyValueSchema)), previous };
}

/** Throws where etcd will say no more. */
function check({ canceled, compactRevision, cancelReason }: WatchResponse): void {
  if (compactRevision > 0n)
    throw new EtcdError('ERR_ETCD_COMPACTED', `what changed before revision ${compactRevision} has been compacted`, {
      compactRevision,
    });
  if (!canceled) return;
  const reason = plainText(cancelReason);
  if (/permission denied|auth/i.test(reason))
    throw new EtcdError('ERR_ETCD_DENIED', `etcd refuses the watch: ${reason}`);
  throw new EtcdError('ERR_ETCD_LOST', `etcd ended the watch: ${reason || 'it did not say why'}`);
}

function openWatch(pool: Pool, range: Range, startRevision: bigint, options: EtcdWatchOptions) {
  const createRequest = { ...range, startRevision, prevKv: options.previous === true };
  // etcd 3.4 says "permission denied" to a token that has expired
  pool.forgetToken();
  return pool.open(Watch.method.watch, { createRequest }, options.signal, check);
}

const RETRY = 100;

/** Opens it again, until an endpoint answers or none has for as long as an answer may take. */
async function reopenWatch(pool: Pool, range: Range, startRevision: bigint, options: EtcdWatchOptions) {
  const limit = performance.now() + pool.timeout;
  for (;;) {
    try {
      return await openWatch(pool, range, startRevision, options);
    } catch (error) {
      if (!isReplaceable(error) || performance.now() + RETRY > limit) throw error;
    }
    await pool.wait(RETRY, options.signal);
  }
}

/** Follows what becomes of keys, from one endpoint to the next. */
export async function* watchKeys(
  pool: Pool,
  key: string | Uint8Array,
  options: EtcdWatchOptions,
): AsyncGenerator<EtcdEvent, void> {
  const range = rangeOf(key, options.prefix === true);
  let next = options.startRevision ?? 0n;
  let revision = 0n;
  for (let open = openWatch; ; open = reopenWatch) {
    const { stream, first } = await open(pool, range, next, options);
    // without a revision of its own a watch begins after the one in which it was made
    if (next === 0n) next = (first.header?.revision ?? 0n) + 1n;
    try {
      for (let answer: WatchResponse | null = first; answer !== null; answer = await stream.next()) {
        check(answer);
        for (const event of answer.events.map(toEvent)) {
          yield event;
          revision = event.record.modRevision;
        }
        if (answer.events.length > 0) next = revision + 1n;
      }
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!isReplaceable(error)) throw error;
    } finally {
      stream.close();
    }
  }
}

/** Up to which revision etcd has forgotten, asked by a watch that begins too early; null where it does not say. */
export async function readCompactRevision(pool: Pool, revision: bigint): Promise<bigint | null> {
  try {
    const { stream } = await openWatch(pool, rangeOf('compact', false), revision, {});
    try {
      check((await stream.nextInTime()) as WatchResponse);
    } finally {
      stream.close();
    }
  } catch (error) {
    if (error instanceof EtcdError) return error.compactRevision;
  }
  return null;
}
