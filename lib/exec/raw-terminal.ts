import { SystemError, UsageError } from '../errors.ts';
import { addon } from '../native.ts';

const LARGEST_DESCRIPTOR = 0x7fff_ffff;

/**
 * A terminal of this process that passes all bytes on as they are, both ways, until it is restored: what the terminal of
 * a command with `tty` is shown on. `setRawMode` of `node:tty` lets the terminal change what is printed.
 *
 * Errors: `ENOTTY` no terminal. Source: termios(3), cfmakeraw.
 */
export class RawTerminal implements Disposable {
  readonly #descriptor: number;
  #before: Buffer | null;

  /** `descriptor` stays the caller's; 0 is standard input. */
  constructor(descriptor: number) {
    if (!Number.isInteger(descriptor) || descriptor < 0 || descriptor > LARGEST_DESCRIPTOR)
      throw new UsageError('descriptor', 'must be the number of a descriptor');
    const { value, error } = addon.makeTerminalRaw(descriptor);
    if (error !== undefined) throw new SystemError(error);
    this.#descriptor = descriptor;
    this.#before = value as Buffer;
  }

  /** Gives it the modes from before, unless it has been hung up. Can be called again. */
  restore(): void {
    if (this.#before !== null) addon.setTerminalModes(this.#descriptor, this.#before);
    this.#before = null;
  }

  /** Restores it: for `using`. */
  [Symbol.dispose](): void {
    this.restore();
  }
}
