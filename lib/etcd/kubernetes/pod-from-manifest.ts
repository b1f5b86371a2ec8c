import { type JsonObject, toObject, toText, toTexts } from '../../document/json.ts';
import { asObjects, asText, MOST_ELEMENTS, parseTime } from './fields.ts';
import type { ObjectMeta } from './objects.ts';
import type { ObjectUse, PodContainer, PodVariable, PodVolume, StoredPod } from './pod.ts';

/** A reference of any form to a Secret or ConfigMap; none where there is none. */
function toUses(of: ObjectUse['of'], value: unknown): ObjectUse[] {
  if (value === undefined || value === null) return [];
  const { name, secretName, key, items, optional } = toObject(value);
  const chosen = asObjects(items);
  const keys = typeof key === 'string' ? [key] : chosen.map((item) => asText(item['key']));
  const paths = chosen.map((item) => asText(item['path']));
  return [{ of, name: asText(secretName ?? name), keys, paths, optional: optional === true }];
}

function toVariable({ name, value, valueFrom }: JsonObject): PodVariable {
  const { secretKeyRef, configMapKeyRef, fieldRef } = toObject(valueFrom);
  const [from = null] = [...toUses('secret', secretKeyRef), ...toUses('configMap', configMapKeyRef)];
  return {
    name: asText(name),
    value: valueFrom === undefined || valueFrom === null ? asText(value) : null,
    from,
    fieldPath: toText(toObject(fieldRef)['fieldPath']),
  };
}

function toVariables({ prefix, secretRef, configMapRef }: JsonObject): PodContainer['envFrom'] {
  const uses = [...toUses('secret', secretRef), ...toUses('configMap', configMapRef)];
  return uses.map((from) => ({ prefix: asText(prefix), from }));
}

function toContainer(type: PodContainer['type'], container: JsonObject, statuses: unknown): PodContainer {
  const status = asObjects(statuses).find(({ name }) => name === container['name']) ?? {};
  const { restartCount, containerID, state } = status;
  return {
    name: asText(container['name']),
    type,
    image: asText(container['image']),
    command: toTexts(container['command'], MOST_ELEMENTS),
    args: toTexts(container['args'], MOST_ELEMENTS),
    env: asObjects(container['env']).map(toVariable),
    envFrom: asObjects(container['envFrom']).flatMap(toVariables),
    mounts: asObjects(container['volumeMounts']).map(({ name, mountPath, subPath, subPathExpr, readOnly }) => ({
      volume: asText(name),
      mountPath: asText(mountPath),
      subPath: asText(subPath) || asText(subPathExpr),
      subPathExpands: asText(subPath) === '' && asText(subPathExpr) !== '',
      readOnly: readOnly === true,
    })),
    containerId: toText(containerID),
    restartCount: typeof restartCount === 'number' ? restartCount : 0,
    startedAt: parseTime(toObject(toObject(state)['running'])['startedAt']),
  };
}

function toVolume({ name, secret, configMap, projected, csi }: JsonObject): PodVolume {
  const sources = asObjects(toObject(projected)['sources']);
  const { driver, nodePublishSecretRef } = toObject(csi);
  return {
    name: asText(name),
    from: [
      ...toUses('secret', secret),
      ...toUses('configMap', configMap),
      ...sources.flatMap((source) => [
        ...toUses('secret', source['secret']),
        ...toUses('configMap', source['configMap']),
      ]),
    ],
    csiDriver: toText(driver),
    csiSecret: toText(toObject(nodePublishSecretRef)['name']),
  };
}

/** A Pod of its manifest. */
export function podFromManifest(metadata: ObjectMeta, manifest: JsonObject): StoredPod {
  const [spec, status] = [toObject(manifest['spec']), toObject(manifest['status'])];
  const containers = (type: PodContainer['type'], list: unknown, statuses: unknown): PodContainer[] =>
    asObjects(list).map((one) => toContainer(type, one, statuses));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    nodeName: asText(spec['nodeName']),
    serviceAccountName: asText(spec['serviceAccountName']),
    hostNetwork: spec['hostNetwork'] === true,
    hostPID: spec['hostPID'] === true,
    hostIPC: spec['hostIPC'] === true,
    phase: asText(status['phase']),
    startTime: parseTime(status['startTime']),
    imagePullSecrets: asObjects(spec['imagePullSecrets']).map(({ name }) => asText(name)),
    containers: [
      ...containers('init', spec['initContainers'], status['initContainerStatuses']),
      ...containers('container', spec['containers'], status['containerStatuses']),
      ...containers('ephemeral', spec['ephemeralContainers'], status['ephemeralContainerStatuses']),
    ],
    volumes: asObjects(spec['volumes']).map(toVolume),
  };
}
