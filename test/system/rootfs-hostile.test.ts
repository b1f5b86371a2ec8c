import { readdirSync } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { ContainerFile, openIn, openProcess, type Process, readdirIn, readFileIn, statIn } from '../../lib/index.ts';
import { podprobe } from '../helpers/command.ts';
import { Container } from '../helpers/container.ts';
import { hostile, unfit } from '../helpers/hostile.ts';
import { assertAllClosed, isAllClosed, openFiles } from '../helpers/open-files.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';
import { eventually } from '../helpers/threads.ts';

const test = suite('files of a container that cheats');
const skip = unfit({ root: true });
const READS = 200_000;
const IN_FLIGHT = 64;

/** Runs `read` so many times, many at a time; gives how often each answer came. */
async function tally(count: number, read: () => Promise<string>): Promise<Map<string, number>> {
  const answers = new Map<string, number>();
  let left = count;
  const lane = async (): Promise<void> => {
    while (left-- > 0) {
      const answer = await read();
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return answers;
}

const answer = (reading: Promise<Buffer>): Promise<string> =>
  reading.then(String, (error: NodeJS.ErrnoException) => String(error.code));

/** As one reads who looks first, and opens what he looked at. */
async function readNaively(container: Container): Promise<string> {
  if ((await lstat(container.naive('/swap/dir'))).isSymbolicLink()) return 'a link';
  return answer(readFile(container.naive('/swap/dir/file')));
}

test(
  'never gives a byte of the host in 200,000 reads while a link to it is swapped in and out',
  async () => {
    await using container = await Container.start('swap');
    await using held = await openProcess(container.pid);
    const before = openFiles();
    const answers = await tally(READS, () => answer(readFileIn(held, '/swap/dir/file')));
    assert.equal(Object.fromEntries(answers), { inside: READS });
    assertAllClosed(before);
    // the same tree gets a reader that looks before it opens to read the host's file
    let naive = 0;
    for (let round = 0; naive === 0 && round < 50; round++) {
      naive = (await tally(1_000, () => readNaively(container))).get('outside') ?? 0;
    }
    assert.ok(naive > 0, 'nobody was ever misled: the container does not swap fast enough to prove anything');
  },
  { skip, timeout: 60_000 },
);

test(
  'never leaves the root by .. while the tree is renamed',
  async () => {
    await using container = await Container.start('swap');
    await using held = await openProcess(container.pid);
    const path = '/swap/dir/../../swap/dir/../../../../../../..';
    const answers = await tally(5_000, () => answer(readFileIn(held, `${path}${container.outside}/file`)));
    const allowed = ['inside', 'ENOENT', 'EAGAIN'];
    assert.equal(
      [...answers.keys()].filter((key) => !allowed.includes(key)),
      [],
    );
    assert.ok((answers.get('inside') ?? 0) > 0, JSON.stringify(Object.fromEntries(answers)));
    const listing = await readdirIn(held, '/swap', { details: true });
    assert.is(listing.entries.length, 2);
  },
  { skip },
);

test(
  'gives up on a file that grows faster than it is read',
  async () => {
    await using container = await Container.start('grow');
    const start = performance.now();
    await rejects(readFileIn(container.pid, '/growing', { maxBytes: 2 ** 23 }), { code: 'EFBIG' });
    const { code, stderr } = await podprobe(['cat', container.pid, '/growing', '--max-bytes=8388608']);
    assert.is(code, 5);
    assert.match(stderr, /EFBIG.*maxBytes allows 8388608/);
    assert.ok(performance.now() - start < 10_000);
  },
  { skip },
);

const TIMEOUT = 400;

async function assertTimesOut(reading: Promise<unknown>): Promise<void> {
  const start = performance.now();
  await rejects(reading, { code: 'ETIMEDOUT', message: /no answer within 400 ms/ });
  assert.ok(performance.now() - start < TIMEOUT + 1_500);
}

/** The longest that JavaScript itself was held up while `body` ran. */
async function longestPause(body: () => Promise<void>): Promise<number> {
  let [over, longest] = [false, 0];
  const watch = async (): Promise<void> => {
    while (!over) {
      const start = performance.now();
      await wait(5);
      longest = Math.max(longest, performance.now() - start);
    }
  };
  const watching = watch();
  await body().finally(() => {
    over = true;
  });
  await watching;
  return longest;
}

test(
  'fails in time on a file system that never answers, while others are read through the same process',
  async () => {
    const before = openFiles();
    await using container = await Container.start('fuse');
    await using held = await openProcess(container.pid);
    const pause = await longestPause(async () => {
      await assertStuckFile(held);
      const stuck = Array.from({ length: 8 }, () =>
        assertTimesOut(readFileIn(held, '/tmp/file', { timeout: TIMEOUT })),
      );
      for (let i = 0; i < 100; i++) assert.is(await answer(readFileIn(held, '/dir/file')), 'inside');
      await Promise.all(stuck);
    });
    assert.ok(pause < 250, `JavaScript was held up for ${Math.round(pause)} ms`);
    await container.stop();
    await held.close();
    await eventually(
      () => isAllClosed(before),
      () => `${before} open files before, ${openFiles()} after`,
    );
  },
  { skip: skip ?? unfitForFuse() },
);

/** A file that is open is read, told of and closed without anybody's waiting longer than he said. */
async function assertStuckFile(held: Process): Promise<void> {
  assert.is((await statIn(held, '/tmp/file')).size, 2 ** 20);
  const file = await openIn(held, '/tmp/file');
  assert.ok(file instanceof ContainerFile);
  await assertTimesOut(file.read(0, 4096, { timeout: TIMEOUT }));
  await rejects(file.read(0, 4096, { signal: AbortSignal.timeout(20) }), { name: 'TimeoutError' });
  await file.close();
}

test(
  'does not resolve paths in another way where there is no openat2(2)',
  async () => {
    await using container = await Container.start('tree');
    const prefix = [await hostile('without'), 'openat2'];
    for (const words of [
      ['cat', container.pid, '/dir/file'],
      ['ls', container.pid, '/dir'],
    ]) {
      const { code, stdout, stderr } = await podprobe(words, { prefix });
      assert.equal([code, stdout], [5, '']);
      assert.match(stderr, /ENOSYS.*openat2\(2\) is not there \(before Linux 5\.6\) or forbidden \(seccomp\)/);
    }
  },
  { skip },
);

function unfitForFuse(): string | undefined {
  return readdirSync('/dev').includes('fuse') ? undefined : 'needs /dev/fuse';
}

test.run();
