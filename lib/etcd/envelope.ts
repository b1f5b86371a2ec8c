/** How a value is written, by its first bytes. */
export type Encoding = 'protobuf' | 'json' | 'cbor' | 'yaml' | 'foreign';

const ENCRYPTED = Buffer.from('k8s:enc:');
const PROTOBUF = Buffer.from('k8s\0');
const CBOR = Buffer.from([0xd9, 0xd9, 0xf7]);
const YAML = /^(?:---\s*\n|#[^\n]*\n|\s*\n)*(?:apiVersion|kind|metadata) *:/;
const YAML_BEGINS_WITHIN = 512;

/** Whether Kubernetes has encrypted a value: `identity` leaves no mark. */
export function isEncrypted(value: Uint8Array): boolean {
  return ENCRYPTED.equals(value.subarray(0, ENCRYPTED.length));
}

/**
 * Tells how a value that is not encrypted, or no longer, is written.
 *
 * Shape: `k8s\0` and a protobuf; `{`; `d9 d9 f7` (a custom resource in CBOR); `apiVersion:`. All else is not of Kubernetes.
 */
export function encodingOf(value: Uint8Array): Encoding {
  if (PROTOBUF.equals(value.subarray(0, PROTOBUF.length))) return 'protobuf';
  if (CBOR.equals(value.subarray(0, CBOR.length))) return 'cbor';
  const begin = Buffer.from(value.subarray(0, YAML_BEGINS_WITHIN)).toString('latin1');
  if (/^\s*\{/.test(begin)) return 'json';
  return YAML.test(begin) ? 'yaml' : 'foreign';
}

/** The protobuf behind `k8s\0`. */
export function protobufBody(value: Uint8Array): Uint8Array {
  return value.subarray(PROTOBUF.length);
}
