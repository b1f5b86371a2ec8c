import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';

const folder = process.env['PODPROBE_LAB'];

/** Why tests of a running cluster cannot run here. */
export const impossible = folder === undefined ? 'PODPROBE_LAB names no running cluster' : undefined;

/** A variable of the lab's file of them: `export A=b C=d`. */
export function variable(name: string): string {
  const text = readFileSync(`${folder}/env`, 'utf8');
  const [, value] = new RegExp(`^export (?:.* )?${name}=(\\S*)`, 'm').exec(text) ?? [];
  assert.ok(value, name);
  return value;
}
