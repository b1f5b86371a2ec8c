import type { CallOptions } from '@connectrpc/connect';
import { EtcdError } from '../etcd-error.ts';
import { toEtcdError } from './error.ts';
import type { Link } from './link.ts';
import type { Pool } from './pool.ts';
import { within } from './waiting.ts';

/** Answers to one call, one after the other, and its end. */
export class AnswerStream<Answer> {
  readonly #answers: AsyncIterator<Answer>;
  readonly #stop = new AbortController();
  readonly #link: Link;
  readonly #method: string;
  readonly #timeout: number;

  private constructor(
    link: Link,
    method: string,
    timeout: number,
    make: (signal: AbortSignal) => AsyncIterable<Answer>,
  ) {
    this.#link = link;
    this.#method = method;
    this.#timeout = timeout;
    this.#answers = make(this.#stop.signal)[Symbol.asyncIterator]();
  }

  /** Opens it at an endpoint that gives a first answer, which `check` may refuse. */
  static async open<Answer>(
    pool: Pool,
    method: string,
    signal: AbortSignal | undefined,
    start: (link: Link, options: CallOptions) => AsyncIterable<Answer>,
    check: (first: Answer) => void,
  ): Promise<{ stream: AnswerStream<Answer>; first: Answer }> {
    return pool.run(method, signal, async (link, { timeoutMs: _, signal: both, ...options }) => {
      const stream = new AnswerStream(link, method, pool.timeout, (stop) => {
        return start(link, { ...options, signal: both === undefined ? stop : AbortSignal.any([both, stop]) });
      });
      try {
        const first = await stream.nextInTime();
        if (first === null) throw stream.#silent('ended');
        check(first);
        return { stream, first };
      } catch (error) {
        stream.close();
        throw error;
      }
    });
  }

  /** The next answer, however long it takes; null at the end. */
  async next(): Promise<Answer | null> {
    try {
      const { value, done } = await this.#answers.next();
      return done === true ? null : value;
    } catch (error) {
      throw toEtcdError(error, this.#method, this.#link, this.#timeout);
    }
  }

  /** The next answer; an error when it takes longer than an answer may. */
  nextInTime(): Promise<Answer | null> {
    return within(this.next(), this.#timeout, () => this.#silent(`gave no answer in ${this.#timeout} ms`));
  }

  close(): void {
    this.#stop.abort();
  }

  #silent(what: string): EtcdError {
    const { text: endpoint } = this.#link.endpoint;
    return new EtcdError('ERR_ETCD_TIMEOUT', `${this.#method} of etcd at '${endpoint}' ${what}`, { endpoint });
  }
}
