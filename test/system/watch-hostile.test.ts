import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { writeGeneration } from '../../lib/demo/atomic-writer.ts';
import { watchSecretVolume } from '../../lib/index.ts';
import { commandLine, NOBODY, podprobe, unfitForNobody } from '../helpers/command.ts';
import { unfit } from '../helpers/hostile.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';
import { fuseProgram, next, Tmpfs } from '../helpers/volumes.ts';

const test = suite('volumes that are none, or want to be taken for another');
const skip = unfit({ root: true });
const first = (path: string, timeout = 2_000) => watchSecretVolume(path, { timeout }).next();

/** Puts a link where `..data` is, as kubelet would. */
function pointTo(volume: string, target: string): void {
  symlinkSync(target, join(volume, '..data_tmp'));
  renameSync(join(volume, '..data_tmp'), join(volume, '..data'));
}

test(
  'refuses what is not there, is no directory, or is a link of /proc',
  async () => {
    await rejects(first('/no/such/volume'), { code: 'ENOENT', path: '/no/such/volume' });
    await rejects(first('/etc/passwd'), { code: 'ENOTDIR', path: '/etc/passwd' });
    await rejects(first('/proc/self/root/etc'), { code: 'ELOOP', message: /name the process/ });
    await rejects(watchSecretVolume({ process: 2 ** 30, path: '/a' }).next(), { code: 'ESRCH' });
    await rejects(watchSecretVolume({ process: process.pid, path: '/no/such' }).next(), { code: 'ENOENT' });
  },
  { skip },
);

test(
  'reads so many names of a tree, and says that there are more',
  async () => {
    using tmpfs = new Tmpfs();
    const path = tmpfs.directory('volume');
    for (let i = 0; i < 100; i++) {
      for (let j = 0; j < 100; j++) mkdirSync(join(path, '..tree', `${i}`, `${j}`), { recursive: true });
    }
    writeFileSync(join(path, '..tree', '0', 'key'), 'value');
    pointTo(path, '..tree');
    const { value } = await first(path);
    assert.is(value?.truncated, true);
    assert.is(value?.get('0/key')?.toString(), 'value');
  },
  { skip },
);

test(
  'refuses a file system that asks another process, or has no volumes, and names it',
  async () => {
    using tmpfs = new Tmpfs();
    const path = tmpfs.directory('fuse');
    const server = spawn(await fuseProgram(), [path], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(server.stdout, 'data');
    await rejects(first(path), { code: 'ENOTSUP', path, message: /file system is fuse/ });
    await rejects(first(join(path, 'volume'), 200), { code: 'ETIMEDOUT' });
    server.stdin.end();
    await once(server, 'close');
    await rejects(first('/proc'), { code: 'ENOTSUP', message: /file system is proc/ });
  },
  { skip },
);

const elsewhere: Record<string, string> = {
  'an absolute path': '/etc',
  'the parent directory': '..',
  'the volume itself': '.',
  'a path below': 'real/deeper',
  itself: '..data',
  'a file': 'file',
  'a link': 'link',
  nothing: '..2026_01_01_00_00_00.1',
};

for (const [what, target] of Object.entries(elsewhere)) {
  test(
    `does not follow ..data to ${what}`,
    async () => {
      using tmpfs = new Tmpfs();
      const path = tmpfs.directory('volume');
      writeFileSync(join(tmpfs.path, 'outside'), 'of the host');
      mkdirSync(join(path, 'real', 'deeper'), { recursive: true });
      writeFileSync(join(path, 'file'), 'no directory');
      symlinkSync('/etc', join(path, 'link'));
      pointTo(path, target);
      await using watch = watchSecretVolume(path);
      const waiting = next(watch);
      rmSync(join(path, 'real'), { recursive: true });
      rmSync(join(path, 'file'));
      rmSync(join(path, 'link'));
      pointTo(path, '..first');
      mkdirSync(join(path, '..first'));
      writeFileSync(join(path, '..first', 'foo'), 'bar');
      pointTo(path, '..first');
      const ready = await waiting;
      assert.equal([ready.event, ready.generation, ready.get('foo')?.toString()], ['ready', '..first', 'bar']);
      pointTo(path, target);
      const gone = await next(watch);
      assert.equal([gone.event, gone.entries.length], ['gone', 0]);
    },
    { skip },
  );
}

test(
  'reads regular files only: no FIFO, no link, no device, no mount, and says that something is left out',
  async () => {
    using tmpfs = new Tmpfs();
    const path = tmpfs.directory('volume');
    const generation = join(path, '..first');
    mkdirSync(join(generation, 'mounted'), { recursive: true });
    writeFileSync(join(generation, 'foo'), 'bar');
    execFileSync('mkfifo', [join(generation, 'fifo')]);
    execFileSync('mknod', [join(generation, 'zero'), 'c', '1', '5']);
    symlinkSync('/etc/passwd', join(generation, 'passwd'));
    execFileSync('mount', ['--bind', '/etc', join(generation, 'mounted')]);
    try {
      pointTo(path, '..first');
      await using watch = watchSecretVolume(path);
      const ready = await next(watch);
      assert.equal(
        ready.entries.map(({ name }) => name.toString()),
        ['foo'],
      );
      assert.is(ready.truncated, true);
    } finally {
      execFileSync('umount', [join(generation, 'mounted')]);
    }
  },
  { skip },
);

test(
  'cuts a generation of too many keys, and one that is too large',
  async () => {
    using tmpfs = new Tmpfs();
    const path = tmpfs.directory('volume');
    writeGeneration(path, Object.fromEntries(Array.from({ length: 4_100 }, (_, i) => [`k${i}`, ''])));
    await using watch = watchSecretVolume(path);
    const many = await next(watch);
    assert.equal([many.entries.length, many.truncated], [4_096, true]);
    const value = Buffer.alloc(2 ** 20, 1);
    writeGeneration(path, Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`k${i}`, value])));
    const large = await next(watch);
    const bytes = large.entries.reduce((sum, { value: { length } }) => sum + length, 0);
    assert.equal([bytes, large.truncated], [4 * 2 ** 20, true]);
  },
  { skip },
);

