import { UsageError } from '../errors.ts';
import type { DecodeOptions } from '../etcd/decode.ts';
import { toResource } from '../etcd/resource-places.ts';
import { type StorageKey, toStorageKey, toStoragePrefix, USUAL_PREFIXES } from '../etcd/storage-key.ts';
import { readOption, type RecordStorage } from './etcd-storage.ts';
import type { OutputOptions } from './output.ts';

const DEK_BYTES = 32;

function readDek(path: string): Buffer {
  const bytes = readOption('--kms-dek', path);
  const dek = bytes.length === DEK_BYTES ? bytes : Buffer.from(bytes.toString('latin1').trim(), 'base64');
  if (dek.length !== DEK_BYTES) throw new UsageError('--kms-dek', `must hold ${DEK_BYTES} bytes, or base64 of them`);
  return dek;
}

/** What records are decoded with. */
export function toDecodeOptions(options: OutputOptions, { prefix, configuration }: RecordStorage): DecodeOptions {
  const { kmsDek } = options;
  return {
    prefixes: [toStoragePrefix(prefix), ...USUAL_PREFIXES],
    configuration,
    kmsDek: typeof kmsDek === 'string' ? readDek(kmsDek) : null,
  };
}

/** What a command line means: a whole key, or an object, whose key depends on where objects are kept. */
export type NamedRecord = { readonly key: string } | Omit<StorageKey, 'prefix'>;

/** Reads `NAMESPACE/NAME` (a Secret), `KIND NAMESPACE/NAME`, `KIND NAME` or `/full/key`. */
export function parseRecord(words: readonly string[]): NamedRecord {
  const [first = '', second] = words;
  if (second === undefined && first.startsWith('/')) return { key: first };
  const name = second ?? first;
  const parts = name.split('/');
  if (parts.length > 2 || (second === undefined && parts.length !== 2))
    throw new UsageError(
      'record',
      'must be NAMESPACE/NAME of a Secret, KIND NAMESPACE/NAME, KIND NAME, or a whole key',
    );
  const [namespace, object] = parts.length === 2 ? parts : [null, parts[0]];
  const resource = second === undefined ? 'secrets' : toResource(first);
  const record = { resource, namespace: namespace ?? null, name: object ?? '' };
  // what can be no name is said before anybody looks for an etcd
  toStorageKey({ prefix: '/', ...record });
  return record;
}

/** The key of a record, by the API server's `--etcd-prefix`. */
export function toKey(record: NamedRecord, prefix: string): string {
  return 'key' in record ? record.key : toStorageKey({ prefix: toStoragePrefix(prefix), ...record });
}
