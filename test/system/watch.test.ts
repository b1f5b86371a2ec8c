import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { startMiniPod } from '../../lib/demo/mini-pod.ts';
import { writeGeneration } from '../../lib/demo/atomic-writer.ts';
import { type SecretVolumeWatch, watchSecretVolume } from '../../lib/index.ts';
import { unfit } from '../helpers/hostile.ts';
import { suite } from '../helpers/suite.ts';
import { eventually } from '../helpers/threads.ts';
import { changesOf, inotifyOfSelf, next, numberOf, swap, swapBlocked, Tmpfs } from '../helpers/volumes.ts';

const test = suite('every update of a secret volume');
const skip = unfit({ root: true });
const SWAPS = 10_000;

test(
  'tells what is there, then what each generation has added, changed and removed',
  async () => {
    using tmpfs = new Tmpfs();
    const path = tmpfs.directory('volume');
    const first = writeGeneration(path, { foo: 'bar', caz: 'baz' });
    await using watch = watchSecretVolume(path);
    const ready = await next(watch);
    assert.equal(changesOf(ready), ['ready', 'caz foo', '', '']);
    assert.equal([ready.path.toString(), ready.generation, ready.truncated], [path, first, false]);
    assert.is(ready.get('foo')?.toString(), 'bar');
    const second = writeGeneration(path, { foo: 'new', more: '' });
    const update = await next(watch);
    assert.equal(changesOf(update), ['update', 'more', 'foo', 'caz']);
    assert.is(update.generation, second);
    assert.ok(update.time.getTime() >= ready.time.getTime());
  },
  { skip },
);

test(
  'takes a generation with the same bytes for no update',
  async () => {
    using tmpfs = new Tmpfs();
    const path = tmpfs.directory('volume');
    writeGeneration(path, { foo: 'bar' });
    await using watch = watchSecretVolume(path);
    await next(watch);
    const waiting = next(watch);
    for (let i = 0; i < 20; i++) writeGeneration(path, { foo: 'bar' });
    const last = writeGeneration(path, { foo: 'other' });
    const update = await waiting;
    assert.equal([update.generation, ...changesOf(update)], [last, 'update', '', 'foo', '']);
  },
  { skip },
);

test(
  'keeps every byte of a value, up to 1 MiB, and says what was cut',
  async () => {
    using tmpfs = new Tmpfs();
    const path = tmpfs.directory('volume');
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const large = randomBytes(2 ** 20);
    writeGeneration(path, { bytes, empty: '', large });
    await using watch = watchSecretVolume(path);
    const ready = await next(watch);
    assert.equal(
      ready.entries.map(({ name, value }) => [name.toString(), value.length]),
      [
        ['bytes', 256],
        ['empty', 0],
        ['large', 2 ** 20],
      ],
    );
    assert.ok(ready.get('bytes')?.equals(bytes) && ready.get('large')?.equals(large));
    assert.is(ready.truncated, false);
    writeGeneration(path, { bytes, large: Buffer.concat([large, Buffer.from('!')]) });
    const cut = await next(watch);
    assert.equal([cut.truncated, cut.get('large')?.length], [true, 2 ** 20]);
  },
  { skip },
);

test(
  `reports the last of ${SWAPS} generations at full speed, and each one whole`,
  async () => {
    using tmpfs = new Tmpfs();
    const path = tmpfs.directory('volume');
    await using watch = watchSecretVolume(path);
    const swapping = swap(SWAPS, path);
    let last = 0;
    while (last < SWAPS) {
      const event = await next(watch);
      const number = numberOf(event);
      assert.ok(number > last, `${number} comes behind ${last}`);
      last = number;
    }
    await swapping;
  },
  { skip },
);

test(
  'says resync when the queue of the kernel has overflowed, and has the last of 20,000 swaps',
  async () => {
    using tmpfs = new Tmpfs();
    const [path, quiet] = [tmpfs.directory('volume'), tmpfs.directory('quiet')];
    const limit = Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'latin1'));
    const swaps = Math.max(20_000, limit);
    for (const volume of [path, quiet]) writeGeneration(volume, { foo: 'bar' });
    await using watch = watchSecretVolume(path);
    await using other = watchSecretVolume(quiet);
    for (const one of [watch, other]) assert.is((await next(one)).event, 'ready');
    await swapBlocked(swaps, path);
    const event = await next(watch);
    assert.equal([event.event, numberOf(event)], ['resync', swaps]);
    writeGeneration(quiet, {});
    assert.equal(changesOf(await next(other)), ['update', '', '', 'foo']);
  },
  { skip },
);

