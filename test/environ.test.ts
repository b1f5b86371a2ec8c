import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type EnvironmentBlock, type ProcessEnvironment, readEnvironment } from '../lib/index.ts';
import { startHostile, texts, unfit } from './helpers/hostile.ts';
import { environmentOf } from './helpers/packed.ts';
import { suite } from './helpers/suite.ts';
import { Target, type TargetOptions } from './helpers/target.ts';
import { build } from './helpers/toolchain.ts';

const test = suite('environ');
const skip = unfit();

async function start(options: TargetOptions): Promise<Target> {
  const commands = [['gcc', '-O2', '-DREFER', '-o', 'OUT', 'SOURCES']];
  return Target.start([await build({ sources: ['target.c'], commands })], options);
}

function entries(...list: (string | Buffer)[]): { entries: Buffer[] } {
  return { entries: list.map((entry) => Buffer.from(entry as string)) };
}

test('reads what this process was started with, and what it uses', async () => {
  process.env.PODPROBE_LIVE = 'set after the start';
  const { initial, live } = await readEnvironment(process.pid);
  delete process.env.PODPROBE_LIVE;
  assert.equal([initial?.state, live?.state, initial?.truncated, live?.truncated], ['intact', 'ok', false, false]);
  const given = readFileSync('/proc/self/environ', 'latin1').split('\0').slice(0, -1);
  assert.equal(texts(initial), given);
  assert.equal(texts(live), [...given, 'PODPROBE_LIVE=set after the start']);
});

test('says where each string stands', async () => {
  const { live } = await readEnvironment(process.pid);
  const memory = openSync('/proc/self/mem', 'r');
  for (const { name, value, address } of live?.entries ?? []) {
    const expected = Buffer.concat([name ?? Buffer.alloc(0), Buffer.from(name ? '=' : ''), value, Buffer.alloc(1)]);
    const found = Buffer.alloc(expected.length);
    readSync(memory, found, 0, found.length, address);
    assert.is(Buffer.compare(found, expected), 0, `at ${address.toString(16)}`);
  }
  closeSync(memory);
});

test(
  'keeps order, duplicates, empty names and values, and entries without =',
  async () => {
    const given = ['B=2', 'A=1', 'A=2', 'no equals', 'B=2', '=nameless', 'C=', 'D=x=y=', '', 'A=3'];
    await using target = await start(entries(...given));
    const { initial, live } = await readEnvironment(target.pid);
    assert.equal([initial?.state, live?.state], ['intact', 'ok']);
    assert.equal(texts(initial), given);
    assert.equal(texts(live), given);
  },
  { skip },
);

test(
  'keeps bytes that are no text',
  async () => {
    const given = Buffer.concat([Buffer.from([0xff, 0x01]), Buffer.from('='), Buffer.from([0xc3, 0x28, 0x0a])]);
    await using target = await start(entries(given));
    const { live } = await readEnvironment(target.pid);
    const [entry] = live?.entries ?? [];
    assert.equal([entry?.name?.toString('hex'), entry?.value.toString('hex')], ['ff01', 'c3280a']);
  },
  { skip },
);

test(
  'gives with get what getenv gives: the first of two',
  async () => {
    await using target = await start(entries('A=first', 'A=second', 'no equals', '=nameless', 'E='));
    const { initial, live } = await readEnvironment(target.pid);
    for (const block of [initial, live] as EnvironmentBlock[]) {
      assert.is(block.get('A')?.toString(), (await target.get('A'))?.toString());
      assert.is(block.get('A')?.toString(), 'first');
      assert.is(block.get(Buffer.from('A'))?.toString(), 'first');
      assert.is(block.get('E')?.toString(), '');
      for (const none of ['no equals', 'a', 'A=first', 'B']) assert.is(block.get(none), undefined);
    }
  },
  { skip },
);

test('finds a name that is no text by its bytes, and no other', () => {
  const { live } = environmentOf({ live: ['\xfe=1', '\xff=2'] });
  assert.is(live?.get(Buffer.from([0xff]))?.toString(), '2');
  assert.is(live?.get('\ufffd'), undefined);
});

const parts: [options: object, initial: boolean, live: boolean][] = [
  [{}, true, true],
  [{ initial: true, live: true }, true, true],
  [{ initial: undefined, live: undefined, stop: undefined, timeout: undefined, signal: undefined }, true, true],
  [{ live: false }, true, false],
  [{ initial: false }, false, true],
  [{ initial: false, live: false }, false, false],
];

for (const [options, initial, live] of parts) {
  test(`reads what was asked for: ${Object.entries(options).flat().join(' ') || 'both'}`, async () => {
    const read = await readEnvironment(process.pid, options);
    assert.equal([read.initial !== null, read.live !== null], [initial, live]);
    assert.is(read.process.pid, process.pid);
  });
}

