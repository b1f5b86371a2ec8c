import { type Command, Option } from 'commander';
import { action } from './action.ts';
import { addEtcdOptions, addRecordOptions } from './etcd-flags.ts';
import { jsonOption, stateOption } from './flags.ts';
import type { OutputOptions } from './output.ts';

const EXAMPLES = `
Example:
  podprobe trail test/mysecret
  podprobe trail payments/db --wait 10m --report payments-db.html
  podprobe trail test/mysecret --from secret.yaml
  podprobe trail payments/db --value-from-stdin password < leaked.txt
  podprobe trail --all

Exit codes: 0 nobody on this node holds an old version, 1 somebody does, 2 usage, 3 no such Secret,
4 not permitted, 5 not proved: something could not be read or compared.`;

/** `podprobe trail`. */
export function addTrail(program: Command): void {
  const command = program
    .command('trail')
    .argument('[secret]', 'NAMESPACE/SECRET')
    .summary('who holds which version of a Secret, with proof: the gate before an old one is revoked')
    .description(
      'Follows a Secret from its record to every process of this node that holds a version of it: bundles, environments at the start and now, volumes, subPath mounts, open files, command lines, also where nothing asked for it. Values are compared, never shown.',
    )
    .option('--all', 'every Secret that pods of this node ask for, as one table')
    .option('--wait <DURATION>', 'look again until nobody holds an old version, for so long: 90s, 10m, 1h')
    .option('--strict', 'prove it of everything on the node, not only of what asks for the Secret')
    .option('--report <FILE>', 'also write a page for people, without values')
    .addOption(
      new Option(
        '--from <FILE>',
        'what the Secret holds is in this manifest; can be repeated, the last one counts as what it holds now',
      ).argParser((value: string, before: string[] = []) => [...before, value]),
    )
    .option('--from-volume <NAMESPACE/POD/VOLUME>', 'what it holds now is in this volume of a pod on this node')
    .option('--value-from-stdin <KEY>', 'also look for this old value of the key, given on standard input')
    .addOption(
      new Option('--source <NAME>', 'who tells of Secrets and pods; default: etcd, else the API').choices([
        'etcd',
        'api',
      ]),
    )
    .addOption(jsonOption())
    .option('--host <PID>', "a process whose mount table is the node's")
    .addOption(stateOption());
  addEtcdOptions(addRecordOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(
      action(async (secret: string | undefined, options: OutputOptions) => {
        return (await import('./trail.ts')).runTrail(secret, options);
      }),
    );
}