test(
  'hears of a `..data` that is made and not renamed',
  async () => {
    using tmpfs = new Tmpfs();
    const path = tmpfs.directory('volume');
    writeGeneration(path, { foo: 'bar' });
    await using watch = watchSecretVolume(path);
    await next(watch);
    mkdirSync(`${path}/..later`);
    writeFileSync(`${path}/..later/foo`, 'new');
    unlinkSync(`${path}/..data`);
    symlinkSync('..later', `${path}/..data`);
    const event = await next(watch);
    assert.equal([event.generation, ...changesOf(event)], ['..later', 'update', '', 'foo', '']);
  },
  // less than the time after which it would look by itself
  { skip, timeout: 10_000 },
);

test(
  'gives each event bytes of its own, large or small',
  async () => {
    using tmpfs = new Tmpfs();
    const path = tmpfs.directory('volume');
    writeGeneration(path, { foo: 'ready' });
    await using watch = watchSecretVolume(path);
    await using observer = watchSecretVolume(path);
    for (const one of [watch, observer]) await next(one);
    const values = ['first', 'second', 'x'.repeat(4_096), 'third'];
    for (const foo of values) {
      writeGeneration(path, { foo });
      await next(observer);
    }
    const events = [];
    for (const _ of values) events.push(await next(watch));
    events[1]?.wipe();
    const seen = events.map((event) => event.get('foo')?.toString());
    assert.equal(seen, ['first', undefined, values[2], 'third']);
  },
  { skip },
);

test(
  'uses one inotify instance for all volumes, and none when the last watch is closed',
  async () => {
    using tmpfs = new Tmpfs();
    const paths = ['one', 'two', 'three'].map((name) => tmpfs.directory(name));
    for (const path of paths) writeGeneration(path, { foo: 'bar' });
    const watches = paths.map((path) => watchSecretVolume(path));
    for (const watch of watches) await next(watch);
    assert.equal(inotifyOfSelf(), { instances: 1, watches: 3 });
    for (const watch of watches) await watch.close();
    assert.equal(inotifyOfSelf(), { instances: 0, watches: 0 });
  },
  { skip },
);

test(
  'tells all volumes of a batch, whatever a reader of the first one throws',
  async () => {
    using tmpfs = new Tmpfs();
    const paths = [tmpfs.directory('one'), tmpfs.directory('two')];
    for (const path of paths) writeGeneration(path, { foo: 'bar' });
    const [one, two] = paths.map((path) => watchSecretVolume(path)) as [SecretVolumeWatch, SecretVolumeWatch];
    for (const watch of [one, two]) await next(watch);
    const thrown = new Promise((resolve) => process.once('uncaughtException', resolve));
    void one.next().then(() =>
      process.nextTick(() => {
        throw new Error('of the reader');
      }),
    );
    const told = next(two);
    for (const path of paths) writeGeneration(path, { foo: 'new' });
    assert.is(((await thrown) as Error).message, 'of the reader');
    assert.is((await told).get('foo')?.toString(), 'new');
    for (const watch of [one, two]) await watch.close();
  },
  { skip, timeout: 10_000 },
);

test(
  'misses nothing of a directory that is watched already while it begins to watch it again',
  async () => {
    using tmpfs = new Tmpfs();
    const path = tmpfs.directory('volume');
    writeGeneration(path, { n: '0' });
    await using first = watchSecretVolume(path);
    await next(first);
    for (let i = 1; i <= 2_000; i++) {
      await using again = watchSecretVolume({ process: process.pid, path });
      const ready = next(again);
      if (i % 4 !== 0) await setImmediate();
      writeGeneration(path, { n: String(i) });
      let event = await ready;
      while (event.get('n')?.toString() !== String(i)) event = await next(again);
    }
  },
  { skip, timeout: 30_000 },
);

test(
  'leaves no watch on a directory that was closed during its first look, once something happens in it',
  async () => {
    using tmpfs = new Tmpfs();
    const held = tmpfs.directory('held');
    writeGeneration(held, { foo: 'bar' });
    await using watch = watchSecretVolume(held);
    await next(watch);
    const paths = Array.from({ length: 20 }, (_, i) => tmpfs.directory(`closed-${i}`));
    for (const path of paths) {
      const closed = watchSecretVolume(path);
      void closed.next();
      await closed.close();
    }
    await eventually(
      () => {
        for (const path of paths) writeFileSync(`${path}/file-${performance.now()}`, '');
        return inotifyOfSelf().watches === 1;
      },
      () => `${inotifyOfSelf().watches} watches are left`,
    );
  },
  { skip },
);

