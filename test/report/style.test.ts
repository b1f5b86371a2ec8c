import { stripVTControlCharacters } from 'node:util';
import * as assert from 'uvu/assert';
import { alignColumns, count, createStyle } from '../../lib/report/style.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('report: style');

test('leaves text alone where there is no colour', () => {
  for (const format of ['bold', 'dim', 'green', 'red', 'yellow', 'cyan'] as const) {
    assert.is(createStyle(false)(format, 'text'), 'text');
  }
});

test('adds nothing but colour', () => {
  assert.is(stripVTControlCharacters(createStyle(true)('red', 'text')), 'text');
});

test('pads every cell but the last to the widest of its column', () => {
  assert.equal(
    alignColumns([
      ['a', 'bb', 'c'],
      ['aaa', 'b', 'cc'],
    ]),
    ['a    bb  c', 'aaa  b   cc'],
  );
});

test('leaves no blanks at the end of a line', () => {
  assert.equal(
    alignColumns([
      ['a', ''],
      ['bbb', '', ''],
      ['c', 'd', ''],
    ]),
    ['a', 'bbb', 'c    d'],
  );
});

test('does not pad a column for what stands last in another row', () => {
  assert.equal(
    alignColumns([
      ['a', 'b', 'c'],
      ['a', 'b'],
    ]),
    ['a  b  c', 'a  b'],
  );
});

test('keeps what is in the cells', () => {
  assert.equal(alignColumns([]), []);
  assert.equal(alignColumns([['', 'b']]), ['  b']);
});

test('counts one and many', () => {
  assert.equal(
    [0, 1, 2].map((number) => count(number, 'variable')),
    ['0 variables', '1 variable', '2 variables'],
  );
});

test.run();
