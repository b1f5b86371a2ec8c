import { setImmediate } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { Gathering } from '../../lib/volumes/gathering.ts';
import type { SecretVolumeWatch } from '../../lib/watch.ts';
import { VolumeEvent } from '../../lib/watch/event.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('watch: several volumes as one iteration');

/** A watch that gives events as it is told to; `wiped` are those that were overwritten. */
function madeWatch(name: string, wiped: string[]) {
  const content = { generation: name, entries: [], added: [], changed: [], removed: [] };
  const source = { truncated: false, decode: () => content, wipe: () => wiped.push(name) };
  let give: (result: IteratorResult<VolumeEvent>) => void = () => undefined;
  return {
    tell: () => give({ value: new VolumeEvent('update', Buffer.from(name), source), done: false }),
    end: () => give({ value: undefined, done: true }),
    watch: {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise((resolve) => (give = resolve)) }),
      close: () => Promise.resolve(),
    } as unknown as SecretVolumeWatch,
  };
}

test('overwrites events that nobody has read when it is closed, and those that come later', async () => {
  const wiped: string[] = [];
  const gathering = new Gathering(undefined, true);
  const [waiting, late] = [madeWatch('waiting', wiped), madeWatch('late', wiped)];
  gathering.add(Buffer.from('waiting'), null, waiting.watch);
  gathering.add(Buffer.from('late'), null, late.watch);
  waiting.tell();
  await setImmediate();
  assert.equal(wiped, []);
  late.tell();
  await gathering.close();
  await setImmediate();
  assert.equal(wiped.sort(), ['late', 'waiting']);
  for (const each of [waiting, late]) each.end();
});

test('leaves an event that was read to its reader', async () => {
  const wiped: string[] = [];
  const gathering = new Gathering(undefined, true);
  const one = madeWatch('one', wiped);
  gathering.add(Buffer.from('one'), null, one.watch);
  one.tell();
  for await (const { event } of gathering.news()) {
    assert.is(event?.generation, 'one');
    break;
  }
  await gathering.close();
  assert.equal(wiped, []);
  one.end();
});

test.run();
