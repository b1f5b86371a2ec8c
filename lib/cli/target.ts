import { checkTargetName } from '../kube/target-name.ts';
import { openProcess, type Process } from '../process.ts';
import type { OutputOptions } from './output.ts';

/**
 * Holds the process that a TARGET of the command line means: a process id, `NAMESPACE/POD[/CONTAINER]`, or the beginning of a
 * container's id. What looks names up is loaded for names only.
 */
export async function openTarget(text: string, options: OutputOptions): Promise<Process> {
  const name = checkTargetName(text);
  if (name.kind === 'process') return openProcess(name.pid);
  const [{ resolveTarget }, { parseStateDirectories }] = await Promise.all([
    import('../kube/target.ts'),
    import('./state-directories.ts'),
  ]);
  return resolveTarget(text, { stateDirectories: parseStateDirectories(options['stateDirectory']) });
}
