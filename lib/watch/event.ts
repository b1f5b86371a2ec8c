import type { ContentSource, SecretEntry, VolumeContent } from './content.ts';

/**
 * What has become of a volume. `ready`: it is there, with all its keys. `update`: another generation. `resync`: another
 * generation, and ones in between may have been missed. `gone`: it is not there any more.
 */
export type VolumeEventKind = 'ready' | 'update' | 'resync' | 'gone';

/** One consistent generation of a secret volume: all keys were read under one `..data`. */
export class VolumeEvent implements Disposable {
  /** What has happened. */
  readonly event: VolumeEventKind;
  /** The volume's path, as it was given. */
  readonly path: Buffer;
  /** A limit cut a value (1 MiB, 4 MiB in all) or the list (4,096 keys, 8,192 names), or something in it is no file. */
  readonly truncated: boolean;
  readonly #source: ContentSource;
  readonly #time: number;
  #content: VolumeContent | null = null;

  /** @internal */
  constructor(event: VolumeEventKind, path: Buffer, source: ContentSource, time = Date.now()) {
    this.event = event;
    this.path = path;
    this.truncated = source.truncated;
    this.#source = source;
    this.#time = time;
  }

  #decoded(): VolumeContent {
    this.#content ??= this.#source.decode();
    return this.#content;
  }

  /** What `..data` leads to: the name that kubelet gave the generation; null when the volume is gone. */
  get generation(): string | null {
    return this.#decoded().generation;
  }

  /** When it was read. */
  get time(): Date {
    return new Date(this.#time);
  }

  /** All keys with their values, in the order of the names; views of one buffer. */
  get entries(): readonly SecretEntry[] {
    return this.#decoded().entries;
  }

  /** Keys that were not there in the event before; all of them in a `ready`. */
  get added(): readonly Buffer[] {
    return this.#decoded().added;
  }

  /** Keys with another value than in the event before. */
  get changed(): readonly Buffer[] {
    return this.#decoded().changed;
  }

  /** Keys that are no longer there. */
  get removed(): readonly Buffer[] {
    return this.#decoded().removed;
  }

  /** The value of a key. */
  get(name: string | Uint8Array): Buffer | undefined {
    const wanted = Buffer.from(name as string);
    return this.entries.find((entry) => entry.name.equals(wanted))?.value;
  }

  /** @internal The same content under another kind of event. */
  as(event: VolumeEventKind, changes: (content: VolumeContent) => VolumeContent): VolumeEvent {
    const source = {
      truncated: this.truncated,
      decode: () => changes(this.#decoded()),
      wipe: () => this.#source.wipe(),
    };
    return new VolumeEvent(event, this.path, source, this.#time);
  }

  /** Overwrites the values; names are overwritten, too, unless they were looked at before. */
  wipe(): void {
    this.#source.wipe();
  }

  /** Overwrites the values: for `using`. */
  [Symbol.dispose](): void {
    this.wipe();
  }
}
