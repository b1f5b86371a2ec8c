import { Command, type CommanderError, Option } from 'commander';
import { action } from './action.ts';
import { addEtcd } from './etcd.ts';
import { EXIT } from './exit-code.ts';
import { jsonOption, stateOption } from './flags.ts';
import type { OutputOptions } from './output.ts';
import { addTrail } from './trail-command.ts';
import { version } from './version.ts';

const TARGET = 'a process id, NAMESPACE/POD[/CONTAINER], or 8 or more digits of a container id';

function addEnv(program: Command): void {
  program
    .command('env')
    .argument('<target>', TARGET)
    .summary('initial and live environment of a process, and the drift between them')
    .description(
      'Shows what the runtime was told (the OCI bundle of its container), what a process was started with (/proc/PID/environ) and what it uses now (its __environ), and what has changed in between. Values are shown by length and fingerprint only.',
    )
    .addOption(jsonOption())
    .option('--bundle', 'only what the runtime was told to start its container with')
    .option('--initial', 'only what it was started with')
    .option('--live', 'only what it uses now')
    .option('--readers', 'who else on this node could read what it was started with')
    .option(
      '--cri <ENDPOINT>',
      'ask the container runtime what the image set and what the pod; auto: at the socket kubelet uses',
    )
    .option('--stop', 'stop it while looking')
    .option('--stop-timeout <MS>', 'let it run again after so many milliseconds at the latest', '50')
    .option('--timeout <MS>', 'give up after so many milliseconds', '2000')
    .addOption(stateOption())
    .option('--reveal', 'show the values')
    .option('--fingerprint-key <FILE>', 'make fingerprints that compare between runs and nodes')
    .option('--exit-code', 'exit 1 when something has changed since the start')
    .addHelpText(
      'after',
      '\nExample:\n  podprobe env $$ --json\n\nExit codes: 0 done, 2 usage, 3 no such target, 4 not permitted, 5 part of the answer is unknown.',
    )
    .action(
      action(async (target: string, options: OutputOptions) => (await import('./env.ts')).runEnv(target, options)),
    );
}

function addMounts(program: Command): void {
  program
    .command('mounts')
    .argument('<target>', TARGET)
    .summary('mount table of a process; its secret volumes, paired with the view of the node')
    .description(
      'Shows the mounts of a process as the kernel tells them, and the secret volumes among them beside what the node sees: read-only there, read-write here, with generation, keys and stale subPath mounts.',
    )
    .addOption(jsonOption())
    .option('--explain', 'name the eleven fields of a line')
    .option('--host <PID>', "a process whose mount table is the node's")
    .addOption(stateOption())
    .option('--timeout <MS>', 'give up after so many milliseconds', '2000')
    .addHelpText(
      'after',
      '\nExample:\n  podprobe mounts $$ --explain\n\nExit codes: 0 done, 2 usage, 3 no such target, 4 not permitted, 5 part of the answer is unknown.',
    )
    .action(
      action(async (target: string, options: OutputOptions) =>
        (await import('./mounts.ts')).runMounts(target, options),
      ),
    );
}

function addWatch(program: Command): void {
  program
    .command('watch')
    .argument(
      '[target]',
      'a process id, NAMESPACE/POD[/CONTAINER] or container id, for all secret volumes of it; or the path of a volume (./a/b when it looks like a name)',
    )
    .summary('every update of a secret volume')
    .description(
      'Tells what a secret volume holds, and every generation that is another: one JSON document a line, or one line of text on a terminal. Each event is one consistent generation. Values are shown by length and fingerprint only. Ctrl-C ends it.',
    )
    .addOption(new Option('--json', 'one JSON document a line on a terminal, too'))
    .option('--all', 'all secret volumes of this node, those that appear later included')
    .option('--count <N>', 'end after so many events')
    .option('--reveal', 'show the values')
    .option('--fingerprint-key <FILE>', 'make fingerprints that compare between runs and nodes')
    .option('--host <PID>', "a process whose mount table is the node's")
    .addOption(stateOption())
    .option('--timeout <MS>', 'give up on a file system that gives no answer for so many milliseconds', '2000')
    .addHelpText(
      'after',
      '\nExample:\n  podprobe watch --all | jq .event\n\nExit codes: 0 done or interrupted, 2 usage, 3 no such path or target, 4 not permitted,\n5 something could not be watched.',
    )
    .action(
      action(async (target: string | undefined, options: OutputOptions) =>
        (await import('./watch.ts')).runWatch(target, options),
      ),
    );
}

const filesHelp = (example: string): string =>
  `\nExample:\n  podprobe ${example}\n\nExit codes: 0 done, 2 usage, 3 no such target or file, 4 not permitted, 5 it could not be read.`;

