import { EtcdError } from '../etcd-error.ts';
import { keyAfter } from '../prefix.ts';
import type { EtcdPage } from '../record.ts';
import { cutShort } from './error.ts';
import { KV } from './etcd_pb.ts';
import type { Pool } from './pool.ts';
import { RangeAnswer } from './range-answer.ts';

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

/** etcd looks at all keys that are left for each page, and sends none before it has read the last. */
const MOST_OF_A_PAGE = 50_000;
const FIRST_PAGE = { keys: 12_500, values: 64 } as const;
const BYTES_OF_A_PAGE = 2 ** 22;

/** An answer that is too long is refused by our side, without having been read. */
function isTooLong(error: unknown): boolean {
  return error instanceof EtcdError && error.status === 'RESOURCE_EXHAUSTED';
}

/** The pages of one range, each asked for where the one before ended. */
class Pages {
  readonly #pool: Pool;
  readonly #request: PageRequest;
  readonly #stop = new AbortController();
  #size: number;
  #start: Uint8Array;
  #revision: bigint;
  #more = true;

  constructor(pool: Pool, request: PageRequest) {
    this.#pool = pool;
    this.#request = request;
    this.#size = request.pageSize ?? (request.keysOnly ? FIRST_PAGE.keys : FIRST_PAGE.values);
    this.#start = request.start;
    this.#revision = request.revision;
  }

  get revision(): bigint {
    return this.#revision;
  }

  /** The next page; null after the last. */
  async read(): Promise<RangeAnswer | null> {
    while (this.#more) {
      try {
        return await this.#ask();
      } catch (error) {
        if (this.#size === 1 || !isTooLong(error)) throw error;
        this.#size = Math.ceil(this.#size / 2);
      }
    }
    return null;
  }

  stop(): void {
    this.#stop.abort();
  }

  async #ask(): Promise<RangeAnswer> {
    const { end, keysOnly, signal } = this.#request;
    const limit = BigInt(this.#size);
    const body = { key: this.#start, rangeEnd: end, limit, revision: this.#revision, keysOnly };
    const both = signal === undefined ? this.#stop.signal : AbortSignal.any([this.#stop.signal, signal]);
    const message = await this.#pool.run('Range', both, (link, call) => link.askRaw(KV.method.range, body, call));
    const answer = new RangeAnswer(message);
    this.#follow(answer, message.length);
    return answer;
  }

  #follow({ revision, more, length, lastKey }: RangeAnswer, bytes: number): void {
    if (this.#revision === 0n) this.#revision = revision;
    // a server that says "more" and gives nothing, or the same again, would be asked for ever
    this.#more = more && lastKey !== null && Buffer.compare(lastKey, this.#start) >= 0;
    if (lastKey === null) return;
    this.#start = keyAfter(lastKey);
    if (this.#request.pageSize !== null) return;
    // as many as make four megabytes, by what these were long
    const fitting = Math.floor((BYTES_OF_A_PAGE * length) / bytes);
    this.#size = Math.max(1, Math.min(fitting, this.#size * 4, MOST_OF_A_PAGE));
  }
}

/** Reads page after page; one is on its way while the one before is looked at. */
export async function* readPages(pool: Pool, request: PageRequest): AsyncGenerator<EtcdPage, void> {
  const pages = new Pages(pool, request);
  let told = 0;
  try {
    for (let page = await pages.read(); page !== null;) {
      const reading = pages.read();
      // it is looked at when its turn comes
      reading.catch(() => undefined);
      for (const records of page.chunks()) {
        told += records.length;
        yield { records, revision: pages.revision };
      }
      page = await reading;
    }
  } catch (error) {
    throw told > 0 && error instanceof EtcdError ? cutShort(error, `the first ${told} records`) : error;
  } finally {
    pages.stop();
  }
}
