import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import * as assert from 'uvu/assert';
import { writeGeneration } from '../../lib/demo/atomic-writer.ts';
import { startMiniPod } from '../../lib/demo/mini-pod.ts';
import { podprobe } from '../helpers/command.ts';
import { unfit } from '../helpers/hostile.ts';
import { assertKeeps } from '../helpers/schema.ts';
import { suite } from '../helpers/suite.ts';
import { Tmpfs } from '../helpers/volumes.ts';
import { RunningWatch, type WatchLine } from '../helpers/running-watch.ts';

/** Uid of a pod that no node has. */
const POD = '00000000-0000-4000-8000-000000000001';

const test = suite('cli: watch');
const skip = unfit({ root: true });

test(
  'a path: each generation on one line, values by length and fingerprint, and Ctrl-C ends it',
  async () => {
    using tmpfs = new Tmpfs();
    const path = tmpfs.directory('volume');
    writeGeneration(path, { foo: 'planted-one', caz: 'baz' });
    await using watch = new RunningWatch([path]);
    const ready = await watch.line();
    assert.equal([ready.event, ready.path, ready.podUid], ['ready', path, null]);
    assert.equal(
      ready.added.map(({ name, length }) => [name, length]),
      [
        ['caz', 3],
        ['foo', 11],
      ],
    );
    writeGeneration(path, { foo: 'planted-two', more: '' });
    const update = await watch.line();
    assert.is(update.event, 'update');
    assert.equal(
      [update.added, update.changed, update.removed].map((list) => list.map(({ name }) => name)),
      [['more'], ['foo'], ['caz']],
    );
    assert.is(await watch.end('SIGINT'), 0);
    assert.not.match(watch.text + watch.stderr, /planted/);
    assert.is(watch.stderr, '');
  },
  { skip },
);

test(
  "a path as kubelet's: the pod, the kind and the name that it says",
  async () => {
    using tmpfs = new Tmpfs();
    const places: [path: string, kind: string | null, volume: string | null][] = [
      [`pods/${POD}/volumes/kubernetes.io~secret/foo`, 'secret', 'foo'],
      [`pods/${POD}/volumes/kubernetes.io~projected/token`, 'projected', 'token'],
      [`pods/${POD}/volumes/kubernetes.io~empty-dir/foo`, null, null],
    ];
    for (const [path, kind, volume] of places) {
      writeGeneration(tmpfs.directory(path), { foo: 'bar' });
      for (const given of [`${tmpfs.path}/${path}`, `${relative('.', tmpfs.path)}/${path}/`]) {
        const { stdout } = await podprobe(['watch', given, '--count', 1]);
        const line = assertKeeps<WatchLine>('watch', JSON.parse(stdout) as object);
        const podUid = kind === null ? null : POD;
        assert.equal([line.path, line.podUid, line.kind, line.volume], [given, podUid, kind, volume]);
      }
    }
  },
  { skip },
);

test(
  'shows values with --reveal, in base64 where they are no text, and ends after --count',
  async () => {
    using tmpfs = new Tmpfs();
    const bytes = Buffer.from([0xff, 0x00]);
    writeGeneration(tmpfs.path, { foo: 'bar', bytes });
    const { code, stdout } = await podprobe(['watch', tmpfs.path, '--reveal', '--count', 1]);
    assert.is(code, 0);
    const { added } = assertKeeps<WatchLine>('watch', JSON.parse(stdout) as object);
    assert.equal(
      added.map(({ value, valueBase64 }) => value ?? valueBase64),
      [bytes.toString('base64'), 'bar'],
    );
  },
  { skip },
);

test(
  'makes fingerprints that compare between runs with --fingerprint-key',
  async () => {
    using tmpfs = new Tmpfs();
    using keys = new Tmpfs();
    const key = `${keys.path}/key`;
    writeFileSync(key, 'sixteen bytes or more');
    writeGeneration(tmpfs.path, { foo: 'bar' });
    const run = () => podprobe(['watch', tmpfs.path, '--count', 1, '--fingerprint-key', key]);
    const [one, two] = [await run(), await run()].map(({ stdout }) => (JSON.parse(stdout) as WatchLine).added);
    assert.equal(one, two);
  },
  { skip },
);

