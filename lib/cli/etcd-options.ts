import { type Command, Option } from 'commander';
import { type EtcdOptions, openEtcd } from '../etcd/client.ts';
import type { EtcdConnection } from '../etcd/connection.ts';
import { openEtcdDump } from '../etcd/dump.ts';
import type { EtcdReader } from '../etcd/record.ts';
import { complainOf } from './complaint.ts';
import { type ReachedEtcd, reachEtcd } from './etcd-discovery.ts';
import { readStorage, type RecordStorage } from './etcd-storage.ts';
import { parseMilliseconds } from './number.ts';
import type { OutputOptions } from './output.ts';

/** How an etcd is reached. */
export function addEtcdOptions(command: Command): Command {
  return command
    .option(
      '--endpoints <LIST>',
      'where etcd listens, separated by commas: https://127.0.0.1:2379 or unix:///run/kine.sock; default: ETCDCTL_ENDPOINTS, else the etcd of this node',
    )
    .option('--cacert <FILE>', "who must have signed etcd's certificate")
    .option('--cert <FILE>', 'the certificate to show to etcd')
    .option('--key <FILE>', 'its key')
    .option('--user <NAME[:PASSWORD]>', 'for an etcd with users; the password better by ETCDCTL_PASSWORD')
    .option('--insecure-skip-tls-verify', 'take any certificate of etcd, and with it anybody who answers')
    .addOption(
      new Option('--pid <PID>', 'look for the etcd of this node in no other process; can be repeated').argParser(
        (value: string, before: string[] = []) => [...before, value],
      ),
    )
    .option('--timeout <MS>', 'give up when an endpoint gives no answer for so many milliseconds', '5000');
}

/** Where records are read from: an etcd, or a dump. */
export function addConnectionOptions(command: Command): Command {
  return addEtcdOptions(command).option('--from <FILE>', 'read a dump of etcdctl get / --prefix -w json instead');
}

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
