import { createDecipheriv, type KeyObject } from 'node:crypto';

/**
 * What became of an attempt to decrypt. `wrong key`: what came out is nothing that Kubernetes writes. `tampered`: the key is
 * right, and what it authenticates, padding or name of the record is not. `short`: there is less than any plaintext gives.
 */
export type Opened = { readonly plaintext: Buffer } | { readonly failure: 'wrong key' | 'tampered' | 'short' };

const BLOCK = 16;
const GCM_NONCE = 12;
const TAG = 16;
const BOX_NONCE = 24;
/** XSalsa20's stream begins with the key of Poly1305. */
const POLY_KEY = 32;

/** How values of Kubernetes begin; of 65,536 wrong keys one gives such bytes by chance. */
const BEGINS = /^(?:k8s\0|\{"|\xd9\xd9\xf7|apiVersion:|kind:)/;

function isOfKubernetes(plaintext: Uint8Array): boolean {
  return BEGINS.test(Buffer.from(plaintext.subarray(0, BLOCK)).toString('latin1'));
}

function failureOf(beginning: Uint8Array): Opened {
  return { failure: isOfKubernetes(beginning) ? 'tampered' : 'wrong key' };
}

function bits(key: KeyObject): number {
  return (key.symmetricKeySize ?? 0) * 8;
}

/** Bytes of PKCS#7 padding at the end; 0 where it is none. */
function paddingOf(padded: Buffer): number {
  const length = padded.at(-1) ?? 0;
  const isPadding = length >= 1 && length <= BLOCK && padded.subarray(-length).every((byte) => byte === length);
  return isPadding ? length : 0;
}

/** AES-CBC: IV, ciphertext. It authenticates nothing: a change in the middle shows only by what comes out. */
export function openCbc(body: Uint8Array, key: KeyObject): Opened {
  if (body.length < 2 * BLOCK) return { failure: 'short' };
  const ciphertext = body.subarray(BLOCK, body.length - (body.length % BLOCK));
  const decipher = createDecipheriv(`aes-${bits(key)}-cbc`, key, body.subarray(0, BLOCK)).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  const padding = body.length % BLOCK === 0 ? paddingOf(padded) : 0;
  if (padding === 0 || !isOfKubernetes(padded)) return failureOf(padded);
  return { plaintext: padded.subarray(0, padded.length - padding) };
}

/** What GCM's counter mode gives for the beginning, authentic or not. */
function beginningOfGcm(nonce: Uint8Array, ciphertext: Uint8Array, key: KeyObject): Buffer {
  const counter = Buffer.concat([nonce, Buffer.from([0, 0, 0, 2])]);
  return createDecipheriv(`aes-${bits(key)}-ctr`, key, counter).update(ciphertext.subarray(0, BLOCK));
}

/** AES-GCM: nonce, ciphertext, tag; `authenticated` is the key of etcd. */
export function openGcm(body: Uint8Array, key: KeyObject, authenticated: Uint8Array): Opened {
  if (body.length < GCM_NONCE + TAG) return { failure: 'short' };
  const nonce = body.subarray(0, GCM_NONCE);
  const ciphertext = body.subarray(GCM_NONCE, -TAG);
  const size = bits(key);
  const algorithm = size === 128 ? 'aes-128-gcm' : size === 192 ? 'aes-192-gcm' : 'aes-256-gcm';
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: TAG });
  decipher.setAAD(authenticated).setAuthTag(body.subarray(-TAG));
  const plaintext = decipher.update(ciphertext);
  try {
    decipher.final();
    return { plaintext };
  } catch {
    plaintext.fill(0);
    return failureOf(beginningOfGcm(nonce, ciphertext, key));
  }
}

/** NaCl's secretbox: nonce, tag, ciphertext. XSalsa20 is not in OpenSSL. */
export async function openSecretbox(body: Uint8Array, key: KeyObject): Promise<Opened> {
  if (body.length < BOX_NONCE + TAG) return { failure: 'short' };
  const { xsalsa20, xsalsa20poly1305 } = await import('@noble/ciphers/salsa.js');
  const secret = key.export();
  const nonce = body.subarray(0, BOX_NONCE);
  try {
    return { plaintext: Buffer.from(xsalsa20poly1305(secret, nonce).decrypt(body.subarray(BOX_NONCE))) };
  } catch {
    const start = BOX_NONCE + TAG;
    const shifted = Buffer.concat([Buffer.alloc(POLY_KEY), body.subarray(start, start + BLOCK)]);
    return failureOf(xsalsa20(secret, nonce, shifted).subarray(POLY_KEY));
  } finally {
    secret.fill(0);
  }
}
