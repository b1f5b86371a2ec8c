import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { readEnvironment } from '../../lib/index.ts';
import { hostile, type ReadOptions, unfit } from '../helpers/hostile.ts';
import { programs, skipReason } from '../helpers/programs.ts';
import { suite } from '../helpers/suite.ts';
import { Target } from '../helpers/target.ts';
import { waitForState } from '../helpers/threads.ts';

const test = suite('the size of a process that is read');
const env = { FIRST: '1', SECOND: '2' };
const PAGE_KIB = 4;
const READS = 20;

type Size = { resident: number; dirty: number; swapped: number; pageTables: number; faults: number };

/** In KiB, and minor page faults; counted anew by the kernel, page by page. */
function sizeOf(pid: number): Size {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(/\) (?!.*\) )/);
  const field = (text: string, name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]);
  return {
    resident: field(rollup, 'Rss'),
    dirty: field(rollup, 'Private_Dirty'),
    swapped: field(rollup, 'Swap'),
    pageTables: field(status, 'VmPTE'),
    faults: Number(rest.split(' ')[7]),
  };
}

/** Stops the target, so that what changes is not its own doing. */
async function growthDuring(pid: number, body: () => Promise<void>): Promise<Size> {
  process.kill(pid, 'SIGSTOP');
  try {
    await waitForState(pid, 'T');
    const before = sizeOf(pid);
    await body();
    const after = sizeOf(pid);
    const names = Object.keys(before) as (keyof Size)[];
    return Object.fromEntries(names.map((name) => [name, after[name] - before[name]])) as Size;
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

function assertSame(growth: Size): void {
  for (const [name, by] of Object.entries(growth)) {
    // A number that cannot be found is no proof.
    assert.ok(by <= (name === 'faults' ? 0 : PAGE_KIB), `the target has grown: ${JSON.stringify(growth)}`);
  }
}

type Answer = { state: string; locator?: RegExp; entries: Record<string, string> };

async function readOften(pid: number, { state, locator, entries }: Answer, options: ReadOptions = {}): Promise<void> {
  for (let i = 0; i < READS; i++) {
    const { live } = await readEnvironment(pid, options);
    assert.ok(live);
    assert.is(live.state, state, live.reason ?? '');
    if (locator) assert.match(String(live.locator), locator);
    for (const [name, value] of Object.entries(entries)) assert.is(live.get(name)?.toString(), value);
  }
}

const searched: Record<string, RegExp> = {
  'C, glibc, static, stripped': /^scan$/,
  'C, musl, static, stripped': /^scan$/,
  'C, glibc, dynamic PIE': /^dynsym$/,
  'Go, static, stripped': /^go-scan$/,
  'Go, static': /^go-symtab$/,
  Node: /sym/,
  Java: /^dynsym$/,
};

for (const [name, locator] of Object.entries(searched)) {
  const program = programs.find((one) => one.name === name);
  test(
    `stays as it is: ${name}`,
    async () => {
      assert.ok(program, `there is no program ${name}`);
      await using target = await Target.start(await program.argv(), { env });
      const answer = { state: 'ok', locator, entries: env };
      assertSame(await growthDuring(target.pid, () => readOften(target.pid, answer)));
    },
    { skip: program && skipReason(program), timeout: 60_000 },
  );
}

const skip = unfit();
const live = { ...env, LIVE: '1' };

async function staticBss(): Promise<string> {
  const { build } = await import('../helpers/toolchain.ts');
  const sources = ['grown.c', 'fixture.h'];
  const flags = ['-std=gnu11', '-O1', '-static', '-s', '-pthread'];
  return build({ sources, commands: [['gcc', ...flags, '-o', 'OUT', 'grown.c']] });
}

for (const [how, make] of Object.entries({ dynamic: () => hostile('grown'), 'static, stripped': staticBss })) {
  test(
    `stays as it is with 256 MiB of variables that nobody has touched: ${how}`,
    async () => {
      await using target = await Target.start([await make(), 'bss'], { env });
      const answer = { state: 'ok', entries: live };
      assertSame(await growthDuring(target.pid, () => readOften(target.pid, answer)));
    },
    { skip },
  );
}

/** With its functions bound at the start, it looks none up later, which would bring the symbols back. */
const startBound = async () => Target.start([await hostile('grown')], { env: { ...env, LD_BIND_NOW: '1' } });

/** KiB of libc's first segment, where its symbols are, that the process has in memory. */
function symbolsInMemory(pid: number): number {
  const maps = readFileSync(`/proc/${pid}/smaps`, 'latin1').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  const [first] = maps.filter((map) => /^\S+ \S+ 00000000 .*libc[.-]/.test(map));
  return Number(/^Rss:\s+(\d+) kB/m.exec(first ?? '')?.[1]);
}

test(
  'is found by symbols of which no page is in memory, and none comes back',
  async () => {
    await using target = await startBound();
    assert.is(await target.send('drop'), 'ok');
    const left = symbolsInMemory(target.pid);
    assert.ok(left <= 4 * PAGE_KIB, `${left} KiB of the symbols were not dropped`);
    const answer = { state: 'ok', locator: /^dynsym$/, entries: live };
    assertSame(await growthDuring(target.pid, () => readOften(target.pid, answer)));
    assert.is(symbolsInMemory(target.pid), left);
    assert.is(await target.send('more'), 'ok');
  },
  { skip },
);

test(
  'is measured by means that show what a reader without care does',
  async () => {
    await using target = await startBound();
    assert.is(await target.send('drop'), 'ok');
    const growth = await growthDuring(target.pid, async () => readCarelessly(target.pid));
    assert.ok(growth.resident > 100, `only ${growth.resident} KiB`);
  },
  { skip },
);

function readCarelessly(pid: number): void {
  const [, start = '', end = ''] =
    /^([0-9a-f]+)-([0-9a-f]+) \S+ 00000000 .*libc[.-]/m.exec(readFileSync(`/proc/${pid}/maps`, 'latin1')) ?? [];
  const from = BigInt(`0x${start}`);
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  const buffer = Buffer.alloc(Number(BigInt(`0x${end}`) - from));
  assert.is(readSync(memory, buffer, 0, buffer.length, from), buffer.length);
  closeSync(memory);
}

test.run();
