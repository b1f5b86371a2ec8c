import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHostile } from './hostile.ts';
import type { Target } from './target.ts';

export type Mode = 'tree' | 'user' | 'swap' | 'grow' | 'fuse' | 'chroot' | 'leaderless';

/** A container with a root of its own: test/fixtures/container.c says what is in it. */
export class Container implements AsyncDisposable {
  /** A directory of the host; its `file` says `outside`. In the container, one of the same name says `inside`. */
  readonly outside: string;
  readonly #target: Target;

  private constructor(outside: string, target: Target) {
    this.outside = outside;
    this.#target = target;
  }

  static async start(mode: Mode): Promise<Container> {
    const outside = mkdtempSync(join(tmpdir(), 'podprobe-outside-'));
    writeFileSync(join(outside, 'file'), 'outside');
    try {
      return new Container(outside, await startHostile(['container', mode, outside]));
    } catch (error) {
      rmSync(outside, { recursive: true });
      throw error;
    }
  }

  get pid(): number {
    return this.#target.pid;
  }

  /** The path that a reader would use who trusts the container: links in it lead to the host. */
  naive(path: string): string {
    return `/proc/${this.pid}/root${path}`;
  }

  async stop(): Promise<void> {
    await this.#target.stop();
    rmSync(this.outside, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
