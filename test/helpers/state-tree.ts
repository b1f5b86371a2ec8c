import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { StateDirectories } from '../../lib/index.ts';

/** Directories as runtimes keep them, with nothing in them but what a test writes. */
export class StateTree implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'podprobe-state-'));

  /** For the option `stateDirectories`: none of this machine's own. */
  get directories(): StateDirectories {
    const [containerd, storage, docker, runc] = ['containerd', 'storage', 'docker', 'runc'].map((name) => [
      join(this.path, name),
    ]);
    return { containerd, storage, docker, runc } as unknown as StateDirectories;
  }

  /** The same for the command line. */
  get options(): string[] {
    return Object.entries(this.directories).flatMap(([kind, [path]]) => ['--state-directory', `${kind}=${path}`]);
  }

  /** Writes a file below it: text as it is, else as JSON. Gives its path. */
  write(name: string, content: unknown): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  /** The bundle of a container of containerd. */
  writeBundle(id: string, config: unknown, namespace = 'k8s.io'): string {
    return this.write(`containerd/io.containerd.runtime.v2.task/${namespace}/${id}/config.json`, config);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Annotations as containerd gives them to a container of a pod. */
export function containerdAnnotations(podUid: string, more: Record<string, string> = {}): Record<string, string> {
  const annotations = {
    'container-type': 'container',
    'container-name': 'app',
    'image-name': 'registry.example/app:1',
    'sandbox-id': 'a7'.repeat(32),
    'sandbox-name': 'mypod',
    'sandbox-namespace': 'test',
    'sandbox-uid': podUid,
    ...more,
  };
  return Object.fromEntries(Object.entries(annotations).map(([name, value]) => [`io.kubernetes.cri.${name}`, value]));
}
