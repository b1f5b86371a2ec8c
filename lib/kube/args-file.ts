import { dirname } from 'node:path';
import type { ProcessFiles } from './process-files.ts';

const LONGEST_ARGS = 2 ** 18;

/** `/var/snap/microk8s/5372/args/kubelet` is in the SNAP_DATA of one revision of a snap. */
function snapVariables(path: string): ReadonlyMap<string, string> {
  const [, data, snap, revision] = /^(.*\/snap\/([^/]+)\/([^/]+))\/args\/[^/]+$/.exec(path) ?? [];
  if (data === undefined) return new Map();
  return new Map([
    ['SNAP_DATA', data],
    ['SNAP_COMMON', `${dirname(data)}/common`],
    ['SNAP', `/snap/${snap}/${revision}`],
  ]);
}

/**
 * The arguments in a file of microk8s, one or more in a line; null where it could not be read. A line with a variable that
 * the file's path does not tell is left out, and a finding.
 *
 * Source: github.com/canonical/microk8s, build-scripts/components/kubernetes `kubelite` patch; Go, os.ExpandEnv.
 */
export async function readArgsFile(path: string, files: ProcessFiles): Promise<string[] | null> {
  const bytes = await files.read(path, LONGEST_ARGS);
  if (bytes === null) return null;
  const variables = snapVariables(path);
  const lines = bytes
    .toString()
    .split('\n')
    .map((line) => line.trim());
  return lines.flatMap((line) => {
    if (line === '' || line.startsWith('#')) return [];
    let unknown: string | null = null;
    const expanded = line.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole: string, braced?: string, bare?: string) => {
      const value = variables.get(braced ?? bare ?? '');
      if (value === undefined) unknown = whole;
      return value ?? whole;
    });
    if (unknown === null) return expanded.split(/\s+/).map((word) => word.replace(/(^|=)(["'])(.*)\2$/, '$1$3'));
    files.add('unknown-variable', `a line with ${unknown} was left out: what it stands for is not known`, path);
    return [];
  });
}
