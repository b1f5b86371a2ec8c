import { describeFinding, type Finding } from '../kube/finding.ts';
import { printable } from '../report/printable.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';

/** Says what went wrong, on standard error; `code` is what that makes the exit code. */
export function complain(error: unknown, code = exitCodeOf(error)): void {
  const known = code !== EXIT.bug && error instanceof Error;
  const text = known
    ? printable(error.message)
    : `this is a bug, please report it: ${error instanceof Error ? error.stack : String(error)}`;
  process.stderr.write(`podprobe: ${text}\n`);
}

/** Says what was not as it should be, on standard error. */
export function complainOf(findings: readonly Finding[]): void {
  for (const finding of findings) process.stderr.write(`podprobe: ${printable(describeFinding(finding))}\n`);
}
