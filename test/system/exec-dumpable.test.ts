import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { execIn } from '../../lib/index.ts';
import { commandLine, NOBODY, unfitForNobody } from '../helpers/command.ts';
import { execute } from '../helpers/executed.ts';
import { unfit } from '../helpers/hostile.ts';
import { rejects } from '../helpers/rejects.ts';
import { Container, parentOf, Unshared } from '../helpers/runc.ts';
import { suite } from '../helpers/suite.ts';
import { eventually } from '../helpers/threads.ts';
import { fuseProgram } from '../helpers/volumes.ts';

const test = suite('what others see of the program that joins namespaces');
const skip = unfit({ root: true, tools: ['runc', 'busybox', 'unshare', 'pgrep'] });

/** Mounts on the container's /tmp what nobody serves: who walks there waits until this is disposed of. */
async function blockTmp(container: Container): Promise<AsyncDisposable> {
  const server = spawn(await fuseProgram(), ['/tmp', String(container.pid)], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(server.stdout, 'data');
  return {
    async [Symbol.asyncDispose]() {
      server.stdin.end();
      await once(server, 'close');
    },
  };
}

/** Whether a command waits for FUSE, inside of execve(2), in the pid namespace of this process. */
function isStuck(pid: number): boolean {
  const words = ['-xf', 'podprobe', '--ns', String(pid), '--nslist', 'pid'];
  const [found = ''] = spawnSync('pgrep', words, { encoding: 'utf8' }).stdout.split('\n');
  return found !== '' && /fuse|request_wait/.test(readFileSync(`/proc/${found}/wchan`, 'latin1'));
}

/** What a container's own process, run as that, learns of each process there: its command line, then what `ls` says of its exe. */
const LOOK = 'for p in /proc/[0-9]*; do echo $(cat $p/cmdline); ls -l $p/exe 2>&1; done; true';

test(
  "is hidden from the container's own user before it has become the command",
  async () => {
    using container = Container.start();
    const blocked = await blockTmp(container);
    const refused = rejects(execIn(container.pid, ['/tmp/program']), { syscall: 'execve' });
    await eventually(
      () => isStuck(container.pid),
      () => 'no command waits for FUSE',
    );
    const { stdout } = await execute(container.pid, ['sh', '-c', LOOK]);
    await blocked[Symbol.asyncDispose]();
    await refused;
    assert.match(stdout.toString(), /^\/bin\/sleep600\n.* \/proc\/1\/exe -> \/bin\/busybox$/m);
    assert.match(stdout.toString(), /^podprobe\nls: \/proc\/\d+\/exe: .*Permission denied$/m);
  },
  { skip: skip ?? (existsSync('/dev/fuse') ? undefined : 'needs /dev/fuse') },
);

test(
  'is hidden from the user who runs it, while the command runs',
  async () => {
    using target = await Unshared.start(['--user', '--map-root-user'], ['sleep', '600'], NOBODY);
    const ids = { uid: NOBODY, gid: NOBODY };
    const [program, ...words] = commandLine([
      'exec',
      target.pid,
      '--namespaces',
      'user',
      '--',
      'sh',
      '-c',
      'echo $$; cat',
    ]);
    const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'], ...ids });
    const [pid] = (await once(child.stdout, 'data')) as [Buffer];
    const look = (seen: number) => spawnSync('readlink', ['-v', `/proc/${seen}/exe`], { encoding: 'utf8', ...ids });
    assert.match(look(target.pid).stdout, /sleep\n$/);
    assert.match(look(parentOf(Number(pid))).stderr, /Permission denied/);
    child.stdin.end();
    await once(child, 'close');
  },
  { skip: skip ?? unfitForNobody() },
);

test.run();
