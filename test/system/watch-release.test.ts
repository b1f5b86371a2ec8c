import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { writeGeneration } from '../../lib/demo/atomic-writer.ts';
import { watchSecretVolume } from '../../lib/index.ts';
import { Container } from '../helpers/container.ts';
import { unfit } from '../helpers/hostile.ts';
import { MountNamespace } from '../helpers/mount-namespace.ts';
import { suite } from '../helpers/suite.ts';
import { eventually } from '../helpers/threads.ts';
import { changesOf, next } from '../helpers/volumes.ts';

const test = suite('what a watch holds of a container');
const skip = unfit({ root: true, tools: ['unshare', 'mount'] });
const directory = mkdtempSync(join(tmpdir(), 'podprobe-release-'));
test.after(() => rmdirSync(directory));

const MIBIBYTES = 192;
/** What others on this machine may do to the sum meanwhile. */
const NOISE = 64;

/** MiB in all tmpfs of this machine. */
function inTmpfs(): number {
  return Number(/^Shmem: +(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'latin1'))?.[1]) / 1024;
}

const untilInTmpfs = (done: (size: number) => boolean, what: string) =>
  eventually(
    () => done(inTmpfs()),
    () => `${what}: ${Math.round(inTmpfs())} MiB in tmpfs`,
    10_000,
  );

/** A process of its own with a volume, on a tmpfs that holds much. */
async function startVolume(): Promise<{ namespace: MountNamespace; path: string; seen: string; before: number }> {
  const before = inTmpfs();
  const namespace = await MountNamespace.start();
  await namespace.run(`
mount -t tmpfs -o size=${2 * MIBIBYTES}m volume ${directory}
mkdir ${directory}/volume; head -c ${MIBIBYTES}m /dev/zero > ${directory}/ballast`);
  const path = `${directory}/volume`;
  const seen = `/proc/${namespace.pid}/root${path}`;
  writeGeneration(seen, { foo: 'bar' });
  await untilInTmpfs((size) => size > before + MIBIBYTES - NOISE, 'the ballast is not there');
  return { namespace, path, seen, before };
}

test(
  "frees a dead container's tmpfs while the watch is still open",
  async () => {
    const { namespace, path, seen, before } = await startVolume();
    await using watch = watchSecretVolume({ process: namespace.pid, path });
    await next(watch);
    const waiting = next(watch);
    writeGeneration(seen, { foo: 'new' });
    assert.equal(changesOf(await waiting), ['update', '', 'foo', '']);
    await namespace[Symbol.asyncDispose]();
    await untilInTmpfs((size) => size < before + NOISE, 'the tmpfs is still there');
    assert.is((await next(watch)).event, 'gone');
  },
  { skip, timeout: 60_000 },
);

test(
  'frees it although nobody reads the events',
  async () => {
    const { namespace, path, before } = await startVolume();
    await using watch = watchSecretVolume({ process: namespace.pid, path });
    await next(watch);
    await namespace[Symbol.asyncDispose]();
    await untilInTmpfs((size) => size < before + NOISE, 'the tmpfs is still there');
  },
  { skip, timeout: 60_000 },
);

test(
  'one descriptor would keep it: the measurement can tell',
  async () => {
    const { namespace, seen, before } = await startVolume();
    const held = openSync(`${seen}/..data/foo`, 'r');
    await namespace[Symbol.asyncDispose]();
    assert.ok(inTmpfs() > before + MIBIBYTES - NOISE, `${inTmpfs()} MiB in tmpfs, ${before} before`);
    closeSync(held);
    await untilInTmpfs((size) => size < before + NOISE, 'the tmpfs is still there');
  },
  { skip, timeout: 60_000 },
);

test(
  'watches a process whose first thread has exited, to the end of the process',
  async () => {
    await using container = await Container.start('leaderless');
    const { pid } = container;
    await eventually(
      () => readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z '),
      () => 'its first thread has not exited',
    );
    const thread = readdirSync(`/proc/${pid}/task`).find((name) => name !== String(pid));
    const seen = `/proc/${pid}/task/${thread}/root/dir`;
    writeGeneration(seen, { foo: 'bar' });
    await using watch = watchSecretVolume({ process: pid, path: '/dir' });
    assert.equal(changesOf(await next(watch)), ['ready', 'foo', '', '']);
    const waiting = next(watch);
    writeGeneration(seen, { foo: 'new' });
    assert.equal(changesOf(await waiting), ['update', '', 'foo', '']);
    const ending = next(watch);
    await container.stop();
    assert.is((await ending).event, 'gone');
    assert.equal(await watch.next(), { value: undefined, done: true });
  },
  { skip },
);

test.run();
