import { createCipheriv, createHmac } from 'node:crypto';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';

// What kube-apiserver stores, made by hand: none of lib/'s code is in it.

type Part = readonly [field: number, value: bigint | number | string | Uint8Array];

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

/** A protobuf message of these fields: numbers as varints, all else by its length. */
export function message(...parts: readonly Part[]): Buffer {
  const encoded = parts.flatMap(([field, value]) => {
    const isNumber = typeof value === 'bigint' || typeof value === 'number';
    const tag = varint(BigInt(field * 8 + (isNumber ? 0 : 2)));
    if (isNumber) return [tag, varint(BigInt(value))];
    const bytes = Buffer.from(value);
    return [tag, varint(BigInt(bytes.length)), bytes];
  });
  return Buffer.concat(encoded);
}

/** `k8s\0` and what follows it. */
export function protobuf(apiVersion: string, kind: string, raw: Uint8Array): Buffer {
  const unknown = message([1, message([1, apiVersion], [2, kind])], [2, raw], [3, ''], [4, '']);
  return Buffer.concat([Buffer.from('k8s\0'), unknown]);
}

const time = message([1, 1_795_568_457], [2, 0]);

/** Metadata as kube-apiserver writes it, empty fields included. */
export function metadata(name: string, namespace: string, ...more: readonly Part[]): Buffer {
  const empty: Part[] = [
    [2, ''],
    [4, ''],
    [6, ''],
  ];
  const uid = '00000000-0000-4000-8000-000000000001';
  return message([1, name], [3, namespace], [5, uid], ...empty, [7, 0], [8, time], ...more);
}

export function entry(key: string, value: string | Uint8Array): Buffer {
  return message([1, key], [2, value]);
}

/** managedFields: who wrote these keys of `data`, so many seconds after 1970. */
export function managed(
  manager: string,
  keys: readonly string[],
  seconds = 1_795_568_457,
  operation = 'Update',
): Buffer {
  const data = Object.fromEntries(keys.map((key) => [`f:${key}`, {}]));
  const fields = JSON.stringify({ 'f:data': { '.': {}, ...data }, 'f:type': {} });
  const at = message([1, seconds], [2, 0]);
  return message([1, manager], [2, operation], [3, 'v1'], [4, at], [6, 'FieldsV1'], [7, message([1, fields])]);
}

export type SecretParts = {
  name?: string;
  namespace?: string;
  data?: Readonly<Record<string, string | Uint8Array>>;
  type?: string;
  immutable?: boolean;
  annotations?: Readonly<Record<string, string>>;
  managed?: readonly Buffer[];
};

/** The value of a Secret in etcd. */
export function secretValue(parts: SecretParts = {}): Buffer {
  const { name = 'mysecret', namespace = 'test', data = { foo: 'bar' }, type = 'Opaque', immutable = false } = parts;
  const annotations = Object.entries(parts.annotations ?? {}).map(([key, value]): Part => [12, entry(key, value)]);
  const managedFields = (parts.managed ?? []).map((one): Part => [17, one]);
  const meta = metadata(name, namespace, ...annotations, ...managedFields);
  const values = Object.entries(data).map(([key, value]): Part => [2, entry(key, value)]);
  return protobuf('v1', 'Secret', message([1, meta], ...values, [3, type], [5, immutable ? 1 : 0]));
}

/** An EncryptionConfiguration for Secrets. */
export function configurationText(...providers: readonly object[]): string {
  const resources = [{ resources: ['secrets'], providers }];
  return JSON.stringify({ apiVersion: 'apiserver.config.k8s.io/v1', kind: 'EncryptionConfiguration', resources });
}

export function keyed(provider: string, keys: Readonly<Record<string, Uint8Array>>): object {
  const list = Object.entries(keys).map(([name, secret]) => ({ name, secret: Buffer.from(secret).toString('base64') }));
  return { [provider]: { keys: list } };
}

function gcm(plaintext: Uint8Array, key: Uint8Array, authenticated: string, nonce = Buffer.alloc(12, 3)): Buffer {
  const algorithm = `aes-${key.length * 8}-gcm` as 'aes-256-gcm';
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(authenticated));
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

function cbc(plaintext: Uint8Array, key: Uint8Array): Buffer {
  const iv = Buffer.alloc(16, 9);
  const cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, iv);
  return Buffer.concat([iv, cipher.update(plaintext), cipher.final()]);
}

/** What each provider makes of a value: header and body, as kube-apiserver does. */
export const encrypt = {
  aescbc: (plain: Uint8Array, key: Uint8Array, _path: string, name = 'key1'): Buffer =>
    Buffer.concat([Buffer.from(`k8s:enc:aescbc:v1:${name}:`), cbc(plain, key)]),
  aesgcm: (plain: Uint8Array, key: Uint8Array, path: string, name = 'key1'): Buffer =>
    Buffer.concat([Buffer.from(`k8s:enc:aesgcm:v1:${name}:`), gcm(plain, key, path)]),
  secretbox: (plain: Uint8Array, key: Uint8Array, _path: string, name = 'key1'): Buffer => {
    const nonce = Buffer.alloc(24, 5);
    const sealed = xsalsa20poly1305(key, nonce).encrypt(plain);
    return Buffer.concat([Buffer.from(`k8s:enc:secretbox:v1:${name}:`), nonce, sealed]);
  },
};

/** What kms leaves; `old`: as Kubernetes before 1.25 did. */
export function encryptKmsV1(plain: Uint8Array, dek: Uint8Array, path: string, old = false): Buffer {
  const wrapped = Buffer.from('DEK, encrypted by the plugin');
  const length = Buffer.from([wrapped.length >> 8, wrapped.length & 0xff]);
  const body = old ? cbc(plain, dek) : gcm(plain, dek, path);
  return Buffer.concat([Buffer.from('k8s:enc:kms:v1:plugin:'), length, wrapped, body]);
}

export function encryptKmsV2(plain: Uint8Array, dek: Uint8Array, path: string, seed: boolean): Buffer {
  const info = Buffer.alloc(32, 6);
  const derived = createHmac('sha256', dek)
    .update(Buffer.concat([info, Buffer.from([1])]))
    .digest();
  const data = seed ? Buffer.concat([info, gcm(plain, derived, path)]) : gcm(plain, dek, path);
  const annotations = message([1, 'version.example.com'], [2, '7']);
  const object = message([1, data], [2, 'key-id-7'], [3, 'wrapped'], [4, annotations], [5, seed ? 1 : 0]);
  return Buffer.concat([Buffer.from('k8s:enc:kms:v2:plugin:'), object]);
}
