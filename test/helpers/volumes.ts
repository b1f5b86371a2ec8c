import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { VolumeEvent } from '../../lib/index.ts';
import { build } from './toolchain.ts';

/** A tmpfs of its own, with a directory for each volume; unmounted at the end. */
export class Tmpfs implements Disposable {
  readonly path: string;

  constructor(path = mkdtempSync(join(tmpdir(), 'podprobe-watch-'))) {
    this.path = path;
    this.mount();
  }

  mount(): void {
    execFileSync('mount', ['-t', 'tmpfs', 'podprobe-test', this.path]);
  }

  unmount(): void {
    execFileSync('umount', [this.path]);
  }

  directory(name: string): string {
    const path = join(this.path, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  [Symbol.dispose](): void {
    spawnSync('umount', ['-l', this.path], { stdio: 'ignore' });
    rmSync(this.path, { recursive: true, force: true });
  }
}

const compile = (source: string): Promise<string> =>
  build({ sources: [source], commands: [['gcc', '-std=gnu11', '-O2', '-Wall', '-Wextra', '-o', 'OUT', source]] });

export const swapsProgram = (): Promise<string> => compile('swaps.c');
export const fuseProgram = (): Promise<string> => compile('fuse_mount.c');

/** The inotify instances of this program, and the watches that they have. */
export function inotifyOfSelf(): { instances: number; watches: number } {
  const all = readdirSync('/proc/self/fdinfo').flatMap((fd) => {
    try {
      const watches = readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1').match(/^inotify wd:/gm) ?? [];
      return readlinkSync(`/proc/self/fd/${fd}`) === 'anon_inode:inotify' ? [watches.length] : [];
    } catch {
      // that of the list itself
      return [];
    }
  });
  return { instances: all.length, watches: all.reduce((sum, count) => sum + count, 0) };
}

/** Gives each directory so many generations, at full speed. */
export async function swap(count: number, ...directories: string[]): Promise<void> {
  const child = spawn(await swapsProgram(), [String(count), ...directories], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'close')) as [number];
  assert.is(code, 0);
}

/** The same while this thread stands still. */
export async function swapBlocked(count: number, ...directories: string[]): Promise<void> {
  const { status, stderr } = spawnSync(await swapsProgram(), [String(count), ...directories], { encoding: 'utf8' });
  assert.is(status, 0, stderr);
}

/** The number that all keys of a generation hold. */
export function numberOf(event: VolumeEvent): number {
  const values = event.entries.map(({ value }) => value.toString());
  assert.equal(
    event.entries.map(({ name }) => name.toString()),
    ['a', 'b', 'nested/c'],
  );
  assert.equal(new Set(values).size, 1, `one event mixes generations: ${values}`);
  assert.ok(event.generation?.endsWith(`.${values[0]}`), `${event.generation} holds ${values[0]}`);
  return Number(values[0]);
}

/** The next event of a watch that has not ended. */
export async function next(watch: AsyncIterator<VolumeEvent, undefined>): Promise<VolumeEvent> {
  const { value } = await watch.next();
  assert.ok(value, 'the watch has ended');
  return value;
}

/** What happened, and to which keys. */
export function changesOf(event: VolumeEvent): [string, string, string, string] {
  const list = (names: readonly Buffer[]): string => names.map(String).join(' ');
  return [event.event, list(event.added), list(event.changed), list(event.removed)];
}
