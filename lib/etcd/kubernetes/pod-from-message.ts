import { toTime } from './fields.ts';
import type { ObjectMeta } from './objects.ts';
import type { ObjectUse, PodContainer, PodVariable, PodVolume, StoredPod } from './pod.ts';
import type {
  Container,
  ContainerStatus,
  EnvFromSource,
  EnvSource,
  EnvVar,
  KeySelector,
  LocalObjectReference,
  Pod,
  Volume,
} from './stored_pb.ts';

type Used = {
  readonly localObjectReference?: LocalObjectReference | undefined;
  readonly items?: readonly { readonly key: string; readonly path: string }[];
  readonly optional?: boolean | undefined;
};

function toUse(of: ObjectUse['of'], used: Used): ObjectUse {
  const { items = [], localObjectReference, optional } = used;
  return {
    of,
    name: localObjectReference?.name ?? '',
    keys: items.map(({ key }) => key),
    paths: items.map(({ path }) => path),
    optional: optional === true,
  };
}

function present<Value>(values: readonly (Value | undefined | null)[]): Value[] {
  return values.filter((value): value is Value => value !== undefined && value !== null);
}

function keyUse(of: ObjectUse['of'], selector: KeySelector | undefined): ObjectUse | undefined {
  return selector && { ...toUse(of, selector), keys: [selector.key] };
}

function toVariable({ name, value, valueFrom }: EnvVar): PodVariable {
  const from = keyUse('secret', valueFrom?.secretKeyRef) ?? keyUse('configMap', valueFrom?.configMapKeyRef) ?? null;
  return {
    name,
    value: valueFrom === undefined ? (value ?? '') : null,
    from,
    fieldPath: valueFrom?.fieldRef?.fieldPath ?? null,
  };
}

function toVariables({ prefix, secretRef, configMapRef }: EnvFromSource): PodContainer['envFrom'] {
  const use = (of: ObjectUse['of'], source: EnvSource | undefined): ObjectUse | undefined =>
    source && toUse(of, source);
  return present([use('secret', secretRef), use('configMap', configMapRef)]).map((from) => ({ prefix, from }));
}

function toContainer(
  type: PodContainer['type'],
  container: Container,
  statuses: readonly ContainerStatus[],
): PodContainer {
  const { name, image, command, args } = container;
  const status = statuses.find((one) => one.name === name);
  return {
    name,
    type,
    image,
    command,
    args,
    env: container.env.map(toVariable),
    envFrom: container.envFrom.flatMap(toVariables),
    mounts: container.volumeMounts.map(({ name: volume, mountPath, readOnly, ...mount }) => {
      const subPathExpands = mount.subPath === '' && mount.subPathExpr !== '';
      return { volume, mountPath, subPath: mount.subPath || mount.subPathExpr, subPathExpands, readOnly };
    }),
    containerId: status?.containerId || null,
    restartCount: status?.restartCount ?? 0,
    startedAt: toTime(status?.state?.running?.startedAt),
  };
}

function toVolume({ name, volumeSource }: Volume): PodVolume {
  const { secret, configMap, projected, csi } = volumeSource ?? {};
  const from = [
    secret && { ...toUse('secret', secret), name: secret.secretName },
    configMap && toUse('configMap', configMap),
    ...(projected?.sources ?? []).flatMap((source) => [
      source.secret && toUse('secret', source.secret),
      source.configMap && toUse('configMap', source.configMap),
    ]),
  ];
  return {
    name,
    from: present(from),
    csiDriver: csi?.driver ?? null,
    csiSecret: csi?.nodePublishSecretRef?.name ?? null,
  };
}

/** A Pod of its message. */
export function podFromMessage(metadata: ObjectMeta, { spec, status }: Pod): StoredPod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    nodeName: spec?.nodeName ?? '',
    serviceAccountName: spec?.serviceAccountName ?? '',
    hostNetwork: spec?.hostNetwork ?? false,
    hostPID: spec?.hostPid ?? false,
    hostIPC: spec?.hostIpc ?? false,
    phase: status?.phase ?? '',
    startTime: toTime(status?.startTime),
    imagePullSecrets: (spec?.imagePullSecrets ?? []).map(({ name }) => name),
    containers: [
      ...(spec?.initContainers ?? []).map((one) => toContainer('init', one, status?.initContainerStatuses ?? [])),
      ...(spec?.containers ?? []).map((one) => toContainer('container', one, status?.containerStatuses ?? [])),
      ...present((spec?.ephemeralContainers ?? []).map((one) => one.ephemeralContainerCommon)).map((one) =>
        toContainer('ephemeral', one, status?.ephemeralContainerStatuses ?? []),
      ),
    ],
    volumes: (spec?.volumes ?? []).map(toVolume),
  };
}
