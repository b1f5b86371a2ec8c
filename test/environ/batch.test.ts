import { existsSync, readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { openProcess, type ProcessEnvironment, readEnvironment, readEnvironments } from '../../lib/index.ts';
import { startHostile, texts, unfit } from '../helpers/hostile.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('many environments at once');
const self = process.pid;
const NO_SUCH_PID = 2 ** 22 + 1;

type Results = PromiseSettledResult<ProcessEnvironment>[];

/** The pid of what was read, or the code of the error and the pid in it. */
function outcomes(results: Results): (number | string)[] {
  return results.map((result) =>
    result.status === 'fulfilled' ? result.value.process.pid : `${result.reason.code} ${result.reason.pid}`,
  );
}

test('gives nothing for nothing', async () => {
  assert.equal(await readEnvironments([]), []);
  assert.equal(await readEnvironments([], { signal: new AbortController().signal }), []);
});

test('gives one result for each, in order, and for one pid as often as it stands there', async () => {
  const results = await readEnvironments([self, NO_SUCH_PID, self, self, NO_SUCH_PID, 2 ** 31 - 1]);
  const missing = `ESRCH ${NO_SUCH_PID}`;
  assert.equal(outcomes(results), [self, missing, self, self, missing, `ESRCH ${2 ** 31 - 1}`]);
});

test('gives results that do not share their bytes', async () => {
  const [one, two] = await readEnvironments([self, self]);
  assert.ok(one?.status === 'fulfilled' && two?.status === 'fulfilled');
  one.value[Symbol.dispose]();
  assert.is(two.value.live?.get('PATH')?.toString(), process.env.PATH);
});

test('gives the errors that readEnvironment gives', async () => {
  const [result] = await readEnvironments([NO_SUCH_PID]);
  assert.ok(result?.status === 'rejected');
  const single = await rejects(readEnvironment(NO_SUCH_PID), {});
  assert.is(result.reason.message, single.message);
  assert.is(result.reason.name, 'SystemError');
});

test('passes its options on to each', async () => {
  for (const result of await readEnvironments([self, self], { live: false })) {
    assert.ok(result.status === 'fulfilled');
    assert.equal([result.value.initial?.state, result.value.live], ['intact', null]);
  }
});

test('reads 2,000 processes', async () => {
  const pids = Array.from({ length: 2_000 }, (_, i) => (i % 10 === 3 ? NO_SUCH_PID + i : self));
  const results = await readEnvironments(pids);
  assert.equal(
    outcomes(results),
    pids.map((pid) => (pid === self ? self : `ESRCH ${pid}`)),
  );
  for (const result of results) {
    if (result.status === 'fulfilled') assert.is(result.value.live?.state, 'ok', String(result.value.live?.reason));
  }
});

test('reads in several calls at once', async () => {
  const calls = await Promise.all(Array.from({ length: 20 }, () => readEnvironments([self, NO_SUCH_PID, self])));
  for (const results of calls) assert.equal(outcomes(results), [self, `ESRCH ${NO_SUCH_PID}`, self]);
});

test(
  'goes on where one is a zombie and another of a kernel thread',
  async () => {
    await using zombie = await startHostile(['stages', 'zombie']);
    await using target = await startHostile(['plain'], { env: { FIRST: '1' } });
    const results = await readEnvironments([target.pid, zombie.pid, target.pid]);
    assert.equal(outcomes(results), [target.pid, `ESRCH ${zombie.pid}`, target.pid]);
    const [first, dead] = results;
    assert.ok(first?.status === 'fulfilled' && dead?.status === 'rejected');
    assert.equal(texts(first.value.live), ['FIRST=1', 'LIVE=1']);
    assert.match(dead.reason.message, /zombie/);
  },
  { skip: unfit() },
);

test(
  'says of a kernel thread that it is one',
  async () => {
    const [before, result, after] = await readEnvironments([self, 2, self]);
    assert.equal([before?.status, result?.status, after?.status], ['fulfilled', 'rejected', 'fulfilled']);
    assert.ok(result?.status === 'rejected');
    assert.match(`${result.reason.code} ${result.reason.message}`, /^ESRCH .*kernel thread/);
  },
  { skip: isKernelThread(2) ? undefined : 'needs the first pid namespace' },
);

function isKernelThread(pid: number): boolean {
  const path = `/proc/${pid}/stat`;
  const flags = existsSync(path) ? readFileSync(path, 'latin1').split(') ')[1]?.split(' ')[6] : 0;
  return (Number(flags) & 0x0020_0000) !== 0;
}

const wrong = { name: 'UsageError', code: 'ERR_INVALID_ARG_VALUE' };

for (const [what, pids] of Object.entries({
  'no array': 5,
  'a set': new Set([1]),
  'a text': '12',
  nothing: undefined,
})) {
  test(`refuses ${what} instead of pids`, async () => {
    await rejects(readEnvironments(pids as never), { ...wrong, option: 'pids' });
  });
}

for (const [what, pid] of Object.entries({ 'a text': '1', zero: 0, 'a fraction': 1.5, nothing: undefined })) {
  test(`refuses a list with ${what} in it, and reads none of it`, async () => {
    await rejects(readEnvironments([self, pid as never]), { ...wrong, option: 'pid' });
  });
}

test('refuses a held process in a list of pids', async () => {
  await using held = await openProcess(self);
  await rejects(readEnvironments([held as never]), { ...wrong, option: 'pid' });
});

test('refuses a list with holes', async () => {
  await rejects(readEnvironments(new Array<number>(3)), { ...wrong, option: 'pid' });
});

test.run();
