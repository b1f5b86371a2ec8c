import type { DecodedRecord } from '../etcd/decode.ts';
import type { RecordEncryption } from '../etcd/encryption/decrypt.ts';
import { type FieldWriter, lastWriter, writerOf } from '../etcd/field-writers.ts';
import { isConfigMap, isSecret, type ObjectMeta, type StoredObject, valuesOf } from '../etcd/kubernetes/objects.ts';
import { isPod, type PodContainer, type PodVariable, type StoredPod } from '../etcd/kubernetes/pod.ts';
import { bytesDocument, type Disclosure, entryDocument } from './entry.ts';

/** An entry without its name, which stands before it. */
export function valueDocument(value: Buffer, disclosure: Disclosure): object {
  const { name: _, ...document } = entryDocument({ name: null, value }, disclosure);
  return document;
}

export function writerDocument(writer: FieldWriter | null): object | null {
  return writer && { ...writer, time: writer.time?.toISOString() ?? null };
}

function dataDocument(data: ReadonlyMap<string, Buffer>, metadata: ObjectMeta, disclosure: Disclosure): object {
  const entries = [...data].map(([key, value]): [string, object] => {
    return [key, { ...valueDocument(value, disclosure), by: writerDocument(writerOf(metadata, key)) }];
  });
  return Object.fromEntries(entries);
}

export function encryptionDocument(encryption: RecordEncryption | null): object | null {
  if (encryption === null) return null;
  const { provider, keyName, version, kms } = encryption;
  const annotations = [...(kms?.annotations ?? [])].map(([name, value]) => [
    name,
    Buffer.from(value).toString('base64'),
  ]);
  return {
    provider,
    keyName,
    version,
    kms: kms && {
      keyId: kms.keyId,
      dekType: kms.dekType,
      annotationsBase64: Object.fromEntries(annotations) as object,
    },
  };
}

function metaDocument({ metadata }: StoredObject): object {
  const { namespace, name, uid, creationTimestamp, deletionTimestamp, labels, annotations, finalizers } = metadata;
  return {
    namespace: namespace || null,
    name,
    uid,
    created: creationTimestamp?.toISOString() ?? null,
    deleted: deletionTimestamp?.toISOString() ?? null,
    labels: Object.fromEntries(labels),
    annotations: [...annotations.keys()],
    finalizers,
    owners: metadata.ownerReferences.map((owner) => ({ kind: owner.kind, name: owner.name, uid: owner.uid })),
    by: writerDocument(lastWriter(metadata)),
  };
}

function variableDocument({ name, value, from, fieldPath }: PodVariable, disclosure: Disclosure): object {
  const shown = value === null ? null : valueDocument(Buffer.from(value), disclosure);
  return { name, from, fieldPath, value: shown };
}

function containerDocument(container: PodContainer, disclosure: Disclosure): object {
  const { name, type, image, containerId, restartCount, startedAt, env, envFrom, mounts } = container;
  return {
    name,
    type,
    image,
    containerId,
    restartCount,
    startedAt: startedAt?.toISOString() ?? null,
    env: env.map((variable) => variableDocument(variable, disclosure)),
    envFrom,
    mounts,
  };
}

function podDocument(pod: StoredPod, disclosure: Disclosure): object {
  const { nodeName, serviceAccountName, hostNetwork, hostPID, hostIPC, phase, imagePullSecrets, volumes } = pod;
  return {
    ...metaDocument(pod),
    nodeName: nodeName || null,
    serviceAccountName: serviceAccountName || null,
    hostNetwork,
    hostPID,
    hostIPC,
    phase: phase || null,
    imagePullSecrets,
    containers: pod.containers.map((container) => containerDocument(container, disclosure)),
    volumes,
  };
}

function kindDocuments(object: StoredObject | null, disclosure: Disclosure): object {
  const none = { secret: null, configMap: null, pod: null };
  if (isPod(object)) return { ...none, pod: podDocument(object, disclosure) };
  const values = valuesOf(object);
  if (values === null || !(isSecret(object) || isConfigMap(object))) return none;
  const data = dataDocument(values, object.metadata, disclosure);
  const immutable = object.immutable === true;
  return isSecret(object)
    ? { ...none, secret: { ...metaDocument(object), type: object.type, immutable, data } }
    : { ...none, configMap: { ...metaDocument(object), immutable, data } };
}

/** What is said of a record in any document. */
export function recordDocument(record: DecodedRecord, disclosure: Disclosure): object {
  const { object, problem, findings } = record;
  const isOther = object !== null && !isSecret(object) && !isConfigMap(object) && !isPod(object);
  return {
    modRevision: Number(record.modRevision),
    createRevision: Number(record.createRevision),
    version: Number(record.version),
    encoding: record.encoding,
    encryption: encryptionDocument(record.encryption),
    apiVersion: object?.apiVersion ?? null,
    kind: object?.kind ?? null,
    ...kindDocuments(object, disclosure),
    object: isOther ? metaDocument(object) : null,
    problem: problem && { code: problem.code, message: problem.message },
    findings,
  };
}

/** The document of `podprobe etcd get --json`: docs/schema/etcd-get.schema.json. */
export function etcdGetDocument(record: DecodedRecord, disclosure: Disclosure): object {
  return {
    schema: 'podprobe/etcd-get/v1',
    ...bytesDocument('key', Buffer.from(record.key)),
    ...recordDocument(record, disclosure),
  };
}
