import { setTimeout as wait } from 'node:timers/promises';
import type { DescMessage, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import { UsageError } from '../../errors.ts';
import type { EtcdConnection, EtcdEndpoint } from '../connection.ts';
import { EtcdError } from '../etcd-error.ts';
import { createTrust, type Trust } from './dial.ts';
import { isReplaceable, joinAttempts, toEtcdError } from './error.ts';
import { Auth } from './etcd_pb.ts';
import { type CallOptions, Link, type Method } from './link.ts';
import { AnswerStream } from './stream.ts';
import { untilAborted } from './waiting.ts';

/** One call by a link: it gets the options that it must pass on. */
export type Ask<Answer> = (link: Link, options: CallOptions) => Promise<Answer>;

type User = NonNullable<EtcdConnection['user']>;

const EXPIRED = /invalid auth token|auth store is old|user name is empty/;

/** The endpoints of a cluster: a connection to each that was needed, and the token of the user. */
export class Pool {
  readonly endpoints: readonly EtcdEndpoint[];
  readonly timeout: number;
  readonly #trust: Trust;
  readonly #user: EtcdConnection['user'];
  readonly #links = new Map<EtcdEndpoint, Promise<Link>>();
  readonly #ended = new AbortController();
  #preferred = 0;
  #token: string | null = null;

  constructor(connection: EtcdConnection, endpoints: readonly EtcdEndpoint[], timeout: number) {
    this.endpoints = endpoints;
    this.timeout = timeout;
    this.#trust = createTrust(connection);
    this.#user = connection.user;
  }

  /** Has the next call ask for a token anew. */
  forgetToken(): void {
    this.#token = null;
  }

  /** Lets some milliseconds pass. */
  async wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
    const both = this.#signalOf(signal);
    await untilAborted(wait(milliseconds), both);
  }

  /** Ends with the client, and with the caller's signal. */
  #signalOf(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#ended.signal : AbortSignal.any([this.#ended.signal, signal]);
  }

  /** Asks the endpoint that answered last, then the others, until one answers. */
  async run<Answer>(method: string, signal: AbortSignal | undefined, ask: Ask<Answer>): Promise<Answer> {
    const attempts: EtcdError[] = [];
    for (const index of this.#order()) {
      const endpoint = this.endpoints[index] as EtcdEndpoint;
      try {
        const answer = await this.runAt(endpoint, method, signal, ask);
        this.#preferred = index;
        return answer;
      } catch (error) {
        if (!isReplaceable(error)) throw error;
        attempts.push(error);
      }
    }
    throw joinAttempts(attempts);
  }

  /** Opens a call with several answers, at an endpoint that gives a first one, which `check` may refuse. */
  open<I extends DescMessage, O extends DescMessage>(
    method: Method<I, O>,
    request: MessageInitShape<I>,
    signal: AbortSignal | undefined,
    check: (first: MessageShape<O>) => void,
  ): Promise<{ stream: AnswerStream<O>; first: MessageShape<O> }> {
    return this.run(method.name, signal, async (link, options) => {
      const stream = new AnswerStream(link, method, link.open(method, request, options), options);
      try {
        const first = await stream.first();
        check(first);
        return { stream, first };
      } catch (error) {
        stream.close();
        throw error;
      }
    });
  }

  /** Asks one endpoint. */
  async runAt<Answer>(
    endpoint: EtcdEndpoint,
    method: string,
    signal: AbortSignal | undefined,
    ask: Ask<Answer>,
  ): Promise<Answer> {
    if (this.#ended.signal.aborted) throw new UsageError('client', 'has been closed');
    const both = this.#signalOf(signal);
    both.throwIfAborted();
    const link = await untilAborted(this.#linkTo(endpoint), both);
    try {
      return await this.#askWithToken(link, method, both, ask);
    } catch (error) {
      if (isReplaceable(error)) this.#drop(endpoint, link);
      throw error;
    }
  }

  close(): void {
    this.#ended.abort();
    for (const link of this.#links.values())
      link.then(
        (open) => open.close(),
        () => undefined,
      );
    this.#links.clear();
  }

  /** The one that is in use gets a second try, by a new connection: the old one may have been lost while it was idle. */
  #order(): number[] {
    const count = this.endpoints.length;
    const order = Array.from({ length: count }, (_, i) => (this.#preferred + i) % count);
    const used = this.#links.has(this.endpoints[this.#preferred] as EtcdEndpoint);
    return used ? [...order, this.#preferred] : order;
  }

  #linkTo(endpoint: EtcdEndpoint): Promise<Link> {
    const known = this.#links.get(endpoint);
    if (known !== undefined) return known;
    const opening = Link.open(endpoint, this.#trust, { timeout: this.timeout, signal: this.#ended.signal });
    this.#links.set(endpoint, opening);
    opening.catch(() => this.#links.delete(endpoint));
    return opening;
  }

  #drop(endpoint: EtcdEndpoint, link: Link): void {
    void this.#links.get(endpoint)?.then((known) => {
      if (known === link) this.#links.delete(endpoint);
    });
    link.close();
  }

  async #askWithToken<Answer>(link: Link, method: string, signal: AbortSignal, ask: Ask<Answer>): Promise<Answer> {
    const user = this.#user;
    if (user === undefined) return this.#ask(link, method, signal, ask, '');
    const asked = this.#token !== null;
    this.#token ??= await this.#authenticate(link, signal, user);
    try {
      return await this.#ask(link, method, signal, ask, this.#token);
    } catch (error) {
      if (!asked || !(error instanceof EtcdError) || !EXPIRED.test(error.message)) throw error;
      this.#token = await this.#authenticate(link, signal, user);
      return this.#ask(link, method, signal, ask, this.#token);
    }
  }

  /** An empty token where etcd has no users. */
  async #authenticate(link: Link, signal: AbortSignal, { name, password }: User): Promise<string> {
    const ask: Ask<string> = async (at, options) =>
      (await at.ask(Auth.method.authenticate, { name, password }, options)).token;
    try {
      return await this.#ask(link, 'Authenticate', signal, ask, '');
    } catch (error) {
      // an etcd without users lets everybody in, as with etcdctl
      if (error instanceof EtcdError && error.message.includes('authentication is not enabled')) return '';
      throw error;
    }
  }

  async #ask<Answer>(
    link: Link,
    method: string,
    signal: AbortSignal,
    ask: Ask<Answer>,
    token: string,
  ): Promise<Answer> {
    try {
      return await ask(link, { timeout: this.timeout, signal, token });
    } catch (error) {
      signal.throwIfAborted();
      throw toEtcdError(error, method, link, this.timeout);
    }
  }
}
