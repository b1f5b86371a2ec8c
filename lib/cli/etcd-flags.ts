import { type Command, Option } from 'commander';

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

/** What the commands that read one record may be told of it. */
export function addRecordOptions(command: Command): Command {
  return command
    .option('--prefix <PREFIX>', "the API server's --etcd-prefix; default: as it was found, else /registry")
    .option('--encryption-config <FILE>', "the API server's EncryptionConfiguration; default: as it was found")
    .option('--kms-dek <FILE>', 'the DEK or seed in clear, as the KMS plugin gives it: 32 bytes, or base64 of them')
    .option('--reveal', 'show the values')
    .option('--fingerprint-key <FILE>', 'make fingerprints that compare between runs and nodes');
}
