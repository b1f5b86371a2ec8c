import * as assert from 'uvu/assert';
import { rejects, throws } from './helpers/rejects.ts';
import { suite } from './helpers/suite.ts';

const test = suite('rejects');

const gone = () => Object.assign(new Error('ESRCH: no such process, open'), { code: 'ESRCH', errno: -3, pid: 7 });

async function failure(body: () => unknown): Promise<assert.Assertion> {
  try {
    await body();
  } catch (error) {
    assert.instance(error, assert.Assertion);
    return error as assert.Assertion;
  }
  throw new Error('passed, but was to fail');
}

test('passes when every named field is equal, and gives the error', async () => {
  const error = gone();
  assert.is(await rejects(Promise.reject(error), { code: 'ESRCH', errno: -3, pid: 7, message: /no such/ }), error);
});

test('fails when the promise resolves, and shows the value', async () => {
  const { message } = await failure(() => rejects(Promise.resolve({ answer: 42 }), { code: 'ESRCH' }));
  assert.match(message, /resolved with \{ answer: 42 \}/);
  assert.match(message, /ESRCH/);
});

test('fails when a field differs, and shows both values', async () => {
  const { message, details } = await failure(() => rejects(Promise.reject(gone()), { code: 'EPERM', pid: 7 }));
  assert.match(message, /another error than expected: Error: ESRCH/);
  assert.match(String(details), /ESRCH.*EPERM/s);
});

test('fails when a field is absent', async () => {
  await failure(() => rejects(Promise.reject(gone()), { path: '/proc/7' }));
});

test('fails when the message does not match', async () => {
  const { details } = await failure(() => rejects(Promise.reject(gone()), { message: /not permitted/ }));
  assert.match(String(details), /not·permitted/);
});

test('fails when what was thrown is no Error', async () => {
  const { message } = await failure(() => rejects(Promise.reject('a string'), {}));
  assert.match(message, /expected an Error, but got 'a string'/);
});

test('throws() compares likewise', async () => {
  const error = new TypeError('pid must be positive');
  const raise = () => {
    throw error;
  };
  assert.is(throws(raise, { name: 'TypeError', message: /positive/ }), error);
  await failure(() => throws(raise, { name: 'RangeError' }));
  await failure(() => throws(() => 1, { name: 'RangeError' }));
});

test.run();
