import type { JsonObject } from '../document/json.ts';
import { parseYamlObject } from '../document/yaml.ts';
import { checkKmsDek, decryptValue, type DecryptionKeys, type RecordEncryption } from './encryption/decrypt.ts';
import { type Encoding, encodingOf, protobufBody } from './envelope.ts';
import { fromManifest } from './kubernetes/from-manifest.ts';
import type { StoredObject } from './kubernetes/objects.ts';
import { RecordError } from './record-error.ts';
import { type RecordFinding, judgeObject } from './record-findings.ts';
import type { EtcdRecord } from './record.ts';
import { parseStorageKey, type StorageKey, USUAL_PREFIXES } from './storage-key.ts';

/** What {@link decodeRecord} may be told. */
export interface DecodeOptions extends DecryptionKeys {
  /** Where kube-apiserver keeps its objects. Default: the usual ones. */
  readonly prefixes?: readonly string[];
}

/** A record of etcd, and the object in it. */
export interface DecodedRecord extends Omit<EtcdRecord, 'value'> {
  /** Null where the key is of no object. */
  readonly place: StorageKey | null;
  /** Null where it is in clear. */
  readonly encryption: RecordEncryption | null;
  /** How the object is written; null where that is not known, since it could not be decrypted. */
  readonly encoding: Encoding | null;
  /** A Secret, ConfigMap or Pod whole, of others the metadata; null where there is none, or a problem. */
  readonly object: StoredObject | null;
  /** The object as it is written, where that is JSON or YAML; holds Secrets. */
  readonly manifest: JsonObject | null;
  /** Why the object could not be read. */
  readonly problem: RecordError | null;
  /** What is noteworthy about the object. */
  readonly findings: readonly RecordFinding[];
}

type Decoded = Pick<DecodedRecord, 'object' | 'manifest'>;

function fail(code: RecordError['code'], message: string): never {
  throw new RecordError(code, message);
}

function parseJson(value: Uint8Array): JsonObject {
  try {
    return JSON.parse(Buffer.from(value).toString()) as JsonObject;
  } catch {
    // the parser's message quotes the text
    return fail('ERR_RECORD_MALFORMED', `its ${value.length} bytes begin as JSON, and are none: damaged or cut short`);
  }
}

async function decodeAs(encoding: Encoding, value: Uint8Array): Promise<Decoded> {
  if (encoding === 'protobuf') {
    const { fromMessage } = await import('./kubernetes/from-message.ts');
    return { object: fromMessage(protobufBody(value)), manifest: null };
  }
  if (encoding === 'cbor')
    fail('ERR_RECORD_UNSUPPORTED', 'it is written in CBOR, as custom resources can be: that is not read here');
  if (encoding === 'foreign')
    fail('ERR_RECORD_UNSUPPORTED', `its ${value.length} bytes are no object of Kubernetes, or damaged`);
  const manifest = encoding === 'json' ? parseJson(value) : await parseYamlObject(Buffer.from(value));
  if (manifest === null) fail('ERR_RECORD_MALFORMED', 'it begins as YAML, and is none, or has more than 64 KiB');
  return { object: fromManifest(manifest), manifest };
}

/**
 * Reads what kube-apiserver stored: decrypts it where the keys are there, and tells how it is written and what it is. What cannot
 * be read is a `problem` of the answer: encryption and encoding are told as far as they are known.
 *
 * Errors: a UsageError. Source: kubernetes, apimachinery/pkg/runtime/serializer, apiserver/pkg/storage/value.
 */
export async function decodeRecord(record: EtcdRecord, options: DecodeOptions = {}): Promise<DecodedRecord> {
  checkKmsDek(options.kmsDek);
  const { value, ...rest } = record;
  const place = parseStorageKey(record.key, options.prefixes ?? USUAL_PREFIXES);
  const { encryption, plaintext, problem } = await decryptValue(record.key, value, place?.resource ?? '', options);
  const encoding = plaintext === null ? null : encodingOf(plaintext);
  const all = { ...rest, place, encryption, encoding, object: null, manifest: null, problem, findings: [] };
  if (plaintext === null || encoding === null) return all;
  try {
    const decoded = await decodeAs(encoding, plaintext);
    return { ...all, ...decoded, findings: judgeObject(decoded.object, place) };
  } catch (error) {
    if (error instanceof RecordError) return { ...all, problem: error };
    throw error;
  }
}
