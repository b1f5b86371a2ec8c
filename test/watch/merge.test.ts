import * as assert from 'uvu/assert';
import { VolumeEvent, type VolumeEventKind } from '../../lib/watch/event.ts';
import { mergeEvents } from '../../lib/watch/merge.ts';
import { suite } from '../helpers/suite.ts';
import { changesOf } from '../helpers/volumes.ts';

const test = suite('watch: many events become few');
const wiped: string[] = [];

/** `generation` holds the keys; signs say what became of them: `+a ~b -c`. */
function event(kind: VolumeEventKind, keys: string, changes = ''): VolumeEvent {
  const names = (text: string): Buffer[] =>
    text
      .split(' ')
      .filter(Boolean)
      .map((name) => Buffer.from(name));
  const marked = (sign: string): Buffer[] =>
    changes
      .split(' ')
      .filter((word) => word.startsWith(sign))
      .map((word) => Buffer.from(word.slice(1)));
  const content = {
    generation: keys,
    entries: names(keys).map((name) => ({ name, value: name })),
    added: marked('+'),
    changed: marked('~'),
    removed: marked('-'),
  };
  const source = { truncated: false, decode: () => content, wipe: () => wiped.push(keys) };
  return new VolumeEvent(kind, Buffer.from('/volume'), source, 0);
}

const cases: [what: string, events: VolumeEvent[], merged: [string, string, string, string][]][] = [
  ['nothing', [], []],
  ['changes of a key are one', [event('update', 'a', '~a'), event('update', 'a', '~a')], [['resync', '', 'a', '']]],
  [
    'what came and changed has come',
    [event('update', 'a', '+a'), event('update', 'a', '~a')],
    [['resync', 'a', '', '']],
  ],
  [
    'what came and went was never there',
    [event('update', 'a b', '+b'), event('update', 'a', '-b')],
    [['resync', '', '', '']],
  ],
  [
    'what went and came may be another',
    [event('update', '', '-a'), event('update', 'a', '+a')],
    [['resync', '', 'a', '']],
  ],
  [
    'what changed and went has gone',
    [event('update', 'a', '~a'), event('update', '', '-a')],
    [['resync', '', '', 'a']],
  ],
  ['a first ready stays one', [event('ready', 'a', '+a'), event('update', 'a b', '+b')], [['ready', 'a b', '', '']]],
  ['gone stays gone', [event('update', 'a', '~a'), event('gone', '')], [['gone', '', '', '']]],
  ['gone before it was seen', [event('ready', 'a', '+a'), event('gone', '')], []],
  [
    'gone and back are two',
    [event('update', 'a', '~a'), event('gone', ''), event('ready', 'a b', '+a +b'), event('update', 'b', '-a')],
    [
      ['gone', '', '', ''],
      ['ready', 'b', '', ''],
    ],
  ],
];

for (const [what, events, merged] of cases) {
  test(what, () => assert.equal(mergeEvents(events).map(changesOf), merged));
}

test('overwrites all values but those of the last', () => {
  wiped.length = 0;
  mergeEvents([event('update', 'one'), event('update', 'two'), event('update', 'three')]);
  assert.equal(wiped, ['one', 'two']);
});

test.run();
