import { constants, readFileSync, readlinkSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** open(2): the file is held, not opened, and its file system is not asked. The same on all processors that Node runs on. */
const O_PATH = 0o10000000;
const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = constants;
const DELETED = ' (deleted)';

/**
 * A file that a process has open or mapped, held by a descriptor of our own: what is learned of it stays true of it, whatever
 * the process does with its own.
 */
export class HeldFile implements AsyncDisposable {
  readonly #file: FileHandle;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** `link`: `/proc/PID/fd/N`, or one of `/proc/PID/map_files`. Rejects as node:fs does. */
  static async hold(link: string): Promise<HeldFile> {
    return new HeldFile(await open(link, O_PATH));
  }

  /** Where it is, bytes as latin1, and whether it was unlinked: no file of a secret volume has a name that ends so. */
  get place(): { path: string; deleted: boolean } {
    const link = readlinkSync(`/proc/self/fd/${this.#file.fd}`, 'latin1');
    const deleted = link.endsWith(DELETED);
    return { path: deleted ? link.slice(0, -DELETED.length) : link, deleted };
  }

  /** Of the mount through which it was opened, which cannot go, nor its number to another, while this is held. */
  get mountId(): number | null {
    const [, id] = /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${this.#file.fd}`, 'latin1')) ?? [];
    return id === undefined ? null : Number(id);
  }

  /**
   * Its content; null where it is no regular file, or has more than `most` bytes. Only for a file that is known to be on
   * tmpfs: another file system can keep its reader waiting for ever.
   */
  async read(most: number): Promise<Buffer | null> {
    const status = await this.#file.stat();
    if (!status.isFile() || status.size > most) return null;
    const file = await open(`/proc/self/fd/${this.#file.fd}`, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    try {
      const content = Buffer.alloc(status.size);
      const { bytesRead } = await file.read(content, 0, content.length, 0);
      return content.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}
