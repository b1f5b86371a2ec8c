import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Payload, writeGeneration } from '../../lib/demo/atomic-writer.ts';

/** A root directory as kubelet keeps it, with nothing in it but what a test makes; unmounted and removed at the end. */
export class KubeletRoot implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'podprobe-kubelet-root-'));
  readonly #mounts: string[] = [];

  directory(...names: string[]): string {
    const path = join(this.path, 'pods', ...names);
    mkdirSync(path, { recursive: true });
    return path;
  }

  file(content: string, ...names: string[]): string {
    const path = join(this.path, 'pods', ...names);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  /** A Secret or projected volume on a tmpfs of its own, as kubelet mounts it. Gives its path. */
  secret(uid: string, volume: string, payload: Payload, plugin = 'secret'): string {
    const path = this.directory(uid, 'volumes', `kubernetes.io~${plugin}`, volume);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path]);
    this.#mounts.push(path);
    writeGeneration(path, payload);
    return path;
  }

  [Symbol.dispose](): void {
    for (const path of this.#mounts) spawnSync('umount', ['-l', path], { stdio: 'ignore' });
    rmSync(this.path, { recursive: true, force: true });
  }
}
