import { readdirSync, readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../build/Release/errand', import.meta.url));

function programOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return '';
  }
}

/** The processes that wait for file systems in place of a podprobe of this tree, whoever started them. */
export function errands(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && programOf(name) === program)
    .map(Number);
}
