import { type JsonObject, toObject } from '../document/json.ts';
import type { DecodedRecord } from './decode.ts';
import { isConfigMap, isSecret, type ObjectMeta, type StoredObject } from './kubernetes/objects.ts';
import { RecordError } from './record-error.ts';

/** More than any manifest has: the stack of whoever prints it is bounded. */
const DEEPEST = 256;

/** As Kubernetes writes a time: no fractions of seconds. */
function timeText(time: Date | null): string | undefined {
  return time?.toISOString().replace(/\.\d+Z$/, 'Z');
}

function fromMap(map: ReadonlyMap<string, unknown>): JsonObject | undefined {
  return map.size === 0 ? undefined : Object.fromEntries(map);
}

function encoded(map: ReadonlyMap<string, Buffer>): JsonObject | undefined {
  return fromMap(new Map([...map].map(([key, value]) => [key, value.toString('base64')])));
}

function orNone<Value>(values: readonly Value[]): readonly Value[] | undefined {
  return values.length === 0 ? undefined : values;
}

function metaManifest(meta: ObjectMeta): JsonObject {
  return {
    annotations: fromMap(meta.annotations),
    creationTimestamp: timeText(meta.creationTimestamp),
    deletionGracePeriodSeconds:
      meta.deletionGracePeriodSeconds === null ? undefined : Number(meta.deletionGracePeriodSeconds),
    deletionTimestamp: timeText(meta.deletionTimestamp),
    finalizers: orNone(meta.finalizers),
    generateName: meta.generateName || undefined,
    generation: Number(meta.generation) || undefined,
    labels: fromMap(meta.labels),
    name: meta.name,
    namespace: meta.namespace || undefined,
    ownerReferences: orNone(
      meta.ownerReferences.map(({ controller, blockOwnerDeletion, ...owner }) => ({
        ...owner,
        controller: controller ?? undefined,
        blockOwnerDeletion: blockOwnerDeletion ?? undefined,
      })),
    ),
    uid: meta.uid,
  };
}

/** What is stored as protobuf and read whole. */
function objectManifest(object: StoredObject): JsonObject | null {
  const { apiVersion, kind } = object;
  const head = { apiVersion, kind, metadata: metaManifest(object.metadata) };
  if (isSecret(object)) {
    return { ...head, data: encoded(object.data), immutable: object.immutable ?? undefined, type: object.type };
  }
  if (!isConfigMap(object)) return null;
  const immutable = object.immutable ?? undefined;
  return { ...head, data: fromMap(object.data), binaryData: encoded(object.binaryData), immutable };
}

/** Members in the order of their names, as kubectl prints them; what is undefined is left out. */
function sorted(value: unknown, depth = 0): unknown {
  if (depth > DEEPEST) throw new RecordError('ERR_RECORD_UNSUPPORTED', 'its value is nested too deeply to be printed');
  if (Array.isArray(value)) return value.map((one) => sorted(one, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, sorted(member, depth + 1)]),
  );
}

/**
 * The object as `kubectl get -o json` prints it, `resourceVersion` from the revision included, `managedFields` left out; null where
 * that cannot be told: of kinds other than Secret and ConfigMap protobuf is not read whole. It holds the values.
 *
 * Errors: `ERR_RECORD_UNSUPPORTED`, where it is nested more than 256 times.
 */
export function toManifest({ object, manifest, modRevision }: DecodedRecord): JsonObject | null {
  const whole = manifest ?? (object === null ? null : objectManifest(object));
  if (whole === null) return null;
  const { managedFields: _, ...metadata } = toObject(whole['metadata']);
  const resourceVersion = `${modRevision}`;
  return toObject(sorted({ ...whole, metadata: { ...metadata, resourceVersion } }));
}
