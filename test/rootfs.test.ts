import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as assert from 'uvu/assert';
import { openIn, openProcess, readdirIn, readFileIn, readlinkIn, statIn } from '../lib/index.ts';
import { assertAllClosed, isAllClosed, openFiles, openTo } from './helpers/open-files.ts';
import { rejects, throws } from './helpers/rejects.ts';
import { suite } from './helpers/suite.ts';

const test = suite('files of a process');
const self = process.pid;
const directory = mkdtempSync(join(tmpdir(), 'podprobe-rootfs-'));
const file = join(directory, 'file');
writeFileSync(file, 'content');
symlinkSync('file', join(directory, 'link'));
mkdirSync(join(directory, 'empty'));
test.after(() => rmSync(directory, { recursive: true }));

const calls: [name: string, call: (target: number, path: string, options?: object) => Promise<unknown>][] = [
  ['readFileIn', readFileIn],
  ['openIn', openIn],
  ['readdirIn', readdirIn],
  ['statIn', statIn],
  ['readlinkIn', readlinkIn],
];

for (const [name, call] of calls) {
  test(`${name} refuses what cannot be a target, a path or an option`, async () => {
    const usage = { name: 'UsageError', code: 'ERR_INVALID_ARG_VALUE' };
    for (const pid of [0, -1, 1.5, NaN, '1']) await rejects(call(pid as number, '/'), { ...usage, option: 'pid' });
    for (const path of ['', 'etc', './etc', '/a\0b', 1, null, undefined, [], {}, Buffer.from('etc')]) {
      await rejects(call(self, path as string), { ...usage, option: 'path' });
    }
    for (const timeout of [0, -1, 1.5, '5', 3_600_001]) {
      await rejects(call(self, '/', { timeout }), { ...usage, option: 'timeout' });
    }
    await rejects(call(self, '/', { signal: {} }), { ...usage, option: 'signal' });
    await rejects(call(self, '/', null as unknown as object), { ...usage, option: 'options' });
  });

  test(`${name} gives up when it is aborted`, async () => {
    await rejects(call(self, '/', { signal: AbortSignal.abort() }), { name: 'AbortError' });
  });

  test(`${name} says that there is no such process`, async () => {
    await rejects(call(2 ** 22 + 1, '/'), { code: 'ESRCH', pid: 2 ** 22 + 1 });
  });
}

test('refuses limits that are none', async () => {
  const usage = { name: 'UsageError' };
  for (const maxBytes of [-1, 1.5, '5', 2 ** 31 + 1, Infinity]) {
    await rejects(readFileIn(self, file, { maxBytes: maxBytes as number }), { ...usage, option: 'maxBytes' });
  }
  await rejects(readdirIn(self, '/', { maxEntries: 1_000_001 }), { ...usage, option: 'maxEntries' });
  await rejects(readdirIn(self, '/', { details: 1 as unknown as boolean }), { ...usage, option: 'details' });
  await rejects(statIn(self, '/', { followLinks: 0 as unknown as boolean }), { ...usage, option: 'followLinks' });
});

test('takes a path as text or as bytes, of a pid or of a process that is held', async () => {
  await using held = await openProcess(self);
  for (const target of [self, held]) {
    for (const path of [file, Buffer.from(file), new Uint8Array(Buffer.from(file)), join(directory, 'link')]) {
      assert.is((await readFileIn(target, path)).toString(), 'content');
    }
  }
});

test('reads exactly as many bytes as it may', async () => {
  const path = join(directory, 'sizes');
  for (const size of [0, 1, 4095, 4096, 4097, 2 ** 20 - 1, 2 ** 20, 2 ** 20 + 1, 3 * 2 ** 20]) {
    const content = Buffer.alloc(size, 'podprobe');
    writeFileSync(path, content);
    assert.ok((await readFileIn(self, path, { maxBytes: size })).equals(content), `${size} bytes`);
    if (size > 0) await rejects(readFileIn(self, path, { maxBytes: size - 1 }), { code: 'EFBIG', path });
  }
});

test('takes no memory for the size that a sparse file says it has', async () => {
  const path = join(directory, 'sparse');
  writeFileSync(path, '');
  truncateSync(path, 2 ** 36);
  const before = process.memoryUsage().rss;
  await rejects(readFileIn(self, path, { maxBytes: 2 ** 31 }), { code: 'EFBIG', message: /68719476736 bytes/ });
  assert.ok(process.memoryUsage().rss - before < 2 ** 26);
});

test('lists an empty directory', async () => {
  assert.equal(await readdirIn(self, join(directory, 'empty'), { details: true }), { entries: [], truncated: false });
});

test('reads an open file in parts, and refuses it when it is closed', async () => {
  const opened = await openIn(self, file);
  assert.is(
    openTo((path) => path === file),
    1,
  );
  assert.is((await opened.read(3, 2)).toString(), 'te');
  assert.is((await opened.read(0, 0)).length, 0);
  assert.is((await opened.read(7, 10)).length, 0);
  assert.is((await opened.read(Number.MAX_SAFE_INTEGER, 10)).length, 0);
  await rejects(opened.read(-1, 1), { name: 'UsageError', option: 'position' });
  await rejects(opened.read(0, 2 ** 26 + 1), { name: 'UsageError', option: 'length' });
  throws(() => opened.stream({ maxBytes: -1 }), { name: 'UsageError', option: 'maxBytes' });
  const last = opened.read(0, 100);
  await opened.close();
  await opened.close();
  assert.is((await last).toString(), 'content');
  await rejects(opened.read(0, 1), { name: 'UsageError', option: 'file' });
  await rejects(opened.stat(), { name: 'UsageError', option: 'file' });
  assert.is(
    openTo((path) => path === file),
    0,
  );
});

test('refuses a process that is closed, after the reads that are under way', async () => {
  const held = await openProcess(self);
  const last = readFileIn(held, file);
  await held.close();
  assert.is((await last).toString(), 'content');
  await rejects(readFileIn(held, file), { name: 'UsageError', option: 'process' });
});

test('leaves no descriptor behind when a file is forgotten, or its Worker is ended', async () => {
  const before = openFiles();
  const library = new URL('../dist/index.js', import.meta.url).href;
  const code = `import(${JSON.stringify(library)}).then(async ({ openIn, readFileIn }) => {
    globalThis.files = await Promise.all(Array.from({ length: 50 }, () => openIn(${self}, ${JSON.stringify(file)})));
    require('node:worker_threads').parentPort.postMessage('open');
    for (;;) await Promise.all(Array.from({ length: 20 }, () => readFileIn(${self}, ${JSON.stringify(file)})));
  })`;
  for (let i = 0; i < 3; i++) {
    const worker = new Worker(code, { eval: true });
    await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    await worker.terminate();
  }
  const limit = performance.now() + 2_000;
  while (!isAllClosed(before) && performance.now() < limit) await new Promise((resolve) => setTimeout(resolve, 10));
  assertAllClosed(before);
});

test.run();
