import { SystemError, type SystemErrorRecord } from '../errors.ts';
import type { NativeVolumeReport, Outcome, ProcessHandle } from '../native.ts';
import { processError } from '../process.ts';
import { NO_CONTENT, PackedContent } from './content.ts';
import { VolumeEvent, type VolumeEventKind } from './event.ts';
import { closeIfEmpty, type Hub, openHub, type VolumeListener } from './hub.ts';
import { FLAG, NEWS } from './report.ts';

/** Where a volume is. */
export interface VolumePlace {
  readonly process: { readonly handle: ProcessHandle; readonly pid: number } | null;
  /** Absolute. */
  readonly path: Uint8Array;
  /** As it was given. */
  readonly shown: Buffer;
}

/** What becomes of a volume; after `onEnd` and `onError`, nothing. */
export interface VolumeSink {
  readonly onEvent: (event: VolumeEvent) => void;
  readonly onEnd: () => void;
  readonly onError: (error: Error) => void;
}

/** `new`: nothing is known of it. `empty`: its directory is there, and no generation has been. */
type State = 'new' | 'empty' | 'there' | 'gone' | 'closed';

const NOT_THERE = new Set(['ENOENT', 'ENOTDIR']);
/** What may be otherwise at the next tick. */
const PASSING = new Set(['ETIMEDOUT', 'EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM']);
const MOST_PASSING = 3;

/** One watched volume: makes of what the addon reports the events of the contract. */
export class WatchedVolume implements VolumeListener {
  readonly #place: VolumePlace;
  readonly #sink: VolumeSink;
  readonly #timeout: number;
  readonly #hub: Hub;
  readonly #volume: number;
  #state: State = 'new';
  #looking = false;
  #lookAgain = false;
  #keeping = false;
  #overflowed = false;
  #failures = 0;

  constructor(place: VolumePlace, sink: VolumeSink, timeout: number) {
    this.#place = place;
    this.#sink = sink;
    this.#timeout = timeout;
    this.#hub = openHub();
    try {
      this.#volume = this.#hub.add(this, place.process?.handle ?? null, place.path);
    } catch (error) {
      closeIfEmpty(this.#hub);
      throw error;
    }
    this.#look();
  }

  /** The program stays alive for it. */
  keepAlive(keep: boolean): void {
    if (this.#state === 'closed' || keep === this.#keeping) return;
    this.#keeping = keep;
    this.#hub.keepAlive(keep);
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.keepAlive(false);
    this.#state = 'closed';
    this.#hub.remove(this.#volume);
    closeIfEmpty(this.#hub);
  }

  /** @internal */
  onReport(news: number, flags: number, content: ArrayBuffer | null): void {
    this.#overflowed ||= (flags & FLAG.overflowed) !== 0;
    if ((flags & FLAG.replaced) !== 0) this.#go();
    if (news === NEWS.look) return this.#look();
    if (content !== null) this.#read(flags, content);
    else if (news === NEWS.absent) this.#lose();
    this.#overflowed = false;
  }

  /** @internal */
  onMounts(): void {
    if (this.#place.process === null) this.#check(true);
  }

  /** @internal */
  onTick(distrust: boolean): void {
    this.#check(distrust);
  }

  /** @internal */
  onExit(): void {
    if (this.#state === 'closed') return;
    this.#go();
    this.close();
    this.#sink.onEnd();
  }

  #check(distrust: boolean): void {
    if (this.#state === 'there' && this.#failures === 0) {
      if (distrust) this.onReport(...this.#hub.reread(this.#volume));
    } else {
      this.#look();
    }
  }

  #look(): void {
    this.#lookAgain = this.#looking;
    if (this.#looking || this.#state === 'closed') return;
    this.#looking = true;
    this.#hub.look(this.#volume, this.#timeout).then(
      (outcome) => this.#settle(outcome),
      (error: unknown) => this.#fail(error as Error),
    );
  }

  #settle({ value, error }: Outcome<NativeVolumeReport>): void {
    this.#looking = false;
    if (this.#state === 'closed') return;
    if (error !== undefined) return this.#takeError(error);
    this.#failures = 0;
    const report = value as NativeVolumeReport;
    this.onReport(...report);
    if ((report[1] & FLAG.heard) !== 0 && this.#isOpen()) this.onReport(...this.#hub.reread(this.#volume));
    if (this.#lookAgain) this.#look();
  }

  #isOpen(): boolean {
    return this.#state !== 'closed';
  }

  #read(flags: number, packed: ArrayBuffer): void {
    const kind = this.#kindOf();
    this.#state = 'there';
    const content = new PackedContent(packed, (flags & FLAG.truncated) !== 0);
    if (kind === 'update' && (flags & FLAG.differs) === 0) return content.wipe();
    this.#sink.onEvent(new VolumeEvent(kind, this.#place.shown, content));
  }

  #kindOf(): VolumeEventKind {
    if (this.#state !== 'there') return 'ready';
    return this.#overflowed ? 'resync' : 'update';
  }

  /** Its directory is there, and holds no generation. */
  #lose(): void {
    if (this.#state === 'new') this.#state = 'empty';
    else this.#go();
  }

  #go(): void {
    if (this.#state !== 'there') return;
    this.#state = 'gone';
    this.#sink.onEvent(new VolumeEvent('gone', this.#place.shown, NO_CONTENT));
  }

  #takeError(record: SystemErrorRecord): void {
    const error = this.#toError(record);
    const started = this.#state !== 'new';
    if (started && error.code === 'ESRCH') return this.onExit();
    if (started && NOT_THERE.has(error.code)) {
      this.#go();
      this.#state = 'gone';
      this.#hub.reset(this.#volume);
      return;
    }
    this.#failures += 1;
    if (started && PASSING.has(error.code) && this.#failures < MOST_PASSING) return;
    this.#fail(error);
  }

  #toError(record: SystemErrorRecord): SystemError {
    const { process, shown } = this.#place;
    if (process === null) return new SystemError({ ...record, path: record.path || shown.toString() });
    const ofProcess = record.path === `/proc/${process.pid}/root` || record.syscall.startsWith('pidfd_');
    if (ofProcess) return processError(record, process.pid);
    return new SystemError({ ...record, path: record.path || shown.toString() }, process.pid);
  }

  #fail(error: Error): void {
    this.close();
    this.#sink.onError(error);
  }
}
