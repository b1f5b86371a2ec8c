import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf';
import { EtcdError } from '../etcd-error.ts';
import type { Call } from './call.ts';
import { toEtcdError } from './error.ts';
import type { CallOptions, Link } from './link.ts';
import { untilAborted, within } from './waiting.ts';

/** Answers to one call, one after the other, and its end. */
export class AnswerStream<Output extends DescMessage> {
  readonly #link: Link;
  readonly #call: Call;
  readonly #output: Output;
  readonly #method: string;
  readonly #options: CallOptions;

  constructor(
    link: Link,
    method: { readonly output: Output; readonly name: string },
    call: Call,
    options: CallOptions,
  ) {
    this.#link = link;
    this.#call = call;
    this.#output = method.output;
    this.#method = method.name;
    this.#options = options;
  }

  /** The next answer, however long it takes; null at the end. */
  async next(): Promise<MessageShape<Output> | null> {
    const { signal, timeout } = this.#options;
    try {
      const answer = await untilAborted(this.#call.next(), signal);
      if (answer !== null) this.#link.proven = true;
      return answer === null ? null : fromBinary(this.#output, answer);
    } catch (error) {
      signal.throwIfAborted();
      throw toEtcdError(error, this.#method, this.#link, timeout);
    }
  }

  /** The next answer; an error when it takes longer than an answer may. */
  nextInTime(): Promise<MessageShape<Output> | null> {
    const { timeout } = this.#options;
    const { text: endpoint } = this.#link.endpoint;
    const message = `etcd at '${endpoint}' gave no answer to ${this.#method} in ${timeout} ms`;
    return within(this.next(), timeout, () => new EtcdError('ERR_ETCD_TIMEOUT', message, { endpoint }));
  }

  /** The first answer; an error where there is none. */
  async first(): Promise<MessageShape<Output>> {
    const answer = await this.nextInTime();
    if (answer !== null) return answer;
    const { text: endpoint } = this.#link.endpoint;
    throw new EtcdError('ERR_ETCD_LOST', `etcd at '${endpoint}' ended ${this.#method} at once`, { endpoint });
  }

  close(): void {
    this.#call.close();
  }
}
