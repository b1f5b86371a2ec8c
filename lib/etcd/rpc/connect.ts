import { checkCount, checkWaitOptions } from '../../options.ts';
import { UsageError } from '../../errors.ts';
import type { EtcdClient, EtcdEvent, EtcdMember, EtcdOptions, EtcdStatus, EtcdWatchOptions } from '../client.ts';
import { type EtcdConnection, type EtcdEndpoint, parseEndpoint, parseEndpoints } from '../connection.ts';
import { EtcdError } from '../etcd-error.ts';
import { keyBytes, prefixEnd, prefixStart } from '../prefix.ts';
import type { EtcdPage, EtcdRangeOptions, EtcdReadOptions, EtcdRecord } from '../record.ts';
import { Cluster, KV, Maintenance } from './etcd_pb.ts';
import { cutShort } from './error.ts';
import { readPages } from './pages.ts';
import { Pool } from './pool.ts';
import { RangeAnswer } from './range-answer.ts';
import { toMember, toStatus } from './records.ts';
import { readCompactRevision, watchKeys } from './watch.ts';

const DEFAULT_TIMEOUT = 5_000;
const LARGEST_PAGE = 100_000;

function checkKey(key: unknown): Uint8Array {
  if ((typeof key === 'string' || key instanceof Uint8Array) && key.length > 0) return keyBytes(key);
  throw new UsageError('key', 'must be a string or a Uint8Array that is not empty');
}

function checkRevision(revision: bigint = 0n): bigint {
  if (typeof revision === 'bigint' && revision >= 0n && revision < 2n ** 63n) return revision;
  throw new UsageError('revision', 'must be a bigint, of a revision of etcd');
}

function checkPageSize(size: number | undefined): number | null {
  if (size === undefined) return null;
  if (checkCount('pageSize', size, LARGEST_PAGE) === 0) throw new UsageError('pageSize', 'must be at least 1');
  return size;
}

class Client implements EtcdClient {
  readonly endpoints: readonly string[];
  readonly source: string;
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
    this.endpoints = pool.endpoints.map(({ text }) => text);
    this.source = this.endpoints.join(', ');
  }

  async get(key: string | Uint8Array, options: EtcdReadOptions = {}): Promise<EtcdRecord | null> {
    const request = { key: checkKey(key), revision: checkRevision(options.revision) };
    const answer = await this.#explaining(options, this.#range(request, options.signal));
    return [...answer.chunks()].flat()[0] ?? null;
  }

  async count(prefix: string | Uint8Array, options: EtcdReadOptions = {}): Promise<number> {
    const bytes = keyBytes(prefix);
    const range = { key: prefixStart(bytes), rangeEnd: prefixEnd(bytes) };
    const request = { ...range, revision: checkRevision(options.revision), countOnly: true };
    return Number((await this.#explaining(options, this.#range(request, options.signal))).count);
  }

  async *pages(prefix: string | Uint8Array, options: EtcdRangeOptions = {}): AsyncGenerator<EtcdPage, void> {
    const bytes = keyBytes(prefix);
    const pages = readPages(this.#pool, {
      start: prefixStart(bytes),
      end: prefixEnd(bytes),
      revision: checkRevision(options.revision),
      keysOnly: options.keysOnly ?? false,
      pageSize: checkPageSize(options.pageSize),
      signal: options.signal,
    });
    try {
      yield* pages;
    } catch (error) {
      throw await this.#explain(error, options);
    }
  }

  async *range(prefix: string | Uint8Array, options: EtcdRangeOptions = {}): AsyncGenerator<EtcdRecord, void> {
    for await (const { records } of this.pages(prefix, options)) yield* records;
  }

  watch(key: string | Uint8Array, options: EtcdWatchOptions = {}): AsyncGenerator<EtcdEvent, void> {
    checkRevision(options.startRevision);
    return watchKeys(this.#pool, options.prefix === true ? key : checkKey(key), options);
  }

  async status(endpoint?: string): Promise<EtcdStatus> {
    const known = this.#pool.endpoints.find(({ text }) => text === endpoint);
    if (endpoint === undefined)
      return this.#pool.run('Status', undefined, async (link, options) => {
        return toStatus(link.endpoint.text, await link.ask(Maintenance.method.status, {}, options));
      });
    return this.#statusOf(known ?? parseEndpoint(endpoint, this.#pool.endpoints[0]?.tls === true));
  }

  async members(): Promise<EtcdMember[]> {
    const { members } = await this.#pool.run('MemberList', undefined, (link, options) =>
      link.ask(Cluster.method.memberList, {}, options),
    );
    return members.map(toMember);
  }

  async *snapshot(options: { readonly signal?: AbortSignal } = {}): AsyncGenerator<Uint8Array, void> {
    const method = Maintenance.method.snapshot;
    const { stream, first } = await this.#pool.open(method, {}, options.signal, () => undefined);
    let told = 0;
    try {
      for (let answer: typeof first | null = first; answer !== null; answer = await stream.nextInTime()) {
        yield answer.blob;
        told += answer.blob.length;
      }
    } catch (error) {
      throw error instanceof EtcdError ? cutShort(error, `the first ${told} bytes`) : error;
    } finally {
      stream.close();
    }
  }

  async close(): Promise<void> {
    this.#pool.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #statusOf(endpoint: EtcdEndpoint): Promise<EtcdStatus> {
    return this.#pool.runAt(endpoint, 'Status', undefined, async (link, options) => {
      return toStatus(endpoint.text, await link.ask(Maintenance.method.status, {}, options));
    });
  }

  #range(
    request: { key: Uint8Array; rangeEnd?: Uint8Array; revision: bigint; countOnly?: boolean },
    signal: AbortSignal | undefined,
  ): Promise<RangeAnswer> {
    return this.#pool.run(
      'Range',
      signal,
      async (link, options) => new RangeAnswer(await link.askRaw(KV.method.range, request, options)),
    );
  }

  async #explaining<Value>(options: EtcdReadOptions, reading: Promise<Value>): Promise<Value> {
    try {
      return await reading;
    } catch (error) {
      throw await this.#explain(error, options);
    }
  }

  /** A read only says that a revision is gone: which ones are, a watch does. */
  async #explain(error: unknown, { revision = 1n }: EtcdReadOptions): Promise<unknown> {
    if (!(error instanceof EtcdError) || error.code !== 'ERR_ETCD_COMPACTED') return error;
    const compactRevision = await readCompactRevision(this.#pool, revision);
    if (compactRevision === null) return error;
    const message = `revision ${revision} has been compacted: etcd keeps what is of revision ${compactRevision} and later`;
    return new EtcdError('ERR_ETCD_COMPACTED', message, { compactRevision, cause: error });
  }
}

/** Not all that speak for etcd tell their status (kine). */
async function greet(pool: Pool): Promise<void> {
  try {
    await pool.run('Status', undefined, (link, options) => link.ask(Maintenance.method.status, {}, options));
  } catch (error) {
    if (!(error instanceof EtcdError) || error.status !== 'UNIMPLEMENTED') throw error;
  }
}

/** See `openEtcd`. */
export async function connectEtcd(connection: EtcdConnection, options: EtcdOptions): Promise<EtcdClient> {
  const timeout = checkWaitOptions({ timeout: DEFAULT_TIMEOUT, ...options });
  options.signal?.throwIfAborted();
  const pool = new Pool(connection, parseEndpoints(connection), timeout);
  options.signal?.addEventListener('abort', () => pool.close(), { once: true });
  try {
    await greet(pool);
    return new Client(pool);
  } catch (error) {
    pool.close();
    options.signal?.throwIfAborted();
    throw error;
  }
}
