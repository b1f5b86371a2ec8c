/** What a pod of a test uses, and who it belongs to. */
export type PodParts = {
  uid: string;
  namespace?: string;
  nodeName?: string;
  spec?: object;
  owner?: object;
};

/** A reference to a controller. */
export function ownerOf(apiVersion: string, kind: string, name: string, uid = `${name}-uid`): object {
  return { apiVersion, kind, name, uid, controller: true };
}

/** A Pod as its JSON; it uses the Secret `mysecret` unless `spec` says otherwise. */
export function podObject(
  name: string,
  { uid, namespace = 'test', nodeName = 'node-1', spec, owner }: PodParts,
): object {
  const env = [{ name: 'FOO', valueFrom: { secretKeyRef: { name: 'mysecret', key: 'foo' } } }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, uid, ...(owner && { ownerReferences: [owner] }) },
    spec: { nodeName, ...(spec ?? { containers: [{ name: 'api', env }] }) },
  };
}

/** A pod's specification with every way to use a Secret or ConfigMap. */
export const usesAll = {
  containers: [
    {
      name: 'api',
      env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'env-map', key: 'a' } } }],
      envFrom: [{ secretRef: { name: 'env-secret' } }],
    },
  ],
  initContainers: [{ name: 'init', envFrom: [{ configMapRef: { name: 'init-map' } }] }],
  imagePullSecrets: [{ name: 'pull' }],
  volumes: [
    { name: 'one', secret: { secretName: 'volume-secret' } },
    { name: 'two', projected: { sources: [{ configMap: { name: 'projected-map' } }] } },
    { name: 'three', csi: { driver: 'd', nodePublishSecretRef: { name: 'csi-secret' } } },
  ],
};

/** A Secret as its JSON. */
export function secretObject(name: string, data: Readonly<Record<string, string>>): object {
  const encoded = Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'test', uid: `${name}-uid` },
    data: Object.fromEntries(encoded) as object,
  };
}

/** A ConfigMap as its JSON. */
export function configMapObject(name: string, data: Readonly<Record<string, string>>): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'test', uid: `${name}-uid` }, data };
}

/** An object of the group apps, or any other, that belongs to another or to nothing. */
export function ownedObject(
  apiVersion: string,
  kind: string,
  name: string,
  owner?: object,
  uid = `${name}-uid`,
): object {
  const ownerReferences = owner === undefined ? [] : [owner];
  return { apiVersion, kind, metadata: { name, namespace: 'test', uid, ownerReferences } };
}
