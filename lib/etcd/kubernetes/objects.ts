/** Who wrote which fields of an object, and when. */
export interface ManagedFields {
  /** Name that the client gave itself; whoever may write can choose any. */
  readonly manager: string;
  /** `Apply` or `Update`. */
  readonly operation: string;
  /** In which the fields are named. */
  readonly apiVersion: string;
  /** Null where it is not said. */
  readonly time: Date | null;
  /** `FieldsV1`. */
  readonly fieldsType: string;
  /** `fieldsV1`, parsed: a tree of `f:<field>`. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Empty for the object itself. */
  readonly subresource: string;
}

/** An object that another belongs to. */
export interface OwnerReference {
  /** Group and version. */
  readonly apiVersion: string;
  /** Such as `ReplicaSet`. */
  readonly kind: string;
  /** In the same namespace. */
  readonly name: string;
  /** Of the owner. */
  readonly uid: string;
  /** Null where it is not said. */
  readonly controller: boolean | null;
  /** Null where it is not said. */
  readonly blockOwnerDeletion: boolean | null;
}

/** `metadata` of an object. What is stored has no resourceVersion: that is `modRevision` of the record. */
export interface ObjectMeta {
  /** Of the object. */
  readonly name: string;
  /** What its name was made of; mostly empty. */
  readonly generateName: string;
  /** Empty of what is in none. */
  readonly namespace: string;
  /** Another one after it was made anew. */
  readonly uid: string;
  /** Of its specification; 0 of kinds that count none. */
  readonly generation: bigint;
  /** Null where it is not said, as of all times. */
  readonly creationTimestamp: Date | null;
  /** When its deletion was asked for. */
  readonly deletionTimestamp: Date | null;
  /** Null where it is not being deleted. */
  readonly deletionGracePeriodSeconds: bigint | null;
  /** By name. */
  readonly labels: ReadonlyMap<string, string>;
  /** By name; they can hold anything, secrets included. */
  readonly annotations: ReadonlyMap<string, string>;
  /** What it belongs to. */
  readonly ownerReferences: readonly OwnerReference[];
  /** What keeps it from being deleted. */
  readonly finalizers: readonly string[];
  /** Who wrote what. */
  readonly managedFields: readonly ManagedFields[];
}

/** What all objects have. */
export interface StoredObject {
  /** Group and version. */
  readonly apiVersion: string;
  /** Such as `Secret`. */
  readonly kind: string;
  /** Who it is. */
  readonly metadata: ObjectMeta;
}

/** A Secret. Its values are secret. */
export interface StoredSecret extends StoredObject {
  /** Of the core group. */
  readonly apiVersion: 'v1';
  /** Always `Secret`. */
  readonly kind: 'Secret';
  /** Values by key, decoded. */
  readonly data: ReadonlyMap<string, Buffer>;
  /** Such as `Opaque`. */
  readonly type: string;
  /** Null where it is not said. */
  readonly immutable: boolean | null;
}

/** A ConfigMap. */
export interface StoredConfigMap extends StoredObject {
  /** Of the core group. */
  readonly apiVersion: 'v1';
  /** Always `ConfigMap`. */
  readonly kind: 'ConfigMap';
  /** Texts by key. */
  readonly data: ReadonlyMap<string, string>;
  /** Bytes by key, decoded. */
  readonly binaryData: ReadonlyMap<string, Buffer>;
  /** Null where it is not said. */
  readonly immutable: boolean | null;
}

/** Whether an object is of this kind of the core group: a custom resource can have the same name. */
export function isSecret(object: StoredObject | null): object is StoredSecret {
  return object?.apiVersion === 'v1' && object.kind === 'Secret';
}

/** The same for a ConfigMap. */
export function isConfigMap(object: StoredObject | null): object is StoredConfigMap {
  return object?.apiVersion === 'v1' && object.kind === 'ConfigMap';
}

/** The values of a Secret or ConfigMap by their keys; null of any other kind. */
export function valuesOf(object: StoredObject | null): ReadonlyMap<string, Buffer> | null {
  if (isSecret(object)) return object.data;
  if (!isConfigMap(object)) return null;
  const texts = [...object.data].map(([key, text]): [string, Buffer] => [key, Buffer.from(text)]);
  return new Map([...texts, ...object.binaryData]);
}
