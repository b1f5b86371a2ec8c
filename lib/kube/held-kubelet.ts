import { openProcess, type Process } from '../process.ts';
import type { Kubelet } from './kubelet.ts';
import { readStat } from './proc-file.ts';

/** @internal Holds the process of a kubelet that was found; null when it has ended, or none was. */
export async function holdKubelet({ process }: Kubelet): Promise<Process | null> {
  if (process === null) return null;
  const held = await openProcess(process.pid).catch(() => null);
  if (held === null || (await readStat(process.pid))?.startTime === process.startTime) return held;
  await held.close();
  return null;
}
