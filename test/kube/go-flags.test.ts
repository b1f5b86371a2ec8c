import * as assert from 'uvu/assert';
import { lastValue, parseGoFlags } from '../../lib/kube/go-flags.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('kube: flags of Go programs');
const valued = new Set(['root-dir', 'config', 'id']);

type Case = [args: string[], values: Record<string, string[]>, words: string[]];
const cases: Case[] = [
  [[], {}, []],
  [['--root-dir=/x'], { 'root-dir': ['/x'] }, []],
  [['--root-dir', '/x', 'a'], { 'root-dir': ['/x'] }, ['a']],
  [['-root-dir', '/x'], { 'root-dir': ['/x'] }, []],
  [['-id=1'], { id: ['1'] }, []],
  [['--root_dir=/x_y'], { 'root-dir': ['/x_y'] }, []],
  [['--config=a=b=c'], { config: ['a=b=c'] }, []],
  [['--config='], { config: [''] }, []],
  [['--config', ''], { config: [''] }, []],
  [['--config=a\nb'], { config: ['a\nb'] }, []],
  [['--root-dir', '--config=a'], { 'root-dir': ['--config=a'] }, []],
  [['--root-dir=/a', '--root-dir', '/b'], { 'root-dir': ['/a', '/b'] }, []],
  [['--v', '2', '--config=a'], { v: ['true'], config: ['a'] }, ['2']],
  [['server', '--config=a', '--', '--root-dir=/x'], { config: ['a'] }, ['server', '--root-dir=/x']],
  [['--config'], {}, []],
  [['-', '---', '--=x', '---x', ''], {}, ['-', '---', '--=x', '---x', '']],
];
for (const [args, values, words] of cases) {
  test(`reads ${JSON.stringify(args)}`, () => {
    const flags = parseGoFlags(args, valued);
    assert.equal([Object.fromEntries(flags.values), flags.words], [values, words]);
  });
}

test('the last of a flag counts', () => {
  const flags = parseGoFlags(['--root-dir=/a', '--root-dir=/b'], valued);
  assert.equal([lastValue(flags, 'root-dir'), lastValue(flags, 'config')], ['/b', null]);
});

test('a command line of a million words is cut', () => {
  const { words } = parseGoFlags(new Array(1_000_000).fill('a'), valued);
  assert.is(words.length, 65_536);
});

test.run();
