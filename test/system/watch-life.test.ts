import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { writeGeneration } from '../../lib/demo/atomic-writer.ts';
import { startMiniPod } from '../../lib/demo/mini-pod.ts';
import { openProcess, watchSecretVolume } from '../../lib/index.ts';
import { unfit } from '../helpers/hostile.ts';
import { assertAllClosed, openFiles } from '../helpers/open-files.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';
import { next, Tmpfs } from '../helpers/volumes.ts';

const test = suite('the life of a watch');
const skip = unfit({ root: true });
const watches = fileURLToPath(new URL('../fixtures/watches.mjs', import.meta.url));

async function run(...words: readonly (string | number)[]): Promise<[number | null, string]> {
  const child = spawn(process.execPath, [watches, ...words.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 20_000,
    killSignal: 'SIGKILL',
  });
  let output = '';
  child.stdout.on('data', (text) => (output += String(text)));
  const [code] = (await once(child, 'close')) as [number | null];
  return [code, output.trim()];
}

/** A volume, a program that always gives it new generations, and what is done meanwhile. */
async function whileSwapping(body: (path: string) => Promise<void>): Promise<void> {
  using tmpfs = new Tmpfs();
  const path = tmpfs.directory('volume');
  let number = 0;
  const swapping = setInterval(() => writeGeneration(path, { n: String(number++) }), 1);
  try {
    await body(path);
  } finally {
    clearInterval(swapping);
  }
}

test(
  'keeps the program alive only while somebody waits',
  async () => {
    using tmpfs = new Tmpfs();
    writeGeneration(tmpfs.path, { foo: 'bar' });
    assert.equal(await run('idle', tmpfs.path), [0, 'ready']);
  },
  { skip },
);

test(
  'ends with the program, and with a Worker, at any moment',
  () =>
    whileSwapping(async (path) => {
      assert.equal(await run('workers', path, 40), [0, '40 ended']);
      for (let i = 0; i < 10; i++) assert.equal(await run('waiting', path, Math.random() * 100), [7, '']);
    }),
  { skip },
);

test(
  'leaves no descriptor behind, a thousand times',
  async () => {
    using tmpfs = new Tmpfs();
    const path = tmpfs.directory('volume');
    writeGeneration(path, { foo: 'bar' });
    const once = async (target: Parameters<typeof watchSecretVolume>[0]): Promise<void> => {
      await using watch = watchSecretVolume(target);
      await next(watch);
    };
    await once(path);
    await once({ process: process.pid, path });
    const before = openFiles();
    for (let i = 0; i < 500; i++) {
      await once(path);
      await once({ process: process.pid, path });
    }
    assertAllClosed(before);
  },
  { skip },
);

test(
  'ends by close, by return, by break and by its signal',
  async () => {
    using tmpfs = new Tmpfs();
    writeGeneration(tmpfs.path, { foo: 'bar' });
    const closed = watchSecretVolume(tmpfs.path);
    await next(closed);
    const waiting = closed.next();
    await closed.close();
    assert.equal(await waiting, { value: undefined, done: true });
    const broken = watchSecretVolume(tmpfs.path);
    for await (const { event } of broken) if (event === 'ready') break;
    assert.equal(await broken.next(), { value: undefined, done: true });
    const controller = new AbortController();
    const aborted = watchSecretVolume(tmpfs.path, { signal: controller.signal });
    await next(aborted);
    const never = aborted.next();
    controller.abort();
    await rejects(never, { name: 'AbortError' });
    await rejects(watchSecretVolume(tmpfs.path, { signal: AbortSignal.abort() }).next(), { name: 'AbortError' });
  },
  { skip },
);

test(
  'reads through a held process that is closed meanwhile',
  async () => {
    await using pod = await startMiniPod();
    const held = await openProcess(pod.containerPid);
    await using watch = watchSecretVolume({ process: held, path: pod.containerPath });
    await next(watch);
    await held.close();
    const waiting = next(watch);
    pod.rotate({ foo: 'new', caz: 'baz' });
    assert.is((await waiting).get('foo')?.toString(), 'new');
  },
  { skip },
);

test.run();
