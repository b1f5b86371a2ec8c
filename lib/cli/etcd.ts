import type { Command } from 'commander';
import { action } from './action.ts';
import { addConnectionOptions, addEtcdOptions } from './etcd-options.ts';
import type { OutputOptions } from './output.ts';

function addKeys(etcd: Command): void {
  const keys = etcd
    .command('keys')
    .argument('[prefix]', 'only keys that begin with this', '/')
    .summary('the keys of etcd, as a list, a tree, or counted')
    .description(
      'Lists the keys that begin with PREFIX, all of one revision, however many there are. No value is read from etcd.',
    )
    .option('--tree', 'as a tree')
    .option('--count', 'how many keys there are of each resource')
    .option('--json', 'one JSON document a line; with --count one document');
  addConnectionOptions(keys)
    .addHelpText(
      'after',
      '\nExample:\n  podprobe etcd keys /registry/secrets/ --endpoints https://127.0.0.1:2379 --cacert ca.crt --cert client.crt --key client.key\n\nExit codes: 0 done, 2 usage, 3 no etcd answers, 4 it refuses or is not trusted, 5 incomplete.',
    )
    .action(
      action(async (prefix: string, options: OutputOptions) =>
        (await import('./etcd-keys.ts')).runEtcdKeys(prefix, options),
      ),
    );
}

function addStatus(etcd: Command): void {
  const status = etcd
    .command('status')
    .summary('the etcd of this node: how it is found and reached, and whether Secrets are encrypted in it')
    .description(
      'Shows how the etcd of this node was found, who said what, which client certificate would be used and whose it is, what each endpoint says of itself, whether it lets in who shows no certificate, and whether Secrets are encrypted at rest. No value is shown.',
    )
    .option('--prefix <PREFIX>', "the API server's --etcd-prefix, where it is not found: /registry")
    .option('--encryption-config <FILE>', "the API server's EncryptionConfiguration, where it is not found")
    .option('--census', 'count all records by resource, provider and key')
    .option('--export', 'only print the variables with which etcdctl reaches it, for a shell')
    .option('--json', 'print one JSON document');
  addEtcdOptions(status)
    .addHelpText(
      'after',
      '\nExample:\n  podprobe etcd status\n\nExit codes: 0 done, 2 usage, 3 no etcd is found or answers, 4 it refuses or is not trusted, 5 incomplete.',
    )
    .action(action(async (options: OutputOptions) => (await import('./etcd-status.ts')).runEtcdStatus(options)));
}

/** `podprobe etcd` and its parts. */
export function addEtcd(program: Command): void {
  const etcd = program
    .command('etcd')
    .summary('what etcd holds')
    .description('Reads what etcd holds, and changes nothing.');
  addStatus(etcd);
  addKeys(etcd);
}
