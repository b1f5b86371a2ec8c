import * as assert from 'uvu/assert';
import type { Look, SetenvExperiment } from '../../lib/demo/setenv.ts';
import { setenvDocument, setenvText } from '../../lib/report/setenv.ts';
import { environmentOf, type Made } from '../helpers/packed.ts';
import { assertKeeps, violations } from '../helpers/schema.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('report: the setenv experiment');
const plainly = (_format: string, text: string) => text;

function look(made: Made): Look {
  const { initial, live } = environmentOf(made);
  if (!initial || !live) throw new Error('a look has both');
  return { initial, live };
}

function experimentOf(after: Made): SetenvExperiment {
  const seen = look(after);
  const strings = seen.live.entries.map((entry, i) => ({
    entry,
    region: i === 0 ? '[stack]' : '[heap]',
    stayed: i === 0,
  }));
  const before = look({ initial: ['A=1'], live: ['A=1'] });
  return { program: '/bin/setenv', pid: 77, before, after: seen, initialUnchanged: true, strings };
}

const done = experimentOf({
  initial: ['A=1'],
  live: ['A=1', 'foo=bar'],
  liveState: { address: 0xbeefn, region: '[heap]' },
});

test('tells what moved and what did not', () => {
  const lines = setenvText(done, plainly);
  for (const line of [
    '   /proc/77/environ  1 variable  no foo',
    '   live __environ    1 variable  no foo  vector at 0x7ff0 in [stack]',
    '   live __environ    2 variables  foo=bar  vector at 0xbeef in [heap]',
    '   the vector of pointers went from 0x7ff0 [stack] -> 0xbeef [heap]',
    '   A    string at 0x1000  in [stack]  where it was',
    '   foo  string at 0x1004  in [heap]   new',
  ]) {
    assert.ok(lines.includes(line), `'${line}' is not in\n${lines.join('\n')}`);
  }
});

test('says whether the initial environment is what it was', () => {
  const said = (initialUnchanged: boolean) => setenvText({ ...done, initialUnchanged }, plainly).join('\n');
  assert.match(said(true), /no foo {3}unchanged/);
  assert.match(said(false), /no foo {3}changed/);
});

const unknown = experimentOf({
  live: [],
  liveState: { state: 'unknown', reason: 'not found', locator: null, runtime: null, address: null, region: null },
});

test('says so where the live environment is not known', () => {
  assert.match(setenvText(unknown, plainly).join('\n'), /live __environ +0 variables +no foo +unknown: not found/);
});

test('keeps to the schema', () => {
  const document = assertKeeps<{ after: object; strings: object[] }>('demo-setenv', setenvDocument(done));
  assert.equal(document.after, {
    initial: { state: 'intact', count: 1, foo: null },
    live: { state: 'ok', count: 2, foo: 'bar', address: '0xbeef', region: '[heap]' },
  });
  assert.equal(document.strings, [
    { name: 'A', address: '0x1000', region: '[stack]', stayed: true },
    { name: 'foo', address: '0x1004', region: '[heap]', stayed: false },
  ]);
  assertKeeps('demo-setenv', setenvDocument(unknown));
});

test('the schema refuses what is no such document', () => {
  const good = setenvDocument(done);
  const bad = [{ pid: 0 }, { more: 1 }, { initialUnchanged: null }, { strings: [{}] }, { before: {} }, { schema: 'x' }];
  for (const change of bad) {
    const document: unknown = JSON.parse(JSON.stringify({ ...good, ...change }));
    assert.ok(violations('demo-setenv', document).length > 0, JSON.stringify(change));
  }
});

test.run();