function addCat(program: Command): void {
  program
    .command('cat')
    .argument('<target>', TARGET)
    .argument('<path>', 'an absolute path, as the process sees it')
    .summary('a file as a process sees it')
    .description(
      'Writes the content of a file as a process sees it to standard output. The path and every link in it are resolved below the root of the process; devices, FIFOs and sockets are refused.',
    )
    .addOption(stateOption())
    .option('--timeout <MS>', 'give up when a read takes so many milliseconds', '2000')
    .option('--max-bytes <N>', 'fail where the file has more', '1073741824')
    .addHelpText('after', filesHelp('cat $$ /etc/hostname'))
    .action(
      action(async (target: string, path: string, options: OutputOptions) =>
        (await import('./cat.ts')).runCat(target, path, options),
      ),
    );
}

function addLs(program: Command): void {
  program
    .command('ls')
    .argument('<target>', TARGET)
    .argument('<path>', 'an absolute path, as the process sees it')
    .summary('a directory as a process sees it')
    .description(
      'Lists a directory as a process sees it. What is no directory is listed itself. Owners are numbered as they are here, not as in the container.',
    )
    .addOption(jsonOption())
    .addOption(stateOption())
    .option('--timeout <MS>', 'give up after so many milliseconds', '2000')
    .addHelpText('after', filesHelp('ls $$ /etc'))
    .action(
      action(async (target: string, path: string, options: OutputOptions) =>
        (await import('./ls.ts')).runLs(target, path, options),
      ),
    );
}

function addExec(program: Command): void {
  program
    .command('exec')
    .argument('<target>', TARGET)
    .argument('<command...>', 'the program and its arguments, after --')
    .summary('run a command where a process runs, as its container would')
    .description(
      "Runs a command as one more process of the target's container: in its namespaces and cgroup, with its user, capabilities, limits, root and environment.",
    )
    .option('--namespaces <LIST>', 'join only these and keep the rest: user,cgroup,ipc,uts,net,pid,time,mnt')
    .option('--tty', 'give it a new terminal of the container')
    .option('--host-binary <PATH>', 'run this static program of the host in place of the command')
    .addOption(stateOption())
    .option('--timeout <MS>', 'kill it after so many milliseconds')
    .addHelpText(
      'after',
      "\nExample:\n  podprobe exec $$ -- true\n\nExit codes: the command's own; 126 not executable, 127 not found, 128+n killed by signal n;\n2 usage, 3 no such target, 4 not permitted, 5 it could not be run, or the timeout.",
    )
    .action(
      action(async (target: string, argv: string[], options: OutputOptions) =>
        (await import('./exec.ts')).runExec(target, argv, options),
      ),
    );
}

function addPs(program: Command): void {
  program
    .command('ps')
    .summary('pods, containers and processes of this node, without asking any API')
    .description(
      'Shows the pods of this node, their containers and processes as a tree, by what kubelet and the runtime left on it: control groups, bundles, mounts. Beside them the secret volumes that are mounted, and the variables that are called as credentials are; and it counts what belongs to no pod.',
    )
    .addOption(jsonOption())
    .option('--host <PID>', "a process whose mount table is the node's")
    .addOption(stateOption())
    .option('--timeout <MS>', 'give up on a process after so many milliseconds', '2000')
    .addHelpText(
      'after',
      '\nExample:\n  podprobe ps --json\n\nExit codes: 0 done, 2 usage, 4 not permitted, 5 part of the answer is unknown.',
    )
    .action(action(async (options: OutputOptions) => (await import('./ps.ts')).runPs(options)));
}

function addDoctor(program: Command): void {
  program
    .command('doctor')
    .summary('what this kernel and these privileges allow, and the cure for what is missing')
    .description('Says what this kernel, these privileges and this node allow, and the cure for what is missing.')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  podprobe doctor')
    .action(action(async (options: OutputOptions) => (await import('./doctor.ts')).runDoctor(options)));
}

function addDemo(program: Command): void {
  program
    .command('demo')
    .argument('[name]', 'which one: setenv or pod; both when it is left out')
    .summary('the article, reproduced live')
    .description(
      'Runs the experiments and tells them step by step: setenv, on a real child process, and pod, a Secret on its way through real namespaces and mounts. Without privileges the pod is made in a user namespace.',
    )
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  podprobe demo pod')
    .action(
      action(async (name: string | undefined, options: OutputOptions) =>
        (await import('./demo.ts')).runDemo(name, options),
      ),
    );
}

/** The command line, without having parsed anything. */
export function createProgram(): Command {
  const program = new Command('podprobe')
    .description('What a running process really holds.')
    .version(version())
    .showHelpAfterError('(podprobe --help, or podprobe <command> --help, says more)')
    .exitOverride((error: CommanderError) => {
      process.exit(error.exitCode === 0 ? 0 : EXIT.usage);
    });
  addEnv(program);
  addMounts(program);
  addCat(program);
  addLs(program);
  addExec(program);
  addWatch(program);
  addPs(program);
  addEtcd(program);
  addTrail(program);
  addDoctor(program);
  addDemo(program);
  for (const command of program.commands) {
    command.copyInheritedSettings(program);
    for (const part of command.commands) part.copyInheritedSettings(command);
  }
  return program;
}
