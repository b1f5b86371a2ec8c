import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { execIn } from '../../lib/index.ts';
import { type Change, Container, parentOf, Unshared } from '../helpers/runc.ts';
import { execute, print } from '../helpers/executed.ts';
import { unfit } from '../helpers/hostile.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('commands as the container, beside runc exec');
const skip = unfit({ root: true, tools: ['runc', 'busybox', 'unshare'] });

/** Of /proc/PID/status: what is neither a number of its own nor a measurement. */
const COMPARED =
  /^(Name|Umask|Uid|Gid|Groups|Threads|Sig(Blk|Ign|Cgt)|ShdPnd|Cap\w+|NoNewPrivs|Seccomp\w*|Speculat\w+|Cpus_allowed\w*|Mems_allowed\w*)$/;

function comparable(status: string): string[] {
  const lines = status
    .trimEnd()
    .split('\n')
    .map((line) => line.split(':\t'));
  const kept = lines.filter(([name = '']) => COMPARED.test(name)).map((parts) => parts.join(': '));
  const depth = lines.find(([name]) => name === 'NSpid')?.[1]?.split('\t').length;
  return [...kept, `NSpid depth: ${depth}`];
}

const user: Change = (config) => {
  config.process.user = { uid: 1000, gid: 1001, additionalGids: [5, 20] };
  config.process.oomScoreAdj = 500;
  config.process.env = ['PATH=/bin', 'FOO=bar', 'EMPTY='];
  config.process.cwd = '/tmp';
};
const capable: Change = (config) => {
  const names = ['CAP_NET_BIND_SERVICE', 'CAP_KILL', 'CAP_CHOWN'];
  config.process.user = { uid: 7, gid: 8 };
  config.process.capabilities = {
    bounding: names,
    effective: names,
    permitted: names,
    inheritable: names,
    ambient: names,
  };
  config.process.noNewPrivileges = false;
};
const mapped: Change = (config) => {
  config.linux.namespaces.push({ type: 'user' });
  config.linux.uidMappings = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
  config.linux.gidMappings = [{ containerID: 0, hostID: 200_000, size: 65_536 }];
  config.process.user = { uid: 33, gid: 34, additionalGids: [35] };
};

const kinds: [kind: string, change: Change][] = [
  ['root, as runc spec makes it', () => undefined],
  ['a user with groups, a working directory and an OOM score', user],
  ['a user with ambient capabilities', capable],
  ['a user namespace', mapped],
];

for (const [kind, change] of kinds) {
  test(
    `is what runc exec makes of it: ${kind}`,
    async () => {
      using container = Container.start(change);
      const same = async (...argv: string[]) =>
        assert.is(await print(container.pid, argv), container.exec(...argv), argv.join(' '));
      assert.equal(
        comparable(await print(container.pid, ['cat', '/proc/self/status'])),
        comparable(container.exec('cat', '/proc/self/status')),
      );
      await same('cat', '/proc/self/cgroup');
      await same('cat', '/proc/self/limits');
      await same('cat', '/proc/self/oom_score_adj');
      await same('ls', '-l', '/proc/self/ns');
      await same('readlink', '/proc/self/cwd');
      await same('readlink', '/proc/self/root');
      await same('cat', '/proc/self/uid_map');
      await same('hostname');
      await same('env');
    },
    { skip },
  );
}

test(
  'takes the environment of the first process, not that of the one that was named',
  async () => {
    using container = Container.start((config) => {
      config.process.env = ['PATH=/bin', 'FIRST=yes'];
      config.process.args = ['/bin/sh', '-c', 'env -i SECOND=yes PATH=/bin sleep 600; true'];
    });
    const children = () => readFileSync(`/proc/${container.pid}/task/${container.pid}/children`, 'latin1').trim();
    const { eventually } = await import('../helpers/threads.ts');
    await eventually(
      () => children() !== '' && readFileSync(`/proc/${children()}/comm`, 'latin1') === 'sleep\n',
      () => 'no second process',
    );
    const variables = await print(Number(children()), ['env']);
    assert.match(variables, /^FIRST=yes$/m);
    assert.not.match(variables, /SECOND/);
  },
  { skip },
);

test(
  'gives nothing of the environment of a process outside, although it is in the same cgroup and older',
  async () => {
    using target = await Unshared.start(['--mount', '--pid', '--fork', '--mount-proc'], ['sleep', '600']);
    const own = readFileSync(`/proc/${target.pid}/environ`, 'latin1')
      .split('\0')
      .filter((one) => one !== '');
    const seen = (await print(target.pid, ['env', '-0'])).split('\0').filter((one) => one !== '');
    assert.equal(seen.sort(), own.sort());
  },
  { skip },
);

