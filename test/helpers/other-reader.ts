import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';

const reader = fileURLToPath(new URL('./reader.ts', import.meta.url));
const run = promisify(execFile);

/** What reader.ts prints: the states that it found, or the error. */
export type Outcome = {
  initial?: string;
  live?: string;
  reason?: string | null;
  entries?: number;
  code?: string;
  message?: string;
};

/** A second process that reads; with `prefix`, started by another program. */
export async function readElsewhere(pid: number, uid?: number, prefix: readonly string[] = []): Promise<Outcome> {
  const words = [...prefix, process.execPath, '--import', 'tsx', reader, String(pid)];
  const [program = '', ...args] = uid === undefined ? words : [...words, String(uid)];
  const { stdout } = await run(program, args, { timeout: 20_000, killSignal: 'SIGKILL' });
  return JSON.parse(stdout) as Outcome;
}

export function assertForbidden(outcome: Outcome, why: RegExp): void {
  assert.ok(outcome.message, `was to be forbidden, but gave ${JSON.stringify(outcome)}`);
  assert.match(String(outcome.code), /^(EACCES|EPERM)$/);
  assert.match(outcome.message, why);
}