test(
  'names that are no UTF-8 come in base64, and what would change the terminal is escaped',
  async () => {
    using tmpfs = new Tmpfs();
    const generation = Buffer.from(`${tmpfs.path}/..first/`);
    mkdirSync(generation);
    for (const name of [Buffer.from([0xff]), Buffer.from('\u202eevil')])
      writeFileSync(Buffer.concat([generation, name]), '');
    symlinkSync('..first', `${tmpfs.path}/..data`);
    const { stdout } = await podprobe(['watch', tmpfs.path, '--count', 1]);
    assert.not.match(stdout, /\u202e/);
    const { added } = assertKeeps<WatchLine>('watch', JSON.parse(stdout) as object);
    assert.equal(
      added.map(({ name, nameBase64 }) => [name, nameBase64]),
      [
        ['\u202eevil', undefined],
        [null, '/w=='],
      ],
    );
  },
  { skip },
);

test(
  'a process: all its secret volumes with the pod they are of, to the end of the process',
  async () => {
    await using pod = await startMiniPod();
    await using watch = new RunningWatch([pod.containerPid, '--host', pod.nodePid]);
    const ready = await watch.line();
    assert.equal([ready.event, ready.path, ready.podUid, ready.volume], ['ready', pod.containerPath, pod.uid, 'foo']);
    pod.rotate({ foo: 'new', caz: 'baz' });
    assert.is((await watch.line()).event, 'update');
    process.kill(pod.containerPid, 'SIGKILL');
    assert.is((await watch.line()).event, 'gone');
    assert.is(await watch.end(), 0);
  },
  { skip },
);

test(
  'the whole node: volumes that are there, that come later, and that go',
  async () => {
    using tmpfs = new Tmpfs();
    const place = (name: string) => tmpfs.directory(`pods/${POD}/volumes/kubernetes.io~secret/${name}`);
    using one = new Tmpfs(place('one'));
    writeGeneration(one.path, { foo: 'bar' });
    await using watch = new RunningWatch(['--all', '--host', process.pid]);
    // the node may have volumes of its own
    const next = async (): Promise<WatchLine> => {
      for (;;) {
        const line = await watch.line();
        if (line.podUid === POD) return line;
      }
    };
    const ready = await next();
    assert.equal([ready.event, ready.path, ready.volume], ['ready', one.path, 'one']);
    using two = new Tmpfs(place('two'));
    writeGeneration(two.path, { caz: 'baz' });
    const later = await next();
    assert.equal([later.event, later.volume], ['ready', 'two']);
    writeGeneration(one.path, { foo: 'new' });
    writeGeneration(two.path, { caz: 'new' });
    assert.equal([await next(), await next()].map(({ event, volume }) => [event, volume]).sort(), [
      ['update', 'one'],
      ['update', 'two'],
    ]);
    one.unmount();
    const gone = await next();
    assert.equal([gone.event, gone.volume], ['gone', 'one']);
    assert.is(await watch.end('SIGINT'), 0);
  },
  { skip },
);

test(
  'says what is wrong: no such path or process, not both, a bad count',
  async () => {
    const cases: [words: (string | number)[], code: number][] = [
      [['/no/such'], 3],
      [['/etc/passwd'], 3],
      [[4_194_304 * 4], 3],
      [[], 2],
      [['/tmp', '--all'], 2],
      [['/tmp', '--count', '0'], 2],
      [['/tmp', '--fingerprint-key', '/dev/null'], 2],
    ];
    for (const [words, expected] of cases) {
      const { code, stdout, stderr } = await podprobe(['watch', ...words]);
      assert.equal([code, stdout], [expected, ''], `${words.join(' ')}: ${stderr}`);
    }
  },
  { skip },
);

test(
  'ends quietly when the reader of its output has gone',
  async () => {
    using tmpfs = new Tmpfs();
    writeGeneration(tmpfs.path, { n: '0' });
    await using watch = new RunningWatch([tmpfs.path]);
    await watch.line();
    watch.hangUp();
    writeGeneration(tmpfs.path, { n: '1' });
    assert.is(await watch.end(), 0);
    assert.is(watch.stderr, '');
  },
  { skip },
);

test.run();
