import { parseJsonFields, toTime } from './fields.ts';
import type { ManagedFields, ObjectMeta, StoredConfigMap, StoredObject, StoredSecret } from './objects.ts';
import { podFromMessage } from './pod-from-message.ts';
import { readMessage } from './message.ts';
import {
  ConfigMapSchema,
  type ManagedFieldsEntry,
  MetadataSchema,
  type ObjectMeta as MetaMessage,
  PodSchema,
  SecretSchema,
  UnknownSchema,
} from './stored_pb.ts';
import { RecordError } from '../record-error.ts';

function toMap<Value>(entries: readonly { readonly key: string; readonly value: Value }[]): Map<string, Value> {
  return new Map(entries.map(({ key, value }) => [key, value]));
}

function toBuffers(entries: readonly { readonly key: string; readonly value: Uint8Array }[]): Map<string, Buffer> {
  return new Map(entries.map(({ key, value }) => [key, Buffer.from(value.buffer, value.byteOffset, value.byteLength)]));
}

function toManagedFields(entry: ManagedFieldsEntry): ManagedFields {
  const { manager, operation, apiVersion, fieldsType, subresource } = entry;
  const fields = parseJsonFields(entry.fieldsV1?.raw ?? new Uint8Array());
  return { manager, operation, apiVersion, time: toTime(entry.time), fieldsType, fields, subresource };
}

/** Of an object without metadata, one whose fields are empty. */
function toMeta(message: MetaMessage | undefined): ObjectMeta {
  return {
    name: message?.name ?? '',
    generateName: message?.generateName ?? '',
    namespace: message?.namespace ?? '',
    uid: message?.uid ?? '',
    generation: message?.generation ?? 0n,
    creationTimestamp: toTime(message?.creationTimestamp),
    deletionTimestamp: toTime(message?.deletionTimestamp),
    deletionGracePeriodSeconds: message?.deletionGracePeriodSeconds ?? null,
    labels: toMap(message?.labels ?? []),
    annotations: toMap(message?.annotations ?? []),
    ownerReferences: (message?.ownerReferences ?? []).map(({ apiVersion, kind, name, uid, ...owner }) => {
      const { controller = null, blockOwnerDeletion = null } = owner;
      return { apiVersion, kind, name, uid, controller, blockOwnerDeletion };
    }),
    finalizers: message?.finalizers ?? [],
    managedFields: (message?.managedFields ?? []).map(toManagedFields),
  };
}

function toSecret(raw: Uint8Array): StoredSecret {
  const { metadata, data, type, immutable = null } = readMessage(SecretSchema, raw, 'the Secret in it');
  return { apiVersion: 'v1', kind: 'Secret', metadata: toMeta(metadata), data: toBuffers(data), type, immutable };
}

function toConfigMap(raw: Uint8Array): StoredConfigMap {
  const message = readMessage(ConfigMapSchema, raw, 'the ConfigMap in it');
  const { metadata, immutable = null } = message;
  const [data, binaryData] = [toMap(message.data), toBuffers(message.binaryData)];
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: toMeta(metadata), data, binaryData, immutable };
}

/**
 * Reads what follows `k8s\0`: of a Secret, ConfigMap or Pod what is known of its kind, of all others the metadata.
 *
 * Errors: `ERR_RECORD_MALFORMED`; `ERR_RECORD_UNSUPPORTED`, where it is compressed or no protobuf inside.
 */
export function fromMessage(body: Uint8Array): StoredObject {
  const { typeMeta, raw, contentEncoding, contentType } = readMessage(UnknownSchema, body, 'its value');
  const { apiVersion = '', kind = '' } = typeMeta ?? {};
  if (apiVersion === '' || kind === '')
    throw new RecordError('ERR_RECORD_MALFORMED', 'its value begins as a protobuf of Kubernetes, and names no kind');
  if (contentEncoding !== '' || contentType !== '')
    throw new RecordError('ERR_RECORD_UNSUPPORTED', 'its protobuf says that what it holds is written in another way');
  if (apiVersion === 'v1' && kind === 'Secret') return toSecret(raw);
  if (apiVersion === 'v1' && kind === 'ConfigMap') return toConfigMap(raw);
  const { metadata } = readMessage(MetadataSchema, raw, `the ${kind} in it`);
  const object = { apiVersion, kind, metadata: toMeta(metadata) };
  return apiVersion === 'v1' && kind === 'Pod'
    ? podFromMessage(object.metadata, readMessage(PodSchema, raw, 'the Pod in it'))
    : object;
}
