import { resolve } from 'node:path';
import { readProcLink } from './proc-file.ts';
import type { ProcessFiles } from './process-files.ts';

/** The working directory of a process, from its own root; null where it cannot be told. */
export async function readWorkingDirectory(pid: number): Promise<string | null> {
  const [cwd, root] = await Promise.all([readProcLink(pid, 'cwd'), readProcLink(pid, 'root')]);
  if (cwd === null || root === null || !cwd.startsWith('/')) return null;
  if (root === '/' || cwd === root) return root === '/' ? cwd : '/';
  return cwd.startsWith(`${root}/`) ? cwd.slice(root.length) : null;
}

/** Makes paths absolute, as the process would. */
export class PathResolver {
  readonly #directory: string | null;
  readonly #files: ProcessFiles;

  constructor(directory: string | null, files: ProcessFiles) {
    this.#directory = directory;
    this.#files = files;
  }

  resolve<Fact extends { readonly value: string }>(fact: Fact | null): Fact | null {
    if (fact === null || fact.value.startsWith('/')) return fact;
    if (this.#directory !== null) return { ...fact, value: resolve(this.#directory, fact.value) };
    this.#files.add('unknown-directory', `its working directory cannot be told, from which '${fact.value}' begins`);
    return null;
  }
}
