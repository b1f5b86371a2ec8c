const CLEAR = '\r\x1b[K';
/** Milliseconds between two lines where there is no terminal: a log needs fewer. */
const LOG_PAUSE = 30_000;

/** A line on standard error that says how far something is, and makes room for the result. */
export class ProgressLine {
  readonly #terminal = process.stderr.isTTY === true && process.env.TERM !== 'dumb';
  #shown = '';
  #logged = 0;

  /** On a terminal in place of the line before. */
  show(text: string): void {
    if (text === this.#shown) return;
    this.#shown = text;
    if (this.#terminal) process.stderr.write(`${CLEAR}${text}`);
  }

  /** Also where there is no terminal, once in a while. */
  log(text: string): void {
    this.show(text);
    if (this.#terminal || Date.now() - this.#logged < LOG_PAUSE) return;
    this.#logged = Date.now();
    process.stderr.write(`podprobe: ${text}\n`);
  }

  clear(): void {
    if (this.#terminal && this.#shown !== '') process.stderr.write(CLEAR);
    this.#shown = '';
  }
}
