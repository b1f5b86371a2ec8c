import { type Command, Option } from 'commander';
import { openEtcd } from '../etcd/client.ts';
import type { EtcdConnection } from '../etcd/connection.ts';
import { openEtcdDump } from '../etcd/dump.ts';
import type { EtcdReader } from '../etcd/record.ts';
import { complainOf } from './complaint.ts';
import { reachEtcd } from './etcd-discovery.ts';
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

/** The etcd that options or `ETCDCTL_*` name, else that of this node. */
export async function connectionOf(options: OutputOptions): Promise<EtcdConnection> {
  const { connection, credentials } = await reachEtcd(options);
  // the keys can be read without one, or not: then it is said why there is none
  if (credentials !== null && credentials.cert === null) complainOf(credentials.findings);
  return connection;
}

/** What a command reads its records from: an etcd, or with `--from` a dump. */
export async function openReader(options: OutputOptions, signal?: AbortSignal): Promise<EtcdReader> {
  if (typeof options['from'] === 'string') return openEtcdDump(options['from']);
  const timeout = parseMilliseconds('--timeout', options['timeout']);
  return openEtcd(await connectionOf(options), { timeout, ...(signal === undefined ? {} : { signal }) });
}
