import { createClient } from '@connectrpc/connect';
import { EtcdError } from '../etcd-error.ts';
import { keyAfter } from '../prefix.ts';
import type { EtcdPage, EtcdRecord } from '../record.ts';
import { KV, type RangeResponse } from './etcd_pb.ts';
import type { Pool } from './pool.ts';
import { toRecord } from './records.ts';

/** What to read: keys from `start` to before `end`, of one revision; 0 for the newest. */
export interface PageRequest {
  readonly start: Uint8Array;
  readonly end: Uint8Array;
  readonly revision: bigint;
  readonly keysOnly: boolean;
  /** Null: as it fits. */
  readonly pageSize: number | null;
  readonly signal: AbortSignal | undefined;
}

const KEYS_OF_A_PAGE = 10_000;
const FIRST_PAGE = 64;
const BYTES_OF_A_PAGE = 2 ** 20;

/** As many as make about a megabyte, by what those before were long. */
function nextSize(size: number, records: readonly EtcdRecord[]): number {
  const bytes = records.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
  const fitting = Math.floor((BYTES_OF_A_PAGE * records.length) / Math.max(bytes, 1));
  return Math.max(1, Math.min(fitting, size * 4, KEYS_OF_A_PAGE));
}

/** An answer that is too long is refused by our side, without having been read. */
function isTooLong(error: unknown): boolean {
  return error instanceof EtcdError && error.status === 'RESOURCE_EXHAUSTED' && error.message.includes('readMaxBytes');
}

async function readPage(pool: Pool, request: PageRequest, start: Uint8Array, limit: number): Promise<RangeResponse> {
  const { end, revision, keysOnly, signal } = request;
  const body = { key: start, rangeEnd: end, limit: BigInt(limit), revision, keysOnly };
  return pool.run('Range', signal, (link, options) => createClient(KV, link.transport).range(body, options));
}

/** Reads page after page; the next is on its way while one is looked at. */
export async function* readPages(pool: Pool, request: PageRequest): AsyncGenerator<EtcdPage, void> {
  let size = request.pageSize ?? (request.keysOnly ? KEYS_OF_A_PAGE : FIRST_PAGE);
  let { start, revision } = request;
  let told = 0;
  for (let more = true; more;) {
    let answer: RangeResponse;
    try {
      answer = await readPage(pool, { ...request, revision }, start, size);
    } catch (error) {
      if (size > 1 && isTooLong(error)) {
        size = Math.ceil(size / 2);
        continue;
      }
      throw told === 0 ? error : cutShort(error, told);
    }
    const records = answer.kvs.map(toRecord);
    if (revision === 0n) revision = answer.header?.revision ?? 0n;
    const last = records.at(-1);
    // a server that says "more" and gives nothing, or the same again, would be asked for ever
    more = answer.more && last !== undefined && Buffer.compare(last.key, start) >= 0;
    if (last !== undefined) start = keyAfter(last.key);
    if (request.pageSize === null && !request.keysOnly && more) size = nextSize(size, records);
    told += records.length;
    yield { records, revision };
  }
}

/** Says that there was a part. */
function cutShort(error: unknown, told: number): unknown {
  if (!(error instanceof EtcdError)) return error;
  const { endpoint, attempts, compactRevision, status } = error;
  const code = error.code === 'ERR_ETCD_COMPACTED' || error.code === 'ERR_ETCD_DENIED' ? error.code : 'ERR_ETCD_LOST';
  return new EtcdError(code, `incomplete: only the first ${told} records could be read: ${error.message}`, {
    attempts,
    cause: error,
    ...(endpoint === null ? {} : { endpoint }),
    ...(compactRevision === null ? {} : { compactRevision }),
    ...(status === null ? {} : { status }),
  });
}
