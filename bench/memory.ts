import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openProcess, readEnvironment } from './library.ts';

/** What many reads leave behind. */
export interface Growth {
  readonly what: string;
  readonly reads: number;
  /** Kibibytes of resident memory, after a full garbage collection. */
  readonly before: number;
  readonly after: number;
  readonly descriptorsBefore: number;
  readonly descriptorsAfter: number;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const WARM_UP = 2_000;

async function repeat(count: number, read: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < count; ++i) await read();
}

function state(): { memory: number; descriptors: number } {
  collect();
  collect();
  return { memory: process.memoryUsage.rss() / 1024, descriptors: readdirSync('/proc/self/fd').length };
}

async function measure(what: string, reads: number, read: () => Promise<unknown>): Promise<Growth> {
  await repeat(WARM_UP, read);
  const before = state();
  await repeat(reads, read);
  const after = state();
  return {
    what,
    reads,
    before: before.memory,
    after: after.memory,
    descriptorsBefore: before.descriptors,
    descriptorsAfter: after.descriptors,
  };
}

export async function benchMemory(pid: number, reads: { held: number; byPid: number }): Promise<Growth[]> {
  await using held = await openProcess(pid);
  return [
    await measure('readEnvironment(held)', reads.held, () => readEnvironment(held)),
    await measure('readEnvironment(pid)', reads.byPid, () => readEnvironment(pid)),
  ];
}

export function toText(growths: readonly Growth[]): string {
  const lines = growths.map(({ what, reads, before, after, descriptorsBefore, descriptorsAfter }) => {
    const memory = `${before} -> ${after} KiB resident (${after < before ? '' : '+'}${after - before})`;
    return `  ${reads} x ${what}: ${memory}, ${descriptorsBefore} -> ${descriptorsAfter} descriptors`;
  });
  return ['', 'memory', ...lines].join('\n');
}