/** On a busy machine a millisecond can be over before the tracer has its turn: then there is no answer, and another read. */
async function readStopped(pid: number, stop: boolean | number): Promise<ProcessEnvironment> {
  for (let left = 50; ; left--) {
    try {
      return await readEnvironment(pid, { stop });
    } catch (error) {
      if (left === 0 || (error as NodeJS.ErrnoException).code !== 'ETIMEDOUT') throw error;
    }
  }
}

for (const stop of [true, 1, 50, 10_000]) {
  test(
    `reads a process that it stops, and lets it go on: stop ${stop}`,
    async () => {
      await using target = await start(entries('A=1'));
      await target.set('B', '2');
      const { live } = await readStopped(target.pid, stop);
      assert.equal(texts(live), ['A=1', 'B=2']);
      assert.is((await target.get('B'))?.toString(), '2');
      assert.match(readFileSync(`/proc/${target.pid}/status`, 'latin1'), /^State:\s+[SR] [^]*^TracerPid:\s+0$/m);
    },
    { skip },
  );
}

/** Every byte that a reader of the values could see. */
function bytesOf({ initial, live }: ProcessEnvironment): Buffer[] {
  const all = [...(initial?.entries ?? []), ...(live?.entries ?? [])];
  return all.flatMap(({ name, value }) => (name ? [name, value] : [value]));
}

function assertZeros(buffers: Buffer[]): void {
  assert.ok(buffers.some(({ length }) => length > 0));
  for (const bytes of buffers) assert.ok(bytes.equals(Buffer.alloc(bytes.length)), 'bytes are left');
}

test('overwrites the bytes with wipe, in views that were handed out before', async () => {
  const read = await readEnvironment(process.pid);
  const held = bytesOf(read);
  read.live?.wipe();
  assert.ok(read.initial?.get('PATH'), 'wiping the one wiped the other');
  read.initial?.wipe();
  assertZeros(held);
});

test('overwrites the bytes with wipe before the entries were ever looked at', async () => {
  const { live } = await readEnvironment(process.pid);
  live?.wipe();
  assert.is(live?.get('PATH'), undefined);
  for (const { name, value } of live?.entries ?? []) {
    assert.is(name?.some((byte) => byte !== 0) ?? false, false);
    assert.is(
      value.some((byte) => byte !== 0),
      false,
    );
  }
});

test('overwrites the bytes of both where its scope ends', async () => {
  assertZeros(await scoped());
});

async function scoped(): Promise<Buffer[]> {
  using read = await readEnvironment(process.pid);
  const held = bytesOf(read);
  assert.ok(held.some((bytes) => bytes.toString() === 'PATH'));
  return held;
}

test('can be wiped when a part was not read', () => {
  environmentOf({ initial: null })[Symbol.dispose]();
  environmentOf({ live: null })[Symbol.dispose]();
});

test('wipes one result without touching another of the same process', async () => {
  const [one, two] = [await readEnvironment(process.pid), await readEnvironment(process.pid)];
  one[Symbol.dispose]();
  assert.is(two.live?.get('PATH')?.toString(), process.env.PATH);
});

test('decodes the entries once', async () => {
  const { live } = await readEnvironment(process.pid);
  assert.is(live?.entries, live?.entries);
  assert.is(live?.entries.length, live?.length);
});

test(
  'tells an environment without variables from one that is not known',
  async () => {
    await using target = await start(entries());
    const { initial, live } = await readEnvironment(target.pid);
    assert.equal([initial?.state, initial?.length, live?.state, live?.length], ['empty', 0, 'ok', 0]);
    await using strange = await startHostile(['vectors', 'unmapped'], { env: { A: '1' } });
    const read = await readEnvironment(strange.pid);
    assert.equal([read.initial?.state, read.live?.state], ['intact', 'unknown']);
    assert.ok(read.live?.reason);
  },
  { skip },
);

test('replaces bytes of the command name that are no text', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'podprobe-'));
  // a copy of cat, which waits for its standard input, under a name that is not UTF-8
  const script = `name=$(printf '%s/a\\377b' "$0") && cp "$(command -v cat)" "$name" && echo && exec "$name"`;
  const child = spawn('sh', ['-c', script, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    child.stdin.write('ready\n');
    let said = '';
    for await (const chunk of child.stdout) if ((said += chunk).includes('ready')) break;
    const { process: identity } = await readEnvironment(child.pid as number);
    assert.equal([identity.comm, identity.exe], ['a\ufffdb', `${folder}/a\ufffdb`]);
  } finally {
    child.stdin.end();
    await once(child, 'exit');
    rmSync(folder, { recursive: true });
  }
});

test.run();
