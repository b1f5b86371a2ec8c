import { openSync, readdirSync } from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import * as assert from 'uvu/assert';
import { openProcess, readEnvironment, SystemError, UsageError } from '../lib/index.ts';
import { rejects, throws } from './helpers/rejects.ts';
import { suite } from './helpers/suite.ts';

const test = suite('errors');
const NOWHERE = '/podprobe-nowhere/file';
const NO_SUCH_PID = 2 ** 22 + 1;

/** The error of node:fs itself, and ours for the same call. */
function twins(call: () => unknown, detail = ''): { node: NodeJS.ErrnoException; ours: SystemError } {
  const node = throws(call, {}) as NodeJS.ErrnoException;
  const { errno = 0, syscall = '', path = '' } = node;
  return { node, ours: new SystemError({ errno, syscall, path, detail }) };
}

const calls: Record<string, () => unknown> = {
  ENOENT: () => openSync(NOWHERE, 'r'),
  ENOTDIR: () => readdirSync('/dev/null'),
  EISDIR: () => openSync('/', 'w'),
};

for (const [code, call] of Object.entries(calls)) {
  test(`reads like node:fs for ${code}`, () => {
    const { node, ours } = twins(call);
    assert.is(node.code, code);
    assert.equal(fieldsOf(ours), fieldsOf(node));
    assert.is(ours.message, node.message);
  });
}

function fieldsOf({ code, errno, syscall, path }: NodeJS.ErrnoException): unknown[] {
  return [code, errno, syscall, path];
}

test('keeps the message of node:fs in front of the detail', () => {
  const { node, ours } = twins(() => openSync(NOWHERE, 'r'), 'it was never there');
  assert.is(ours.message, `${node.message}: it was never there`);
});

test('says detail and hint as two sentences', () => {
  const record = { errno: -1, syscall: 'read', path: '/proc/7/mem', detail: 'one' };
  assert.is(new SystemError(record, 7, 'two').message, `EPERM: operation not permitted, read '/proc/7/mem': one. two`);
  assert.is(
    new SystemError({ ...record, detail: '' }, 7, 'two').message,
    `EPERM: operation not permitted, read '/proc/7/mem': two`,
  );
});

test('names the process where there is no path', () => {
  const error = new SystemError({ errno: -3, syscall: 'pidfd_open', path: '', detail: '' }, 7);
  assert.is(error.message, 'ESRCH: no such process, pidfd_open (pid 7)');
  assert.is(error.pid, 7);
});

test('has no field for what there is not', () => {
  const error = new SystemError({ errno: -3, syscall: 'read', path: '', detail: '' });
  assert.not.ok('path' in error);
  assert.not.ok('pid' in error);
  assert.is(error.message, 'ESRCH: no such process, read');
});

test('knows every error number that Node knows', () => {
  for (const [errno, [code, description]] of getSystemErrorMap()) {
    const error = new SystemError({ errno, syscall: 'read', path: '', detail: '' });
    assert.is(error.code, code);
    assert.is(error.message, `${code}: ${description}, read`);
  }
});

test('gives a name to a number that Node does not know', () => {
  assert.is(getSystemErrorMap().get(-999), undefined);
  const error = new SystemError({ errno: -999, syscall: 'read', path: '', detail: '' });
  assert.equal([error.code, error.errno], ['E999', -999]);
});

test('is an Error with a name and a stack', () => {
  const error = new SystemError({ errno: -3, syscall: 'read', path: '', detail: '' });
  assert.instance(error, Error);
  assert.is(error.name, 'SystemError');
  assert.match(String(error.stack), /errors\.test\.ts/);
});

for (const [what, call] of Object.entries({ openProcess, readEnvironment })) {
  test(`is what ${what} rejects with, from the addon`, async () => {
    const error = await rejects(call(NO_SUCH_PID), {
      name: 'SystemError',
      code: 'ESRCH',
      errno: -3,
      syscall: 'pidfd_open',
      pid: NO_SUCH_PID,
      message: /^ESRCH: no such process, pidfd_open \(pid 4194305\)$/,
    });
    assert.instance(error, SystemError);
    assert.not.ok('path' in error);
  });
}

test('tells a wrong argument as Node does, with the option', () => {
  const error = new UsageError('stop', 'must be shorter');
  assert.instance(error, TypeError);
  assert.equal(
    [error.name, error.code, error.option, error.message],
    ['UsageError', 'ERR_INVALID_ARG_VALUE', 'stop', 'stop must be shorter'],
  );
});

test.run();
