/** Who wrote which fields of an object, and when. */
export interface ManagedFields {
  /** Name that the client gave itself; whoever may write can choose any. */
  readonly manager: string;
  /** `Apply` or `Update`. */
  readonly operation: string;
  readonly apiVersion: string;
  /** Null where it is not said. */
  readonly time: Date | null;
  readonly fieldsType: string;
  /** `fieldsV1`, parsed: a tree of `f:<field>`. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Empty for the object itself. */
  readonly subresource: string;
}

/** An object that another belongs to. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller: boolean | null;
  readonly blockOwnerDeletion: boolean | null;
}

/** `metadata` of an object. What is stored has no resourceVersion: that is `modRevision` of the record. */
export interface ObjectMeta {
  readonly name: string;
  readonly generateName: string;
  /** Empty of what is in none. */
  readonly namespace: string;
  readonly uid: string;
  readonly generation: bigint;
  readonly creationTimestamp: Date | null;
  readonly deletionTimestamp: Date | null;
  readonly deletionGracePeriodSeconds: bigint | null;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
  readonly ownerReferences: readonly OwnerReference[];
  readonly finalizers: readonly string[];
  readonly managedFields: readonly ManagedFields[];
}

/** What all objects have. */
export interface StoredObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** A Secret. Its values are secret. */
export interface StoredSecret extends StoredObject {
  readonly apiVersion: 'v1';
  readonly kind: 'Secret';
  readonly data: ReadonlyMap<string, Buffer>;
  readonly type: string;
  /** Null where it is not said. */
  readonly immutable: boolean | null;
}

/** A ConfigMap. */
export interface StoredConfigMap extends StoredObject {
  readonly apiVersion: 'v1';
  readonly kind: 'ConfigMap';
  readonly data: ReadonlyMap<string, string>;
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
