import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import * as assert from 'uvu/assert';

export type SchemaName =
  | 'env'
  | 'container'
  | 'etcd-record'
  | 'etcd-get'
  | 'etcd-version'
  | 'etcd-history'
  | 'mounts'
  | 'watch'
  | 'ls'
  | 'ps'
  | 'doctor'
  | 'demo-setenv'
  | 'demo-pod'
  | 'demo'
  | 'etcd-status'
  | 'etcd-keys'
  | 'etcd-key-count'
  | 'trail'
  | 'trail-summary';

const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
formats.default(ajv);
const compiled = new Map<SchemaName, ValidateFunction>();

export function readSchema(name: SchemaName): Record<string, unknown> {
  const text = readFileSync(new URL(`../../docs/schema/${name}.schema.json`, import.meta.url), 'utf8');
  return JSON.parse(text) as Record<string, unknown>;
}

function validator(name: SchemaName): ValidateFunction {
  const known = compiled.get(name);
  if (known) return known;
  const schema = readSchema(name);
  // one that it refers to must be known by then
  for (const [, other] of JSON.stringify([schema.properties, schema.$defs]).matchAll(
    /"urn:podprobe:([a-z-]+):v1[#"]/g,
  )) {
    validator(other as SchemaName);
  }
  const made = ajv.compile(schema);
  compiled.set(name, made);
  return made;
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
