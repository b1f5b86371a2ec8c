import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import * as assert from 'uvu/assert';

export type SchemaName = 'env' | 'mounts' | 'watch' | 'doctor' | 'demo-setenv';

const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
formats.default(ajv);
const compiled = new Map<SchemaName, ValidateFunction>();

export function readSchema(name: SchemaName): Record<string, unknown> {
  const text = readFileSync(new URL(`../../docs/schema/${name}.schema.json`, import.meta.url), 'utf8');
  return JSON.parse(text) as Record<string, unknown>;
}

function validator(name: SchemaName): ValidateFunction {
  const known = compiled.get(name) ?? ajv.compile(readSchema(name));
  compiled.set(name, known);
  return known;
}

/** What is wrong with a document; nothing when it keeps the contract. */
export function violations(name: SchemaName, document: unknown): string[] {
  const validate = validator(name);
  if (validate(document)) return [];
  return (validate.errors ?? []).map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
}

/** As JSON, since what is undefined is no part of it. */
export function assertKeeps<Document extends object>(name: SchemaName, document: object): Document {
  const plain = JSON.parse(JSON.stringify(document)) as Document;
  assert.equal(violations(name, plain), []);
  return plain;
}
