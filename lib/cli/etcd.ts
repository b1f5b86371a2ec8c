import type { Command } from 'commander';
import { action } from './action.ts';
import { addConnectionOptions } from './etcd-options.ts';
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

/** `podprobe etcd` and its parts. */
export function addEtcd(program: Command): void {
  const etcd = program
    .command('etcd')
    .summary('what etcd holds')
    .description('Reads what etcd holds, and changes nothing.');
  addKeys(etcd);
}