test(
  'a container that puts a link to the host in the place of its volume gets nothing of the host read',
  async () => {
    using tmpfs = new Tmpfs();
    const path = tmpfs.directory('volume');
    writeGeneration(path, { foo: 'bar' });
    await using watch = watchSecretVolume({ process: process.pid, path });
    await next(watch);
    renameSync(path, `${path}-aside`);
    symlinkSync('/proc/self/root/etc', path);
    await rejects(
      (async () => {
        for (;;) if ((await next(watch)).event !== 'gone') return;
      })(),
      { code: 'ELOOP' },
    );
  },
  { skip },
);

test(
  'as another user: what may be read is watched, what may not is refused',
  async () => {
    using tmpfs = new Tmpfs();
    const path = tmpfs.directory('volume');
    writeGeneration(path, { foo: 'bar' });
    execFileSync('chmod', ['755', tmpfs.path]);
    const open = await podprobe(['watch', path, '--count', 1], { uid: NOBODY });
    assert.equal([open.code, JSON.parse(open.stdout).event], [0, 'ready'], open.text);
    execFileSync('chmod', ['700', path]);
    const closed = await podprobe(['watch', path, '--count', 1], { uid: NOBODY });
    assert.is(closed.code, 4, closed.text);
    assert.match(closed.stderr, /EACCES/);
  },
  { skip: skip ?? unfitForNobody() },
);

const limits: Record<string, [setting: string, code: string]> = {
  'inotify instances': ['max_inotify_instances', 'fs.inotify.max_user_instances'],
  'inotify watches': ['max_inotify_watches', 'fs.inotify.max_user_watches'],
};

for (const [what, [setting, named]] of Object.entries(limits)) {
  test(
    `names the limit when the user has no ${what} left`,
    async () => {
      using tmpfs = new Tmpfs();
      const path = tmpfs.directory('volume');
      writeGeneration(path, { foo: 'bar' });
      const script = `echo 0 > /proc/sys/user/${setting} && exec "$@"`;
      const prefix = ['unshare', '--user', '--map-root-user', 'sh', '-c', script, 'sh'];
      const { code, stderr } = await podprobe(['watch', path, '--count', 1], { prefix });
      assert.is(code, 5, stderr);
      assert.match(stderr, new RegExp(`${named.replaceAll('.', '\\.')}=`));
    },
    { skip },
  );
}

test(
  'names the other limit when the process has no descriptor left',
  async () => {
    // Node's loader has all files of a library open at a time
    const script = 'ulimit -n 512 && exec "$@"';
    const prefix = ['sh', '-c', script, 'sh'];
    const held = `import('node:fs').then(async (fs) => {
      const { watchSecretVolume } = await import('${new URL('../../dist/index.js', import.meta.url).href}');
      try { for (;;) fs.openSync('/', 'r'); } catch {}
      await watchSecretVolume('/tmp').next().catch((error) => console.log(error.code, error.message));
    })`;
    const [program = '', ...args] = [...prefix, commandLine([])[0], '-e', held];
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (text) => (output += String(text)));
    await once(child, 'close');
    assert.match(output, /^EMFILE .*ulimit -n/, output);
  },
  { skip },
);

test.run();
