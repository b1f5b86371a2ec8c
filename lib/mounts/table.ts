import type { NativeMountTable } from '../native.ts';
import { type PackedMount, unpackMounts } from './packed.ts';

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

/**
 * One mount, with the fields of its line in `/proc/PID/mountinfo`; each is decoded when it is asked for.
 *
 * The octal escapes of `root`, `mountPoint` and `source` are undone: these are bytes. In the other fields they keep
 * separators apart, and stay.
 * Source: proc_pid_mountinfo(5).
 */
export class Mount {
  readonly #packed: PackedMount;

  /** @internal */
  constructor(packed: PackedMount) {
    this.#packed = packed;
  }

  /** Id of the mount; the kernel may give it to another once this one is gone. */
  get mountId(): number {
    return this.#packed.id;
  }

  /** Id of the mount it is mounted on; its own for the topmost of the namespace. */
  get parentMountId(): number {
    return this.#packed.parent;
  }

  /** Device of its files: equal for all mounts of one file system. */
  get device(): DeviceNumber {
    return { major: this.#packed.kind.major, minor: this.#packed.kind.minor };
  }

  /** What of the file system is mounted: `/`, or the path in it that a bind mount shows; ends in `//deleted` once that is. */
  get root(): Buffer {
    return this.#packed.kind.root;
  }

  /** Where it is mounted, seen from the root directory of the process. */
  get mountPoint(): Buffer {
    const { points, start, end } = this.#packed;
    return points.subarray(start, end);
  }

  /** Options of this mount, such as `ro,relatime`. */
  get options(): string {
    return this.#packed.kind.options;
  }

  /** Tags such as `shared:2`, `master:1`, `propagate_from:3`, `unbindable`. */
  get optionalFields(): string[] {
    const text = this.#packed.kind.optional;
    return text === '' ? [] : text.split(' ');
  }

  /** Type of the file system, with its subtype where it has one: `tmpfs`, `fuse.sshfs`. */
  get fsType(): string {
    return this.#packed.kind.type;
  }

  /** What was mounted, such as a device; any bytes whoever mounted it chose, none at all too. */
  get source(): Buffer {
    return this.#packed.kind.source;
  }

  /** Options of the file system, for all its mounts: `rw,size=4k`. */
  get superOptions(): string {
    return this.#packed.kind.superOptions;
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
    this.length = native.size;
    this.malformed = native.malformed;
    this.truncated = native.truncated;
    this.#native = native;
  }

  /** The mounts, made at the first use; bytes of equal fields are views of the same memory. */
  get mounts(): readonly Mount[] {
    this.#mounts ??= unpackMounts(this.#native).map((packed) => new Mount(packed));
    return this.#mounts;
  }
}
