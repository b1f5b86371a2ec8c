import { UsageError } from '../errors.ts';
import type { StateDirectories } from '../kube/state-directories.ts';

const KINDS: readonly string[] = ['containerd', 'storage', 'docker', 'runc'] satisfies (keyof StateDirectories)[];

/** The values of `--state-directory`: where they name a kind, the usual directories of that kind are not looked at. */
export function parseStateDirectories(values: unknown): Partial<StateDirectories> {
  const directories: Record<string, string[]> = {};
  for (const value of Array.isArray(values) ? values.map(String) : []) {
    const [, kind = '', path = ''] = /^([a-z]+)=(\/.*)$/s.exec(value) ?? [];
    if (!KINDS.includes(kind)) {
      const example = 'containerd=/run/containerd';
      throw new UsageError(
        '--state-directory',
        `must be like ${example}, of ${KINDS.join(', ')}; with an absolute path, not '${value}'`,
      );
    }
    directories[kind] = [...(directories[kind] ?? []), path];
  }
  return directories;
}
