import { EtcdError } from '../etcd-error.ts';
import { keyAfter } from '../prefix.ts';
import type { EtcdPage, EtcdRecord } from '../record.ts';
import { cutShort } from './error.ts';
import { KV } from './etcd_pb.ts';
import type { Pool } from './pool.ts';
import { decodeRangeAnswer, type RangeAnswer } from './range-answer.ts';

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

/** etcd looks at all keys that are left for each page, but sends none before it has read the last. */
const MOST_OF_A_PAGE = 10_000;
const FIRST_PAGE = { keys: 5_000, values: 64 } as const;
const BYTES_OF_A_PAGE = 2 ** 20;

/** As many as make about a megabyte, by what those before were long. */
function nextSize(size: number, records: readonly EtcdRecord[]): number {
  const bytes = records.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
  const fitting = Math.floor((BYTES_OF_A_PAGE * records.length) / Math.max(bytes, 1));
  return Math.max(1, Math.min(fitting, size * 4, MOST_OF_A_PAGE));
}

/** An answer that is too long is refused by our side, without having been read. */
function isTooLong(error: unknown): boolean {
  return error instanceof EtcdError && error.status === 'RESOURCE_EXHAUSTED';
}

type MaybeMore = EtcdPage & { readonly more: boolean };

/** The pages of one range, each asked for where the one before ended. */
class Pages {
  readonly #pool: Pool;
  readonly #request: PageRequest;
  readonly #stop = new AbortController();
  #size: number;
  #start: Uint8Array;
  #revision: bigint;

  constructor(pool: Pool, request: PageRequest) {
    this.#pool = pool;
    this.#request = request;
    this.#size = request.pageSize ?? (request.keysOnly ? FIRST_PAGE.keys : FIRST_PAGE.values);
    this.#start = request.start;
    this.#revision = request.revision;
  }

  async read(): Promise<MaybeMore> {
    for (;;) {
      try {
        return this.#take(await this.#ask());
      } catch (error) {
        if (this.#size === 1 || !isTooLong(error)) throw error;
        this.#size = Math.ceil(this.#size / 2);
      }
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  #ask(): Promise<RangeAnswer> {
    const { end, keysOnly, signal } = this.#request;
    const limit = BigInt(this.#size);
    const body = { key: this.#start, rangeEnd: end, limit, revision: this.#revision, keysOnly };
    const both = signal === undefined ? this.#stop.signal : AbortSignal.any([this.#stop.signal, signal]);
    return this.#pool.run('Range', both, async (link, options) =>
      decodeRangeAnswer(await link.askRaw(KV.method.range, body, options)),
    );
  }

  #take(answer: RangeAnswer): MaybeMore {
    const { records } = answer;
    if (this.#revision === 0n) this.#revision = answer.revision;
    const last = records.at(-1);
    // a server that says "more" and gives nothing, or the same again, would be asked for ever
    const more = answer.more && last !== undefined && Buffer.compare(last.key, this.#start) >= 0;
    if (last !== undefined) this.#start = keyAfter(last.key);
    if (this.#request.pageSize === null && records.length > 0) this.#size = nextSize(this.#size, records);
    return { records, revision: this.#revision, more };
  }
}

/** Reads page after page; one is on its way while the one before is looked at. */
export async function* readPages(pool: Pool, request: PageRequest): AsyncGenerator<EtcdPage, void> {
  const pages = new Pages(pool, request);
  let told = 0;
  try {
    let reading: Promise<MaybeMore> | null = pages.read();
    while (reading !== null) {
      const { records, revision, more }: MaybeMore = await reading;
      reading = more ? pages.read() : null;
      // it is looked at when its turn comes
      reading?.catch(() => undefined);
      told += records.length;
      yield { records, revision };
    }
  } catch (error) {
    throw told > 0 && error instanceof EtcdError ? cutShort(error, `the first ${told} records`) : error;
  } finally {
    pages.stop();
  }
}
