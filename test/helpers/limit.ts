/** Rejects when `body` has not settled after `timeout` milliseconds. */
export async function withLimit(body: () => unknown, timeout: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`timed out: still running after ${timeout} ms`)), timeout);
  });
  try {
    await Promise.race([(async () => body())(), limit]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * One error that uvu can print, whatever was thrown.
 *
 * uvu's printer throws on non-Errors and on some node:assert errors, and what it throws is swallowed as a success.
 */
export function describeFailure(errors: unknown[], prefix = ''): Error {
  const [first] = errors;
  if (errors.length === 1 && !prefix && isUvuAssertion(first)) return first;
  const shown = new Error(prefix + errors.map(describe).join('\n    and: '));
  const stack = first instanceof Error ? String(first.stack) : '';
  shown.stack = `\n${stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n')}`;
  return shown;
}

function isUvuAssertion(error: unknown): error is Error {
  return error instanceof Error && error.name === 'Assertion';
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return `thrown, but no Error: ${String(error)}`;
  const details = 'details' in error && typeof error.details === 'string' ? `\n${error.details}` : '';
  const cause = error.cause === undefined ? '' : `\n    cause: ${describe(error.cause)}`;
  const name = ['Error', 'Assertion'].includes(error.name) ? '' : `${error.name}: `;
  return `${name}${error.message}${details}${cause}`;
}
