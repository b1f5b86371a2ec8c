import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';

/** The lines that a program of a demo prints, one at a time; rejects when it ends, or could not be started. */
export function lineReader(child: ChildProcess & { stdout: Readable }, what: string): () => Promise<string> {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failure = once(child, 'error').then(([error]) => Promise.reject(error));
  failure.catch(() => undefined);
  return async () => {
    const { value, done } = await Promise.race([lines.next(), failure]);
    if (done === true) throw new Error(`${what} ended before its next line`);
    return value as string;
  };
}
