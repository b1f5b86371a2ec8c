import { readFileSync } from 'node:fs';
import { packageRoot } from '../root.ts';

/** Of podprobe, by its package. */
export function version(): string {
  return JSON.parse(readFileSync(`${packageRoot}package.json`, 'utf8')).version;
}
