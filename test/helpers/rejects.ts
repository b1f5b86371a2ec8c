import { inspect } from 'node:util';
import * as assert from 'uvu/assert';

export type ExpectedError = {
  name?: string;
  code?: string;
  errno?: number;
  syscall?: string;
  path?: string;
  pid?: number;
  option?: string;
  source?: string;
  what?: string;
  offset?: number;
  message?: RegExp;
};

/** Passes when `promise` rejects with an Error whose fields are the expected ones; gives that Error. */
export async function rejects(promise: PromiseLike<unknown>, expected: ExpectedError): Promise<Error> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return compare(error, expected);
  }
  throw missing(`resolved with ${inspect(value, { depth: 1 })}, but was to reject with`, expected);
}

/** The same for a function that throws at once. uvu's own `throws(fn, RangeError)` passes for any error. */
export function throws(body: () => unknown, expected: ExpectedError): Error {
  let value: unknown;
  try {
    value = body();
  } catch (error) {
    return compare(error, expected);
  }
  throw missing(`returned ${inspect(value, { depth: 1 })}, but was to throw`, expected);
}

function missing(what: string, expected: ExpectedError): assert.Assertion {
  const message = `${what} ${inspect(expected)}`;
  return new assert.Assertion({ message, operator: 'rejects', actual: undefined, expects: expected });
}

function compare(error: unknown, expected: ExpectedError): Error {
  assert.ok(error instanceof Error, `expected an Error, but got ${inspect(error)}`);
  const actual: Record<string, unknown> = {};
  const wanted: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(expected)) {
    const found: unknown = Reflect.get(error, field);
    const matches = value instanceof RegExp && value.test(String(found));
    actual[field] = matches ? String(value) : found;
    wanted[field] = value instanceof RegExp ? String(value) : value;
  }
  assert.equal(actual, wanted, `another error than expected: ${error.name}: ${error.message}`);
  return error;
}
