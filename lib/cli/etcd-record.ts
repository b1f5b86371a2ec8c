import { readFileSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import { readEncryptionConfiguration } from '../etcd/encryption/configuration.ts';
import type { DecodeOptions } from '../etcd/decode.ts';
import { toResource } from '../etcd/resource-places.ts';
import { toStorageKey, toStoragePrefix, USUAL_PREFIXES } from '../etcd/storage-key.ts';
import type { OutputOptions } from './output.ts';

const DEK_BYTES = 32;

function readOption(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new UsageError(option, `cannot be read: ${(cause as Error).message}`);
  }
}

function readDek(path: string): Buffer {
  const bytes = readOption('--kms-dek', path);
  const dek = bytes.length === DEK_BYTES ? bytes : Buffer.from(bytes.toString('latin1').trim(), 'base64');
  if (dek.length !== DEK_BYTES) throw new UsageError('--kms-dek', `must hold ${DEK_BYTES} bytes, or base64 of them`);
  return dek;
}

/** What records are decoded with, by the options of a command line. */
export async function toDecodeOptions(options: OutputOptions): Promise<DecodeOptions> {
  const { encryptionConfig, kmsDek, prefix } = options;
  return {
    prefixes: [toStoragePrefix(String(prefix)), ...USUAL_PREFIXES],
    configuration:
      typeof encryptionConfig === 'string'
        ? await readEncryptionConfiguration(readOption('--encryption-config', encryptionConfig))
        : null,
    kmsDek: typeof kmsDek === 'string' ? readDek(kmsDek) : null,
  };
}

/** The key that is meant by `NAMESPACE/NAME` (a Secret), `KIND NAMESPACE/NAME`, `KIND NAME` or `/full/key`. */
export function toKey(words: readonly string[], options: OutputOptions): string {
  const [first = '', second] = words;
  if (second === undefined && first.startsWith('/')) return first;
  const name = second ?? first;
  const parts = name.split('/');
  if (parts.length > 2 || (second === undefined && parts.length !== 2))
    throw new UsageError(
      'record',
      'must be NAMESPACE/NAME of a Secret, KIND NAMESPACE/NAME, KIND NAME, or a whole key',
    );
  const [namespace, object] = parts.length === 2 ? parts : [null, parts[0]];
  const resource = second === undefined ? 'secrets' : toResource(first);
  const prefix = toStoragePrefix(String(options['prefix']));
  return toStorageKey({ prefix, resource, namespace: namespace ?? null, name: object ?? '' });
}
