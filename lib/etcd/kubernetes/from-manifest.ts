import { type JsonObject, toObject, toTextMap, toTexts } from '../../document/json.ts';
import { RecordError } from '../record-error.ts';
import { asObjects, asText, MOST_ELEMENTS, parseTime } from './fields.ts';
import type {
  ManagedFields,
  ObjectMeta,
  OwnerReference,
  StoredConfigMap,
  StoredObject,
  StoredSecret,
} from './objects.ts';
import { podFromManifest } from './pod-from-manifest.ts';

function toBoolean(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null;
}

function toInteger(value: unknown): bigint | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : null;
}

function toOwner(owner: JsonObject): OwnerReference {
  const { apiVersion, kind, name, uid, controller, blockOwnerDeletion } = owner;
  return {
    apiVersion: asText(apiVersion),
    kind: asText(kind),
    name: asText(name),
    uid: asText(uid),
    controller: toBoolean(controller),
    blockOwnerDeletion: toBoolean(blockOwnerDeletion),
  };
}

function toManagedFields(entry: JsonObject): ManagedFields {
  return {
    manager: asText(entry['manager']),
    operation: asText(entry['operation']),
    apiVersion: asText(entry['apiVersion']),
    time: parseTime(entry['time']),
    fieldsType: asText(entry['fieldsType']),
    fields: toObject(entry['fieldsV1']),
    subresource: asText(entry['subresource']),
  };
}

function toMeta(value: unknown): ObjectMeta {
  const meta = toObject(value);
  return {
    name: asText(meta['name']),
    generateName: asText(meta['generateName']),
    namespace: asText(meta['namespace']),
    uid: asText(meta['uid']),
    generation: toInteger(meta['generation']) ?? 0n,
    creationTimestamp: parseTime(meta['creationTimestamp']),
    deletionTimestamp: parseTime(meta['deletionTimestamp']),
    deletionGracePeriodSeconds: toInteger(meta['deletionGracePeriodSeconds']),
    labels: toTextMap(meta['labels'], MOST_ELEMENTS),
    annotations: toTextMap(meta['annotations'], MOST_ELEMENTS),
    ownerReferences: asObjects(meta['ownerReferences']).map(toOwner),
    finalizers: toTexts(meta['finalizers'], MOST_ELEMENTS),
    managedFields: asObjects(meta['managedFields']).map(toManagedFields),
  };
}

function toBytes(value: unknown): Map<string, Buffer> {
  return new Map([...toTextMap(value, MOST_ELEMENTS)].map(([key, text]) => [key, Buffer.from(text, 'base64')]));
}

function toSecret(metadata: ObjectMeta, manifest: JsonObject): StoredSecret {
  const [data, type] = [toBytes(manifest['data']), asText(manifest['type'])];
  return { apiVersion: 'v1', kind: 'Secret', metadata, data, type, immutable: toBoolean(manifest['immutable']) };
}

function toConfigMap(metadata: ObjectMeta, manifest: JsonObject): StoredConfigMap {
  const [data, binaryData] = [toTextMap(manifest['data'], MOST_ELEMENTS), toBytes(manifest['binaryData'])];
  const immutable = toBoolean(manifest['immutable']);
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data, binaryData, immutable };
}

/**
 * Reads an object as JSON or YAML has it, to the same as its protobuf gives.
 *
 * Errors: `ERR_RECORD_MALFORMED`.
 */
export function fromManifest(manifest: JsonObject): StoredObject {
  const [apiVersion, kind] = [asText(manifest['apiVersion']), asText(manifest['kind'])];
  if (apiVersion === '' || kind === '')
    throw new RecordError('ERR_RECORD_MALFORMED', 'its value is an object, and has no apiVersion or no kind');
  const metadata = toMeta(manifest['metadata']);
  if (apiVersion === 'v1' && kind === 'Secret') return toSecret(metadata, manifest);
  if (apiVersion === 'v1' && kind === 'ConfigMap') return toConfigMap(metadata, manifest);
  if (apiVersion === 'v1' && kind === 'Pod') return podFromManifest(metadata, manifest);
  return { apiVersion, kind, metadata };
}
