import { readFileSync, writeFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { readEnvironment } from '../../lib/index.ts';
import { Target, type TargetOptions } from './target.ts';
import { build, missing } from './toolchain.ts';

export type Read = Awaited<ReturnType<typeof readEnvironment>>;
export type Initial = NonNullable<Read['initial']>;
export type Live = NonNullable<Read['live']>;
export type ReadOptions = NonNullable<Parameters<typeof readEnvironment>[1]>;

type Compiler = 'gcc' | 'musl-gcc';

const headers = ['fixture.h', 'fuse_file.h', 'mm_map.h'];
const flags = ['-std=gnu11', '-O1', '-Wall', '-Wextra', '-Werror', '-pthread'];
const tinyFlags = ['-std=gnu11', '-O1', '-static', '-nostdlib', '-fno-stack-protector', '-fno-builtin'];

/** Builds test/fixtures/NAME.c; gives the program's path. */
export function hostile(name: string, compiler: Compiler = 'gcc'): Promise<string> {
  const source = `${name}.c`;
  const chosen = name === 'tiny' ? tinyFlags : flags;
  const sources = [source, ...(name === 'tiny' ? [] : headers)];
  return build({ sources, commands: [[compiler, ...chosen, '-o', 'OUT', source]] });
}

/** Starts a hostile fixture: `startHostile(['vectors', 'cyclic'])`. */
export async function startHostile([name, ...args]: readonly [string, ...string[]], options: TargetOptions = {}) {
  return Target.start([await hostile(name), ...args], options);
}

/** Why a suite cannot run here. */
export function unfit(needs: { root?: boolean; tools?: readonly string[] } = {}): string | undefined {
  if (needs.root && process.getuid?.() !== 0) return 'needs root';
  return missing(['gcc', ...(needs.tools ?? [])]);
}

/** The entries as text, bytes as latin1: `NAME=value`, and `value` alone where there is no name. */
export function texts(part: Initial | Live | null): string[] {
  assert.ok(part, 'this part was not read');
  return part.entries.map(({ name, value }) => {
    const text = value.toString('latin1');
    return name === null ? text : `${name.toString('latin1')}=${text}`;
  });
}

export const LONGEST_READ = 2_000;
export const LARGEST_GROWTH = 64 * 1024;

/** One read that must be over soon and must not cost much memory, whatever the target does. */
export async function readBounded(pid: number, options: ReadOptions = {}): Promise<Read> {
  writeFileSync('/proc/self/clear_refs', '5');
  const before = peakMemory();
  const start = performance.now();
  const read = await readEnvironment(pid, options);
  const took = performance.now() - start;
  const growth = peakMemory() - before;
  assert.ok(took < LONGEST_READ, `the read took ${Math.round(took)} ms`);
  assert.ok(growth < LARGEST_GROWTH, `the read took ${growth} KiB of memory`);
  return read;
}

function peakMemory(): number {
  const [, size] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
  return Number(size);
}

/** Either the truth, or that there is none to be had and why; never something else that passes for the truth. */
export function assertTrueOrRefused(live: Live | null, truth: readonly string[]): void {
  assert.ok(live, 'live was not read');
  if (live.state === 'ok') assert.equal(texts(live), [...truth]);
  else assert.ok(live.reason, `the state is ${live.state}, but there is no reason`);
}

/** A live list of which nothing is left out and nothing is invented. */
export function assertLive(live: Live | null, truth: readonly string[]): void {
  assert.ok(live, 'live was not read');
  assert.equal(
    { state: live.state, reason: live.reason, truncated: live.truncated, entries: texts(live) },
    {
      state: 'ok',
      reason: null,
      truncated: false,
      entries: [...truth],
    },
  );
}

export function assertInitial(initial: Initial | null, state: Initial['state'], entries?: readonly string[]): void {
  assert.ok(initial, 'initial was not read');
  assert.is(initial.state, state, `the initial state is ${initial.state}: ${initial.reason}`);
  if (entries) assert.equal(texts(initial), [...entries]);
  if (state !== 'intact' && state !== 'empty') assert.ok(initial.reason, `${state} without a reason`);
}
