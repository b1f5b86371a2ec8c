import type { VolumePath } from '../mounts/volume-path.ts';
import type { SecretVolumeWatch } from '../watch.ts';
import type { VolumeEvent } from '../watch/event.ts';

/** Something of one volume among several. */
export interface VolumeNews {
  /** Where the volume is: on the node, or in the process that was asked for. */
  readonly path: Buffer;
  /** Whose it is; null where only its content tells that it is one. */
  readonly identity: VolumePath | null;
  /** What has happened; null when it cannot be watched any longer. */
  readonly event: VolumeEvent | null;
  /** Why it cannot; null with an event. */
  readonly error: Error | null;
}

type Member = { readonly watch: SecretVolumeWatch; wanted: boolean; there: boolean };
type Item = { readonly news: VolumeNews; readonly taken: () => void };

/** The events of several volumes as one iteration; each has at most one that waits here, the others wait at its own watch. */
export class Gathering {
  readonly #members = new Map<string, Member>();
  readonly #signal: AbortSignal | undefined;
  readonly #abort = (): void => this.#wake();
  #items: Item[] = [];
  #open: boolean;
  #closed = false;
  #failure: { readonly error: unknown } | null = null;
  #wake: () => void = () => undefined;

  /** `open`: goes on when it has no volume, until it is told to end. */
  constructor(signal: AbortSignal | undefined, open = false) {
    this.#signal = signal;
    this.#open = open;
    signal?.addEventListener('abort', this.#abort);
  }

  has(path: Buffer): boolean {
    return this.#members.has(path.toString('latin1'));
  }

  add(path: Buffer, identity: VolumePath | null, watch: SecretVolumeWatch): void {
    const key = path.toString('latin1');
    if (this.#members.has(key)) return;
    const member = { watch, wanted: true, there: false };
    this.#members.set(key, member);
    void this.#pump(path, identity, member).finally(() => {
      this.#members.delete(key);
      this.#wake();
    });
  }

  /** Lets go of all other volumes, as soon as they have said that they are gone. */
  retain(paths: readonly Buffer[]): void {
    const kept = new Set(paths.map((path) => path.toString('latin1')));
    for (const [key, member] of this.#members) {
      member.wanted = kept.has(key);
      if (!member.wanted && !member.there) void member.watch.close();
    }
  }

  /** No volume will be added any more. */
  end(): void {
    this.#open = false;
    this.#wake();
  }

  fail(error: unknown): void {
    this.#failure = { error };
    this.#wake();
  }

  async *news(): AsyncGenerator<VolumeNews, void> {
    for (;;) {
      this.#signal?.throwIfAborted();
      const item = this.#items.shift();
      if (item !== undefined) {
        yield item.news;
        item.taken();
        continue;
      }
      if (this.#failure !== null) throw this.#failure.error;
      if (!this.#open && this.#members.size === 0) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Ends it; events that nobody has read are overwritten. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#signal?.removeEventListener('abort', this.#abort);
    for (const { news, taken } of this.#items.splice(0)) {
      news.event?.wipe();
      taken();
    }
    await Promise.all([...this.#members.values()].map(({ watch }) => watch.close()));
  }

  async #pump(path: Buffer, identity: VolumePath | null, member: Member): Promise<void> {
    try {
      for await (const event of member.watch) {
        member.there = event.event !== 'gone';
        await this.#offer({ path, identity, event, error: null });
        if (!member.wanted && !member.there) break;
      }
    } catch (error) {
      if (this.#signal?.aborted !== true) await this.#offer({ path, identity, event: null, error: error as Error });
    }
  }

  async #offer(news: VolumeNews): Promise<void> {
    if (this.#closed) return news.event?.wipe();
    await new Promise<void>((taken) => {
      this.#items.push({ news, taken });
      this.#wake();
    });
  }
}