test(
  'adds and replaces variables',
  async () => {
    using container = Container.start(user);
    const seen = await print(container.pid, ['env'], { env: { FOO: 'new', NEW: 'a=b' } });
    assert.equal(seen.trim().split('\n').sort(), ['EMPTY=', 'FOO=new', 'HOME=/', 'NEW=a=b', 'PATH=/bin']);
  },
  { skip },
);

test(
  'needs no program in the image with a binary of the host',
  async () => {
    using container = Container.start(undefined, []);
    await rejects(execute(container.pid, ['sh', '-c', 'true']), { code: 'ENOENT', syscall: 'execve', path: 'sh' });
    const options = { hostBinary: '/bin/busybox' };
    const { code, stdout } = await execute(container.pid, ['sh', '-c', 'echo $0 $((6*7)); exit 9'], options);
    assert.equal([code, stdout.toString()], [9, 'sh 42\n']);
  },
  { skip },
);

test(
  'runs a binary of the host as a copy that the container cannot change',
  async () => {
    using container = Container.start();
    const options = { hostBinary: '/bin/busybox' };
    const script = 'echo x 2>&1 >/proc/self/exe || echo x 2>&1 >>/proc/$$/exe; readlink /proc/$$/exe';
    const { stdout } = await execute(container.pid, ['sh', '-c', script], options);
    assert.match(stdout.toString(), /memfd:podprobe/);
    assert.ok(readFileSync('/bin/busybox').subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1')));
  },
  { skip },
);

/** F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW and F_SEAL_WRITE. */
const SEALS = 0xf;

/** The seals of the memory file that a process runs: F_GET_SEALS, which fails on any other file. */
function sealsOf(pid: number): number {
  const script = 'import fcntl, sys; print(fcntl.fcntl(open(sys.argv[1], "rb"), 1034))';
  return Number(execFileSync('python3', ['-c', script, `/proc/${pid}/exe`], { encoding: 'utf8' }));
}

test(
  'seals the helper, and a binary of the host, against any change',
  async () => {
    using container = Container.start();
    await using command = await execIn(container.pid, ['sleep', '60'], { hostBinary: '/bin/busybox' });
    assert.is(sealsOf(command.pid), SEALS);
    assert.is(sealsOf(parentOf(command.pid)), SEALS);
  },
  { skip: skip ?? unfit({ tools: ['python3'] }) },
);

test(
  'enters the root of a chrooted process',
  async () => {
    using container = Container.start();
    const root = `/proc/${container.pid}/root`;
    using target = await Unshared.start(['--mount', `--root=${root}`], ['sleep', '600']);
    assert.is(await print(target.pid, ['ls', '/']), await print(container.pid, ['ls', '/']));
    assert.is(existsSync('/bin/busybox'), true);
    assert.is(
      await print(target.pid, ['ls', '/'], { namespaces: ['mnt'], env: { PATH: '/bin' } }),
      await print(container.pid, ['ls', '/']),
    );
  },
  { skip },
);

test(
  'gives its own terminal in the container, of the size that was asked for, and changes that',
  async () => {
    using container = Container.start(user);
    const script = 'tty; stty size; trap "stty size; exit 5" WINCH; echo ready; while :; do sleep 0.05; done';
    await using command = await execIn(container.pid, ['sh', '-c', script], { tty: { columns: 93, rows: 31 } });
    assert.is(command.stderr, null);
    let text = '';
    command.stdout?.on('data', (bytes) => {
      if (!text.includes('ready') && String(text + bytes).includes('ready')) command.resize(100, 50);
      text += String(bytes);
    });
    const [{ code }] = await Promise.all([command.exit, once(command.stdout as NodeJS.EventEmitter, 'close')]);
    assert.is(code, 5);
    assert.is(text, '/dev/pts/0\r\n31 93\r\nready\r\n50 100\r\n');
  },
  { skip },
);

test(
  'passes what is typed through a terminal, and its end',
  async () => {
    using container = Container.start();
    const { stdout } = await execute(
      container.pid,
      ['sh', '-c', 'stty -echo; cat; echo $TERM'],
      { tty: true },
      'hello\n',
    );
    assert.match(stdout.toString(), /hello\r\nxterm\r\n/);
  },
  { skip },
);

test(
  'refuses a terminal where /dev/ptmx is something else',
  async () => {
    using container = Container.start((config) => {
      config.mounts = config.mounts.filter(
        ({ destination }: { destination: string }) => !destination.startsWith('/dev'),
      );
      config.linux.maskedPaths = [];
      config.linux.readonlyPaths = [];
    });
    await print(container.pid, ['sh', '-c', 'true']);
    await rejects(execute(container.pid, ['true'], { tty: true }), { syscall: 'open(ptmx)' });
  },
  { skip },
);

test.run();
