import { isUtf8 } from 'node:buffer';
import type { NativeMountTable } from '../native.ts';

/** Major and minor number of the device that the files of a file system have. */
export interface DeviceNumber {
  /** Which driver, 0 for file systems without a device. */
  readonly major: number;
  /** Which of its devices. */
  readonly minor: number;
}

/** @internal As st_dev packs it. */
export function deviceOf({ major, minor }: DeviceNumber): bigint {
  const [high, low] = [BigInt(major), BigInt(minor)];
  return ((high & 0xfffff000n) << 32n) | ((high & 0xfffn) << 8n) | ((low & 0xffffff00n) << 12n) | (low & 0xffn);
}

/** Numbers and texts of a mount in the packed table: native/core/mount_table.h. */
const NUMBERS = 4;
const WORDS = 18;
const ROOT = 0;
const POINT = 1;
const OPTIONS = 2;
const OPTIONAL = 3;
const TYPE = 4;
const SOURCE = 5;
const SUPER = 6;

/** The packed table, as views. */
interface Packed {
  readonly words: Uint32Array;
  readonly block: Buffer;
}

function unpack({ words, block }: NativeMountTable): Packed {
  return { words: new Uint32Array(words), block: Buffer.from(block) };
}

/** The kernel's text; bytes that are not UTF-8 are escaped as it escapes others, so that none is lost. */
function kernelText(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  return bytes
    .toString('latin1')
    .replace(/[\x80-\xff]/g, (byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

/**
 * One mount, with the fields of its line in `/proc/PID/mountinfo`; each is decoded when it is asked for.
 *
 * The octal escapes of `root`, `mountPoint` and `source` are undone: these are bytes. In the other fields they keep
 * separators apart, and stay.
 * Source: proc_pid_mountinfo(5).
 */
export class Mount {
  readonly #packed: Packed;
  readonly #index: number;

  /** @internal */
  constructor(packed: Packed, index: number) {
    this.#packed = packed;
    this.#index = index;
  }

  #number(which: number): number {
    return this.#packed.words[this.#index * WORDS + which] as number;
  }

  #bytes(which: number): Buffer {
    const { block, words } = this.#packed;
    const at = this.#index * WORDS + NUMBERS + 2 * which;
    return block.subarray(words[at], words[at + 1]);
  }

  /** Id of the mount; the kernel may give it to another once this one is gone. */
  get mountId(): number {
    return this.#number(0);
  }

  /** Id of the mount it is mounted on; its own for the topmost of the namespace. */
  get parentMountId(): number {
    return this.#number(1);
  }

  /** Device of its files: equal for all mounts of one file system. */
  get device(): DeviceNumber {
    return { major: this.#number(2), minor: this.#number(3) };
  }

  /** What of the file system is mounted: `/`, or the path in it that a bind mount shows; ends in `//deleted` once that is. */
  get root(): Buffer {
    return this.#bytes(ROOT);
  }

  /** Where it is mounted, seen from the root directory of the process. */
  get mountPoint(): Buffer {
    return this.#bytes(POINT);
  }

  /** Options of this mount, such as `ro,relatime`. */
  get options(): string {
    return kernelText(this.#bytes(OPTIONS));
  }

  /** Tags such as `shared:2`, `master:1`, `propagate_from:3`, `unbindable`. */
  get optionalFields(): string[] {
    const text = kernelText(this.#bytes(OPTIONAL));
    return text === '' ? [] : text.split(' ');
  }

  /** Type of the file system, with its subtype where it has one: `tmpfs`, `fuse.sshfs`. */
  get fsType(): string {
    return kernelText(this.#bytes(TYPE));
  }

  /** What was mounted, such as a device; any bytes whoever mounted it chose, none at all too. */
  get source(): Buffer {
    return this.#bytes(SOURCE);
  }

  /** Options of the file system, for all its mounts: `rw,size=4k`. */
  get superOptions(): string {
    return kernelText(this.#bytes(SUPER));
  }

  /** Whether this mount is read-only, although its file system may be writable through another. */
  get readOnly(): boolean {
    return this.options.split(',').includes('ro');
  }
}

/** The mounts that a process sees, in the order in which the kernel tells them. */
export class MountTable {
  /**
   * Who told: `mountinfo` of the process, or `listmount` of its mount namespace, where the process's own root directory is
   * no mount (after chroot) and its mountinfo is empty. Mount points are then seen from the root of the namespace.
   */
  readonly source: 'mountinfo' | 'listmount';
  /** Number of mounts. */
  readonly length: number;
  /** Lines that were no mounts, and are not in here. */
  readonly malformed: number;
  /** A limit cut the table: 32 MiB of text. */
  readonly truncated: boolean;
  readonly #native: NativeMountTable;
  #mounts: readonly Mount[] | null = null;

  /** @internal */
  constructor(native: NativeMountTable) {
    this.source = native.byListmount ? 'listmount' : 'mountinfo';
    this.length = native.count;
    this.malformed = native.malformed;
    this.truncated = native.truncated;
    this.#native = native;
  }

  /** The mounts; views of one buffer, made at the first use. */
  get mounts(): readonly Mount[] {
    this.#mounts ??= this.#unpack();
    return this.#mounts;
  }

  #unpack(): Mount[] {
    const packed = unpack(this.#native);
    return Array.from({ length: this.length }, (_, i) => new Mount(packed, i));
  }
}
