/** The bytes of a key. */
export function keyBytes(key: string | Uint8Array): Uint8Array {
  return typeof key === 'string' ? Buffer.from(key) : key;
}

const ALL = new Uint8Array([0]);

/**
 * The first key after all those that begin with `prefix`, as etcd wants it: its last byte that can be is one higher. A NUL
 * byte stands for "no end". Source: etcd, client/v3/op.go, GetPrefixRangeEnd.
 */
export function prefixEnd(prefix: Uint8Array): Uint8Array {
  for (let last = prefix.length - 1; last >= 0; last--) {
    const byte = prefix[last] as number;
    if (byte === 0xff) continue;
    const end = Uint8Array.from(prefix.subarray(0, last + 1));
    end[last] = byte + 1;
    return end;
  }
  return ALL;
}

/** The least key that begins with `prefix`: etcd knows no empty one. */
export function prefixStart(prefix: Uint8Array): Uint8Array {
  return prefix.length === 0 ? ALL : prefix;
}

/** The least key after `key`. */
export function keyAfter(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}
