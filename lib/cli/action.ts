import { complain } from './complaint.ts';
import { exitCodeOf } from './exit-code.ts';

/** Runs a command, which gives its exit code; what it throws becomes a message and the exit code of its kind. */
export function action<Args extends unknown[]>(
  run: (...args: Args) => Promise<number>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    try {
      process.exitCode = await run(...args);
    } catch (error) {
      complain(error);
      process.exitCode = exitCodeOf(error);
    }
  };
}
