import { createHmac, randomBytes } from 'node:crypto';

/** Makes the fingerprint of a value: equal values have equal ones under one key, and nothing else can be told. */
export type Fingerprint = (value: Uint8Array) => string;

/** First 16 hex digits of HMAC-SHA-256 under `key`; without one, under a key drawn for this run. */
export function createFingerprint(key: Uint8Array = randomBytes(32)): Fingerprint {
  return (value) => createHmac('sha256', key).update(value).digest('hex').slice(0, 16);
}
