import type { DecodedRecord } from '../etcd/decode.ts';
import type { RecordEncryption } from '../etcd/encryption/decrypt.ts';
import { type FieldWriter, lastWriter, writerOf } from '../etcd/field-writers.ts';
import { isSecret, type ObjectMeta, type StoredObject, valuesOf } from '../etcd/kubernetes/objects.ts';
import { isPod, type ObjectUse, type PodContainer, type PodVariable, type StoredPod } from '../etcd/kubernetes/pod.ts';
import type { Disclosure } from './entry.ts';
import { printable } from './printable.ts';
import { alignColumns, count, type Style } from './style.ts';

const ENCODINGS = {
  protobuf: 'protobuf',
  json: 'JSON',
  cbor: 'CBOR',
  yaml: 'YAML',
  foreign: 'nothing of Kubernetes',
} as const;

export function shownValue(value: Buffer, { fingerprint, reveal }: Disclosure): string {
  return reveal ? `"${printable(value)}"` : `${count(value.length, 'byte')} ${fingerprint(value)}`;
}

export function writerText(writer: FieldWriter | null): string {
  if (writer === null) return '';
  const when = writer.time === null ? '' : ` at ${writer.time.toISOString().replace('.000Z', 'Z')}`;
  return `by ${printable(writer.manager)}${when}`;
}

export function encryptionText(encryption: RecordEncryption | null): string {
  if (encryption === null) return 'none: the record is in clear in etcd and its backups';
  const { provider, keyName, version, kms } = encryption;
  if (provider !== 'kms') return `${printable(provider)}, key '${printable(keyName)}'`;
  const id = kms?.keyId == null ? '' : `, key id '${printable(kms.keyId)}'`;
  return `kms ${printable(version)}, plugin '${printable(keyName)}'${id}`;
}

function dataLines(data: ReadonlyMap<string, Buffer>, metadata: ObjectMeta, disclosure: Disclosure): string[] {
  const rows = [...data].map(([key, value]) => [
    `  ${printable(key)}`,
    shownValue(value, disclosure),
    writerText(writerOf(metadata, key)),
  ]);
  return data.size === 0 ? ['no data'] : ['data:', ...alignColumns(rows, 40)];
}

function useText({ of, name, keys, optional }: ObjectUse): string {
  const which = keys.length === 0 ? '' : ` [${keys.map(printable).join(', ')}]`;
  return `${of === 'secret' ? 'Secret' : 'ConfigMap'} ${printable(name)}${which}${optional ? ' (optional)' : ''}`;
}

function variableText({ value, from, fieldPath }: PodVariable, disclosure: Disclosure): string {
  if (from !== null) return `from ${useText(from)}`;
  if (value !== null) return shownValue(Buffer.from(value), disclosure);
  return fieldPath === null ? 'from elsewhere' : `from the field ${printable(fieldPath)}`;
}

function containerLines(container: PodContainer, disclosure: Disclosure): string[] {
  const { name, type, image, containerId, env, envFrom, mounts } = container;
  const rows = [
    ...env.map((variable) => [`    ${printable(variable.name)}`, variableText(variable, disclosure)]),
    ...envFrom.map(({ prefix, from }) => [`    ${printable(prefix)}*`, `all of ${useText(from)}`]),
    ...mounts.map(({ mountPath, volume, subPath }) => {
      const part = subPath === '' ? '' : `, only ${printable(subPath)}: never updated`;
      return [`    ${printable(mountPath)}`, `volume ${printable(volume)}${part}`];
    }),
  ];
  const id = containerId === null ? '' : `  ${printable(containerId)}`;
  return [`  ${type} ${printable(name)}  ${printable(image)}${id}`, ...alignColumns(rows, 40)];
}

function podLines(pod: StoredPod, disclosure: Disclosure): string[] {
  const volumes = pod.volumes.map(({ name, from, csiDriver, csiSecret }) => {
    const csi = csiDriver === null ? [] : [`CSI ${printable(csiDriver)}`];
    const given = csiSecret === null ? [] : [`given Secret ${printable(csiSecret)}`];
    return [`  ${printable(name)}`, [...from.map(useText), ...csi, ...given].join('; ')];
  });
  return [
    `${printable(pod.phase || 'no phase')} on ${printable(pod.nodeName || 'no node yet')}, service account ${printable(pod.serviceAccountName || 'none')}`,
    ...(pod.imagePullSecrets.length > 0 ? [`pulls with ${pod.imagePullSecrets.map(printable).join(', ')}`] : []),
    'containers:',
    ...pod.containers.flatMap((container) => containerLines(container, disclosure)),
    ...(volumes.length > 0 ? ['volumes:', ...alignColumns(volumes, 40)] : []),
  ];
}

function objectLines(object: StoredObject, disclosure: Disclosure): string[] {
  const { metadata } = object;
  if (isPod(object)) return podLines(object, disclosure);
  const values = valuesOf(object);
  return values === null ? ['of this kind only the metadata is read'] : dataLines(values, metadata, disclosure);
}

function title(object: StoredObject): string {
  const { namespace, name } = object.metadata;
  const type = isSecret(object) ? ` (${printable(object.type)})` : '';
  return `${printable(object.kind)} ${namespace === '' ? '' : `${printable(namespace)}/`}${printable(name)}${type}`;
}

/** A record for people. */
export function etcdGetText(record: DecodedRecord, disclosure: Disclosure, style: Style): string[] {
  const { object, encoding, problem, findings } = record;
  const facts = [
    ['key', printable(Buffer.from(record.key))],
    ['revision', `${record.modRevision}, created in ${record.createRevision}, version ${record.version}`],
    ['encryption', encryptionText(record.encryption)],
    ['encoding', encoding === null ? 'unknown: it could not be decrypted' : ENCODINGS[encoding]],
    ...(object === null
      ? []
      : [
          ['uid', printable(object.metadata.uid)],
          ['written', writerText(lastWriter(object.metadata)) || 'by somebody that is not recorded'],
        ]),
  ];
  return [
    ...(object === null ? [] : [style('bold', title(object))]),
    ...alignColumns(facts),
    ...(object === null ? [] : objectLines(object, disclosure)),
    ...(problem === null ? [] : [style('red', `not read: ${printable(problem.message)}`)]),
    ...findings.map(({ message }) => style('yellow', `note: ${printable(message)}`)),
  ];
}
