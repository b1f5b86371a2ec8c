import { isEncrypted } from '../envelope.ts';
import { RecordError } from '../record-error.ts';

/** What stands before the bytes of an encrypted value: who encrypted it, with which key. */
export interface EncryptionHeader {
  /** As in an EncryptionConfiguration: `aescbc`, `aesgcm`, `secretbox`, `kms`; others as they are written. */
  readonly provider: string;
  /** `v1`; of kms also `v2`. */
  readonly version: string;
  /** Name of the key; of kms the plugin's. */
  readonly keyName: string;
  /** Behind the header. */
  readonly body: Uint8Array;
}

const LONGEST = 4096;

/**
 * Reads the header of a value; null where it is not encrypted. `names` are those of the keys that may be used: a name can have
 * a colon in it, so the text alone does not tell where it ends. The longest that fits is taken.
 *
 * Shape: `k8s:enc:aescbc:v1:key1:`. Errors: `ERR_RECORD_MALFORMED`, where it has no end.
 */
export function parseEncryptionHeader(value: Uint8Array, names: Iterable<string> = []): EncryptionHeader | null {
  if (!isEncrypted(value)) return null;
  const text = Buffer.from(value.subarray(0, LONGEST)).toString('latin1');
  const [, start = '', provider = '', version = ''] = /^(k8s:enc:([^:]+):([^:]+):)/.exec(text) ?? [];
  const known = [...names]
    .map((name) => Buffer.from(`${name}:`).toString('latin1'))
    .filter((name) => text.startsWith(name, start.length))
    .sort((a, b) => b.length - a.length)[0];
  const end = known === undefined ? text.indexOf(':', start.length) + 1 : start.length + known.length;
  if (start === '' || end <= start.length + 1)
    throw new RecordError('ERR_RECORD_MALFORMED', 'its value begins as an encrypted one, but names no key');
  const keyName = Buffer.from(text.slice(start.length, end - 1), 'latin1').toString();
  return { provider, version, keyName, body: value.subarray(end) };
}
