import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { openEtcd } from '../etcd/client.ts';
import type { EtcdConnection } from '../etcd/connection.ts';
import { openEtcdDump } from '../etcd/dump.ts';
import type { EtcdReader } from '../etcd/record.ts';
import { readEtcdSettings, toEtcdConnection } from '../etcd/settings.ts';
import { parseMilliseconds } from './number.ts';
import type { OutputOptions } from './output.ts';

/** What all commands that read an etcd may be told of it. */
export function addConnectionOptions(command: Command): Command {
  return command
    .option(
      '--endpoints <LIST>',
      'where etcd listens, separated by commas: https://127.0.0.1:2379 or unix:///run/kine.sock',
    )
    .option('--cacert <FILE>', "who must have signed etcd's certificate")
    .option('--cert <FILE>', 'the certificate to show to etcd')
    .option('--key <FILE>', 'its key')
    .option('--user <NAME[:PASSWORD]>', 'for an etcd with users; the password better by ETCDCTL_PASSWORD')
    .option('--insecure-skip-tls-verify', 'take any certificate of etcd, and with it anybody who answers')
    .option('--from <FILE>', 'read a dump of etcdctl get / --prefix -w json instead')
    .option('--timeout <MS>', 'give up when an endpoint gives no answer for so many milliseconds', '5000');
}

function readPem(path: string, option: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new UsageError(option, `cannot be read: ${(cause as Error).message}`);
  }
}

/** The etcd that options or `ETCDCTL_*` name. */
export async function connectionOf(options: OutputOptions): Promise<EtcdConnection> {
  const settings = readEtcdSettings(process.env, options);
  if (Object.keys(settings).length === 0)
    throw new UsageError('--endpoints', 'is missing: say where etcd listens, there or by ETCDCTL_ENDPOINTS');
  return toEtcdConnection(settings, readPem);
}

/** What a command reads its records from: an etcd, or with `--from` a dump. */
export async function openReader(options: OutputOptions, signal?: AbortSignal): Promise<EtcdReader> {
  if (typeof options['from'] === 'string') return openEtcdDump(options['from']);
  const timeout = parseMilliseconds('--timeout', options['timeout']);
  return openEtcd(await connectionOf(options), { timeout, ...(signal === undefined ? {} : { signal }) });
}
