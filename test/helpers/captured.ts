import { readFileSync } from 'node:fs';
import type { EtcdRecord } from '../../lib/etcd/record.ts';

type Dumped = { key: string; value: string; create_revision: number; mod_revision: number; version: number };

/** What a real kube-apiserver stored, and kubectl printed of it: the file says which. */
export type Captured = {
  configuration: string;
  records: { kvs: Dumped[] };
  printed: Record<'configmap' | 'pod' | 'secret', { metadata: Record<string, unknown> }>;
  printedYaml: string;
};

export const captured = JSON.parse(
  readFileSync(new URL('../fixtures/kube-apiserver-1.20.2.json', import.meta.url), 'utf8'),
) as Captured;

/** A record by its key. */
export function capturedRecord(key: string): EtcdRecord {
  const found = captured.records.kvs.find((one) => Buffer.from(one.key, 'base64').toString() === key);
  if (found === undefined) throw new Error(`no record ${key} was captured`);
  return {
    key: Buffer.from(found.key, 'base64'),
    value: Buffer.from(found.value, 'base64'),
    createRevision: BigInt(found.create_revision),
    modRevision: BigInt(found.mod_revision),
    version: BigInt(found.version),
    lease: 0n,
  };
}