test(
  'keeps a few events for a slow reader, and the last generation always',
  async () => {
    using tmpfs = new Tmpfs();
    const path = tmpfs.directory('volume');
    writeGeneration(path, { n: '0', gone: '' });
    await using watch = watchSecretVolume(path);
    await next(watch);
    await using observer = watchSecretVolume(path);
    await next(observer);
    for (let i = 1; i <= 40; i++) {
      writeGeneration(path, { n: String(i) });
      await next(observer);
    }
    const events = [];
    do events.push(await next(watch));
    while (events.at(-1)?.get('n')?.toString() !== '40');
    assert.equal(changesOf(events[0] as (typeof events)[0]), ['resync', '', 'n', 'gone']);
    assert.ok(events.length <= 17, `${events.length} events`);
  },
  { skip },
);

test(
  'says gone when the volume is unmounted, and ready when there is one again',
  async () => {
    using tmpfs = new Tmpfs();
    writeGeneration(tmpfs.path, { foo: 'bar' });
    await using watch = watchSecretVolume(tmpfs.path);
    await next(watch);
    for (const value of ['second', 'third']) {
      tmpfs.unmount();
      const gone = await next(watch);
      assert.equal([gone.event, gone.generation, gone.entries.length], ['gone', null, 0]);
      tmpfs.mount();
      writeGeneration(tmpfs.path, { foo: value });
      const ready = await next(watch);
      assert.equal([...changesOf(ready), ready.get('foo')?.toString()], ['ready', 'foo', '', '', value]);
    }
  },
  { skip },
);

test(
  'waits for the first generation of a directory that has none',
  async () => {
    using tmpfs = new Tmpfs();
    const path = tmpfs.directory('volume');
    await using watch = watchSecretVolume(path);
    const waiting = next(watch);
    await using other = watchSecretVolume(tmpfs.directory('other'));
    writeGeneration(`${tmpfs.path}/other`, { a: '1' });
    await next(other);
    writeGeneration(path, { foo: 'bar' });
    assert.equal(changesOf(await waiting), ['ready', 'foo', '', '']);
  },
  { skip },
);

const heldBelow = (device: string): string[] =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      const info = readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1');
      return info.includes(`mnt_id:\t${device}\n`) || readlinkSync(`/proc/self/fd/${fd}`).includes('/mnt/foo');
    } catch {
      return false;
    }
  });

function mountId(pid: number, point: string): string {
  const lines = readFileSync(`/proc/${pid}/mountinfo`, 'latin1').split('\n');
  return lines.find((line) => line.split(' ')[4] === point)?.split(' ')[0] ?? '';
}

test(
  'watches by the path that a container sees, holds nothing of it, and ends with its process',
  async () => {
    await using pod = await startMiniPod();
    const { containerPid, containerPath } = pod;
    await using watch = watchSecretVolume({ process: containerPid, path: containerPath });
    assert.equal(changesOf(await next(watch)), ['ready', 'caz foo', '', '']);
    const waiting = next(watch);
    const generation = pod.rotate({ foo: 'new', caz: 'baz' });
    const update = await waiting;
    assert.equal([update.generation, ...changesOf(update)], [generation, 'update', '', 'foo', '']);
    assert.equal(heldBelow(mountId(containerPid, containerPath)), []);
    process.kill(containerPid, 'SIGKILL');
    assert.is((await next(watch)).event, 'gone');
    assert.equal(await watch.next(), { value: undefined, done: true });
  },
  { skip },
);

test(
  "watches by the node's own path, through its process",
  async () => {
    await using pod = await startMiniPod();
    await using watch = watchSecretVolume({ process: pod.nodePid, path: pod.hostPath });
    await next(watch);
    const waiting = next(watch);
    pod.rotate({ foo: 'new', caz: 'baz' });
    assert.equal(changesOf(await waiting), ['update', '', 'foo', '']);
  },
  { skip },
);

test(
  'watches a directory twice, and goes on with one when the other is closed',
  async () => {
    using tmpfs = new Tmpfs();
    const path = tmpfs.directory('volume');
    writeGeneration(path, { n: '0' });
    const one = watchSecretVolume(path);
    await using two = watchSecretVolume({ process: process.pid, path });
    await next(one);
    await next(two);
    await one.close();
    writeGeneration(path, { n: '1' });
    assert.is((await next(two)).get('n')?.toString(), '1');
    assert.equal(await one.next(), { value: undefined, done: true });
  },
  { skip },
);

test.run();
