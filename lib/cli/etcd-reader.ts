import { type EtcdOptions, openEtcd } from '../etcd/client.ts';
import type { EtcdConnection } from '../etcd/connection.ts';
import { openEtcdDump } from '../etcd/dump.ts';
import type { EtcdReader } from '../etcd/record.ts';
import { complainOf } from './complaint.ts';
import { type ReachedEtcd, reachEtcd } from './etcd-discovery.ts';
import { readStorage, type RecordStorage } from './etcd-storage.ts';
import { parseMilliseconds } from './number.ts';
import type { OutputOptions } from './output.ts';

/** Without one the keys may be read, or not: then it is said why there is none. */
function sayWhyNoCertificate({ credentials }: ReachedEtcd): void {
  if (credentials !== null && credentials.cert === null) complainOf(credentials.findings);
}

function timeoutOf(options: OutputOptions, signal?: AbortSignal): EtcdOptions {
  const timeout = parseMilliseconds('--timeout', options['timeout']);
  return { timeout, ...(signal === undefined ? {} : { signal }) };
}

/** The etcd that options or `ETCDCTL_*` name, else that of this node, and how objects are kept in it. */
export async function reachRecords(
  options: OutputOptions,
): Promise<{ connection: EtcdConnection; storage: RecordStorage }> {
  const reached = await reachEtcd(options);
  const storage = await readStorage(options, reached);
  sayWhyNoCertificate(reached);
  complainOf(storage.findings);
  return { connection: reached.connection, storage };
}

/** What a command reads its keys from: an etcd, or with `--from` a dump. */
export async function openReader(options: OutputOptions, signal?: AbortSignal): Promise<EtcdReader> {
  if (typeof options['from'] === 'string') return openEtcdDump(options['from']);
  const reached = await reachEtcd(options);
  sayWhyNoCertificate(reached);
  return openEtcd(reached.connection, timeoutOf(options, signal));
}

/** What a command reads objects from, and how they are kept there. */
export async function openRecords(options: OutputOptions): Promise<{ reader: EtcdReader; storage: RecordStorage }> {
  if (typeof options['from'] === 'string') {
    const storage = await readStorage(options, null);
    return { reader: await openEtcdDump(options['from']), storage };
  }
  const { connection, storage } = await reachRecords(options);
  return { reader: await openEtcd(connection, timeoutOf(options)), storage };
}
