import { type Command, Option } from 'commander';
import { action } from './action.ts';
import { addConnectionOptions, addEtcdOptions, addRecordOptions } from './etcd-flags.ts';
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
      '\nExample:\n  podprobe etcd keys /registry/secrets/ --endpoints 127.0.0.1:2379 --tree\n\nExit codes: 0 done, 2 usage, 3 no etcd answers, 4 it refuses or is not trusted, 5 incomplete.',
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

const RECORD = 'NAMESPACE/NAME of a Secret; KIND NAMESPACE/NAME; KIND NAME; or a whole key';

function addGet(etcd: Command): void {
  const get = etcd
    .command('get')
    .argument('<record...>', RECORD)
    .summary('a record of etcd, decoded and, with the keys, decrypted')
    .description(
      'Shows what is stored of an object: revision, encryption, encoding, and who wrote what of it when. Secrets, ConfigMaps and Pods are read whole, of other kinds the metadata. Values are shown by length and fingerprint only.',
    )
    .option('--json', 'print one JSON document')
    .addOption(
      new Option('--output <FORMAT>', 'what kubectl would print; with --reveal its values, too').choices([
        'json',
        'yaml',
      ]),
    );
  addConnectionOptions(addRecordOptions(get))
    .addHelpText(
      'after',
      '\nExample:\n  podprobe etcd get test/mysecret --from kv.json\n\nExit codes: 0 done, 2 usage, 3 no etcd or no such record, 4 etcd refuses or is not trusted,\n5 it could not be decrypted or decoded.',
    )
    .action(
      action(async (words: string[], options: OutputOptions) =>
        (await import('./etcd-get.ts')).runEtcdGet(words, options),
      ),
    );
}

function addHistory(etcd: Command): void {
  const history = etcd
    .command('history')
    .argument('<record...>', RECORD)
    .summary('all versions of a record that etcd has kept: who changed which key when')
    .description(
      'Shows every version that has not been compacted, which keys changed in each, and who wrote them. Values are shown by length and fingerprint only.',
    )
    .option('--json', 'print one JSON document; with --watch one a line')
    .option('--watch', 'go on with every version to come, until Ctrl-C');
  addConnectionOptions(addRecordOptions(history))
    .addHelpText(
      'after',
      '\nExample:\n  podprobe etcd history test/mysecret --endpoints https://127.0.0.1:2379 --cacert ca.crt --cert client.crt --key client.key\n\nExit codes: 0 done or interrupted, 2 usage, 3 no etcd or no such record, 4 etcd refuses or is not trusted,\n5 a version could not be read.',
    )
    .action(
      action(async (words: string[], options: OutputOptions) =>
        (await import('./etcd-history.ts')).runEtcdHistory(words, options),
      ),
    );
}

/** `podprobe etcd` and its parts. */
export function addEtcd(program: Command): void {
  const etcd = program
    .command('etcd')
    .summary('what etcd holds')
    .description('Reads what etcd holds, and changes nothing.')
    .addHelpText('after', '\nExample:\n  podprobe etcd keys --help');
  addStatus(etcd);
  addKeys(etcd);
  addGet(etcd);
  addHistory(etcd);
}
