import type { KeyObject } from 'node:crypto';
import { UsageError } from '../../errors.ts';
import { RecordError } from '../record-error.ts';
import { openCbc, openGcm, type Opened, openSecretbox } from './ciphers.ts';
import { allKeyNames, type EncryptionConfiguration, type KeyedProvider, ruleFor } from './configuration.ts';
import { type EncryptionHeader, parseEncryptionHeader } from './header.ts';
import { type KmsEnvelope, openKms, parseKmsValue } from './kms.ts';

/** How a record is encrypted at rest. */
export interface RecordEncryption {
  /** `aescbc`, `aesgcm`, `secretbox`, `kms`; one that is not known, as it is written. */
  readonly provider: string;
  /** Of what the provider writes: `v1`; of kms also `v2`. */
  readonly version: string;
  /** Of kms the name of the plugin. */
  readonly keyName: string;
  /** Null but with kms. */
  readonly kms: KmsEnvelope | null;
}

/** What records can be decrypted with. */
export interface DecryptionKeys {
  /** What kube-apiserver was told; null or left out where that is not known. */
  readonly configuration?: EncryptionConfiguration | null;
  /** For kms: the DEK or seed in clear, 32 bytes, as the plugin gives it. */
  readonly kmsDek?: Uint8Array | null;
}

/** What decryption came to. */
export interface Decryption {
  /** Null where the value is not encrypted. */
  readonly encryption: RecordEncryption | null;
  /** Null where it could not be read; then there is a problem. */
  readonly plaintext: Uint8Array | null;
  readonly problem: RecordError | null;
}

const KMS_DEK_BYTES = 32;

const OPEN: Readonly<
  Record<KeyedProvider, (body: Uint8Array, key: KeyObject, authenticated: Uint8Array) => Opened | Promise<Opened>>
> = { aescbc: openCbc, aesgcm: openGcm, secretbox: openSecretbox };

function described({ provider, keyName }: EncryptionHeader): string {
  return provider === 'kms' ? `by the KMS plugin '${keyName}'` : `by ${provider} with key '${keyName}'`;
}

function failed(failure: 'wrong key' | 'tampered' | 'short', header: EncryptionHeader): RecordError {
  const how = described(header);
  if (failure === 'short')
    return new RecordError('ERR_RECORD_MALFORMED', `it is encrypted ${how}, and its ciphertext is cut short`);
  if (failure === 'wrong key') {
    const message = `it is encrypted ${how}, and the key that was given is another one, or the value begins with damage`;
    return new RecordError('ERR_RECORD_KEY_WRONG', message);
  }
  const message = `it is encrypted ${how}, the key is right, and the value is not what was encrypted: it was changed, or copied here from another key of etcd`;
  return new RecordError('ERR_RECORD_TAMPERED', message);
}

/** Secrets of this name, those of the resource's own rule first: kube-apiserver uses only these. */
function secretsFor(
  { provider, keyName }: EncryptionHeader,
  configuration: EncryptionConfiguration,
  resource: string,
): KeyObject[] {
  const own = ruleFor(configuration, resource);
  const rules = [...(own === null ? [] : [own]), ...configuration.rules.filter((rule) => rule !== own)];
  return rules
    .flatMap(({ providers }) => providers)
    .flatMap((one) => (one.provider === provider && 'keys' in one ? one.keys : []))
    .filter(({ name }) => name === keyName)
    .map(({ secret }) => secret);
}

async function openKeyed(
  header: EncryptionHeader & { readonly provider: KeyedProvider },
  configuration: EncryptionConfiguration,
  key: Uint8Array,
  resource: string,
): Promise<Uint8Array> {
  const secrets = secretsFor(header, configuration, resource);
  if (secrets.length === 0) {
    const names = [...allKeyNames(configuration)].map((name) => `'${name}'`).join(', ') || 'none';
    const message = `it is encrypted ${described(header)}, which the configuration lacks (keys it has: ${names})`;
    throw new RecordError('ERR_RECORD_KEY_UNKNOWN', message);
  }
  const failures: RecordError[] = [];
  for (const secret of secrets) {
    const opened = await OPEN[header.provider](header.body, secret, key);
    if ('plaintext' in opened) return opened.plaintext;
    failures.push(failed(opened.failure, header));
  }
  throw failures.find(({ code }) => code === 'ERR_RECORD_TAMPERED') ?? failures[0];
}

function isKeyed(header: EncryptionHeader): header is EncryptionHeader & { readonly provider: KeyedProvider } {
  return Object.hasOwn(OPEN, header.provider);
}

/** Decrypts a value, or tells why not. */
async function open(
  header: EncryptionHeader,
  { configuration = null, kmsDek = null }: DecryptionKeys,
  key: Uint8Array,
  resource: string,
): Promise<Uint8Array> {
  if (header.provider === 'kms') {
    if (kmsDek === null) {
      const message = `it is encrypted ${described(header)}: only the plugin can give the DEK that decrypts it`;
      throw new RecordError('ERR_RECORD_ENCRYPTED', message);
    }
    const opened = openKms(await parseKmsValue(header.version, header.body), kmsDek, key);
    if ('plaintext' in opened) return opened.plaintext;
    throw failed(opened.failure, header);
  }
  if (!isKeyed(header) || header.version !== 'v1')
    throw new RecordError('ERR_RECORD_UNSUPPORTED', `it is encrypted ${described(header)}, which is not known here`);
  if (configuration === null) {
    const message = `it is encrypted ${described(header)}: the EncryptionConfiguration of kube-apiserver is needed to read it`;
    throw new RecordError('ERR_RECORD_ENCRYPTED', message);
  }
  return openKeyed(header, configuration, key, resource);
}

function toProblem(error: unknown): RecordError {
  if (error instanceof RecordError) return error;
  throw error;
}

/** @internal Throws a UsageError for a DEK of another size than Kubernetes uses. */
export function checkKmsDek(dek: Uint8Array | null | undefined): void {
  if (dek != null && dek.length !== KMS_DEK_BYTES)
    throw new UsageError('kmsDek', `must be of ${KMS_DEK_BYTES} bytes, not ${dek.length}`);
}

/**
 * @internal Decrypts the value of a record. `key`, of etcd, is authenticated by aesgcm and kms; `resource`, such as `secrets`,
 * tells which rule of the configuration is asked first.
 */
export async function decryptValue(
  key: Uint8Array,
  value: Uint8Array,
  resource: string,
  keys: DecryptionKeys,
): Promise<Decryption> {
  const names = keys.configuration == null ? [] : allKeyNames(keys.configuration);
  let encryption: RecordEncryption | null = null;
  try {
    const header = parseEncryptionHeader(value, names);
    if (header === null) return { encryption, plaintext: value, problem: null };
    const { provider, version, keyName } = header;
    encryption = { provider, version, keyName, kms: null };
    if (provider === 'kms') {
      const { envelope } = await parseKmsValue(version, header.body);
      encryption = { ...encryption, kms: envelope };
    }
    return { encryption, plaintext: await open(header, keys, key, resource), problem: null };
  } catch (error) {
    return { encryption, plaintext: null, problem: toProblem(error) };
  }
}
