import { createHmac, createSecretKey } from 'node:crypto';
import { RecordError } from '../record-error.ts';
import { openCbc, openGcm, type Opened } from './ciphers.ts';

/** What a KMS plugin left beside what was encrypted with its data encryption key (DEK). */
export interface KmsEnvelope {
  /** Of the plugin's interface. */
  readonly version: 'v1' | 'v2';
  /** Which key of the plugin encrypted the DEK; null with v1, which does not say. */
  readonly keyId: string | null;
  /** Whether the DEK is the key itself, or a seed that gives another key for each value (since Kubernetes 1.29). */
  readonly dekType: 'key' | 'seed' | 'unknown';
  /** The DEK or seed, as only the plugin can read it. */
  readonly encryptedDek: Uint8Array;
  /** What the plugin wants to be told again; with v1 empty. */
  readonly annotations: ReadonlyMap<string, Uint8Array>;
}

/** @internal An envelope, and the value in it. */
export interface KmsValue {
  readonly envelope: KmsEnvelope;
  readonly encrypted: Uint8Array;
}

const INFO = 32;
const DEK_TYPES = ['key', 'seed'] as const;

function parseV1(body: Uint8Array): KmsValue {
  const length = body.length < 2 ? Infinity : ((body[0] as number) << 8) | (body[1] as number);
  if (2 + length > body.length)
    throw new RecordError('ERR_RECORD_MALFORMED', 'its KMS envelope ends within the encrypted DEK');
  const encryptedDek = body.subarray(2, 2 + length);
  const envelope = { version: 'v1', keyId: null, dekType: 'key', encryptedDek, annotations: new Map() } as const;
  return { envelope, encrypted: body.subarray(2 + length) };
}

async function parseV2(body: Uint8Array): Promise<KmsValue> {
  const { EncryptedObjectSchema } = await import('../kubernetes/stored_pb.ts');
  const { readMessage } = await import('../kubernetes/message.ts');
  const message = readMessage(EncryptedObjectSchema, body, 'its KMS envelope');
  const envelope: KmsEnvelope = {
    version: 'v2',
    keyId: message.keyId,
    dekType: DEK_TYPES[message.encryptedDekSourceType] ?? 'unknown',
    encryptedDek: message.encryptedDekSource,
    annotations: new Map(message.annotations.map(({ key, value }) => [key, value])),
  };
  return { envelope, encrypted: message.encryptedData };
}

/**
 * @internal Takes the body of a value apart that `kms` wrote.
 *
 * Errors: `ERR_RECORD_MALFORMED`. Source: kubernetes, apiserver/pkg/storage/value/encrypt/envelope.
 */
export async function parseKmsValue(version: string, body: Uint8Array): Promise<KmsValue> {
  if (version === 'v1') return parseV1(body);
  if (version === 'v2') return parseV2(body);
  throw new RecordError('ERR_RECORD_UNSUPPORTED', `it is encrypted by an unknown version of kms, ${version}`);
}

/** @internal Decrypts a value of `kms` by its DEK or seed, 32 bytes in clear. */
export function openKms({ envelope, encrypted }: KmsValue, dek: Uint8Array, authenticated: Uint8Array): Opened {
  if (envelope.dekType !== 'seed') {
    const opened = openGcm(encrypted, createSecretKey(dek), authenticated);
    if ('plaintext' in opened || envelope.version === 'v2') return opened;
    // Kubernetes before 1.25 wrote CBC under the same header
    const older = openCbc(encrypted, createSecretKey(dek));
    return 'plaintext' in older || opened.failure === 'wrong key' ? older : opened;
  }
  if (encrypted.length < INFO) return { failure: 'short' };
  // HKDF-Expand alone, of one block: hkdfSync() of Node extracts first
  const key = createHmac('sha256', dek)
    .update(encrypted.subarray(0, INFO))
    .update(Buffer.from([1]))
    .digest();
  const opened = openGcm(encrypted.subarray(INFO), createSecretKey(key), authenticated);
  key.fill(0);
  return opened;
}
