import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmdirSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import * as assert from 'uvu/assert';
import { findMount, listMounts, type Mount, type MountEvent, watchMounts } from '../../lib/index.ts';
import { listNamespaceMounts } from '../../lib/mounts.ts';
import { hostile, unfit } from '../helpers/hostile.ts';
import { fieldsOf } from '../helpers/mount-fields.ts';
import { MountNamespace } from '../helpers/mount-namespace.ts';
import { openTo } from '../helpers/open-files.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('mounts of real namespaces');
const [major = 0, minor = 0] = release().split('.').map(Number);
const skip = unfit({ root: true, tools: ['unshare', 'mount', 'chroot'] });
const statmountSkip = skip ?? (major * 1000 + minor < 6015 ? 'needs Linux 6.15' : undefined);
const jailSkip = unfit({ root: true, tools: ['unshare', 'mount', 'chroot', 'busybox'] });
const noswapSkip = skip ?? (major * 1000 + minor < 6004 ? 'needs Linux 6.4' : undefined);

const directory = mkdtempSync(join(tmpdir(), 'podprobe-mounts-'));
test.after(() => rmdirSync(directory));

/** A tmpfs to mount in. */
async function withRoom(flags?: string[]): Promise<MountNamespace> {
  const namespace = await MountNamespace.start(flags);
  await namespace.run(`mount -t tmpfs room ${directory}; cd ${directory}`);
  return namespace;
}

/** The mounts made in it, by what stands behind the directory in their mount points. */
async function made(namespace: MountNamespace): Promise<Map<string, Mount>> {
  const { mounts } = await listMounts(namespace.pid);
  const inside = mounts.filter(({ mountPoint }) => mountPoint.toString('latin1').startsWith(`${directory}/`));
  return new Map(inside.map((mount) => [mount.mountPoint.toString('latin1').slice(directory.length + 1), mount]));
}

const oddNames = `
odd() { name=$(printf -- "$1x"); name=\${name%x}; mkdir -- "$name"; mount -t tmpfs -- "$2" "./$name"; }
odd 'a b' 'so urce'
odd 'tab\\there' '#hash'
odd 'new\\nline' 'new
line'
odd 'back\\\\slash' 'back\\\\040slash'
odd 'h#sh' ''
odd '\\377\\376' tmpfs
odd '\\\\040' -
odd '-' none
`;

const kinds = `
mkdir shared slave unbindable part gone
mount -t tmpfs one shared; mount --make-shared shared
mount --bind shared slave; mount --make-slave slave; mount --make-shared slave
mount -t tmpfs -o ro,nosuid,nodev,noexec,noatime,nodiratime two unbindable; mount --make-unbindable unbindable
mkdir shared/sub; mount --bind -o ro shared/sub part
mkdir shared/lost; mount --bind shared/lost gone; rmdir shared/lost
mkdir strict sync; mount -t tmpfs -o strictatime,nosymfollow three strict; mount -t tmpfs -o sync,dirsync,lazytime,size=64k four sync
mkdir lower 'upp er' work merged; mount -t overlay -o "lowerdir=lower,upperdir=upp er,workdir=work" overlay merged
`;

/** Starts a process in the jail, which ends when descriptor 3 is closed, and prints its pid. */
const jailed = `
mkfifo in; chroot jail /bin/busybox cat < in > /dev/null & exec 3> in
until [ "$(readlink /proc/$!/exe)" = ${directory}/jail/bin/busybox ]; do :; done
echo $!`;

test(
  'gives names as the bytes they are, whatever they are',
  async () => {
    await using namespace = await withRoom();
    await namespace.run(oddNames);
    const mounts = await made(namespace);
    const found = [...mounts].map(([name, { source }]) => [name, source.toString('latin1')]);
    assert.equal(found, [
      ['a b', 'so urce'],
      ['tab\there', '#hash'],
      ['new\nline', 'new\nline'],
      ['back\\slash', 'back\\\\040slash'],
      ['h#sh', ''],
      ['\xff\xfe', 'tmpfs'],
      ['\\040', '-'],
      ['-', 'none'],
    ]);
  },
  { skip },
);

test(
  'gives a large table whole, each time, and its memory back',
  async () => {
    await using namespace = await withRoom();
    await namespace.run(`
mkdir all src; mount -t tmpfs all all; mount -t tmpfs src src
for i in $(seq 40); do mkdir src/$i all/$i; mount -t tmpfs t src/$i; done
for i in $(seq 40); do mount --rbind src all/$i; done`);
    const lines = readFileSync(`/proc/${namespace.pid}/mountinfo`, 'latin1').split('\n').slice(0, -1);
    assert.ok(lines.length > 1600);
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 300; i++) {
      const { mounts } = await listMounts(namespace.pid);
      assert.is(mounts.length, lines.length);
      const last = mounts.at(-1) as Mount;
      assert.is(
        `${last.mountId} ${last.mountPoint.toString()}`,
        lines.at(-1)?.replace(/^(\d+) \S+ \S+ \S+ (\S+) .*/, '$1 $2'),
      );
    }
    // all of them together would be 1.2 GB
    assert.ok(process.memoryUsage.rss() - before < 300e6);
  },
  { skip },
);

test(
  'tells how mounts propagate, their options and what was unlinked',
  async () => {
    await using namespace = await withRoom();
    await namespace.run(kinds);
    const mounts = await made(namespace);
    const get = (name: string) => mounts.get(name) as Mount;
    assert.match(get('shared').optionalFields.join(' '), /^shared:\d+$/);
    assert.match(get('slave').optionalFields.join(' '), /^shared:\d+ master:\d+$/);
    assert.equal(get('unbindable').optionalFields, ['unbindable']);
    assert.is(get('unbindable').options, 'ro,nosuid,nodev,noexec,noatime,nodiratime');
    assert.is(get('unbindable').superOptions.split(',')[0], 'ro');
    assert.equal([get('part').readOnly, get('part').superOptions.split(',')[0]], [true, 'rw']);
    assert.is(get('part').root.toString(), '/sub');
    assert.is(get('gone').root.toString(), '/lost//deleted');
    assert.equal(get('part').device, get('shared').device);
    assert.match(get('merged').superOptions, /upperdir=upp\\040er/);
  },
  { skip },
);

test(
  'tells from where a mount gets what is mounted, when its master is out of sight',
  async () => {
    await using namespace = await withRoom();
    const [pid] = await namespace.run(`
mkdir -p jail b; mount --bind jail jail; mkdir -p jail/bin jail/a jail/c; cp /bin/busybox jail/bin/
mount -t tmpfs a jail/a; mount --make-shared jail/a
mount --bind jail/a b; mount --make-slave b; mount --make-shared b
mount --bind b jail/c; mount --make-slave jail/c
${jailed}`);
    const { mounts, source } = await listMounts(Number(pid));
    assert.is(source, 'mountinfo');
    const fields = new Map(mounts.map(({ mountPoint, optionalFields }) => [mountPoint.toString(), optionalFields]));
    assert.equal([...fields.keys()], ['/', '/a', '/c']);
    assert.match(fields.get('/a')?.join(' ') ?? '', /^shared:\d+$/);
    assert.match(fields.get('/c')?.join(' ') ?? '', /^master:\d+ propagate_from:\d+$/);
    await namespace.run('exec 3>&-; wait');
  },
  { skip: jailSkip },
);

test(
  'tells the same by statmount as by mountinfo, field by field',
  async () => {
    await using namespace = await withRoom();
    await namespace.run(oddNames);
    await namespace.run(kinds);
    const [one, other] = await Promise.all([listMounts(namespace.pid), listNamespaceMounts(namespace.pid)]);
    assert.equal([one.source, other.source], ['mountinfo', 'listmount']);
    assert.ok(one.length > 15);
    assert.equal(other.mounts.map(fieldsOf), one.mounts.map(fieldsOf));
    const own = await Promise.all([listMounts(process.pid), listNamespaceMounts(process.pid)]);
    assert.equal(own[1].mounts.map(fieldsOf), own[0].mounts.map(fieldsOf));
  },
  { skip: statmountSkip },
);

test(
  'finds the mount of one file, over links that stay in the root of the process',
  async () => {
    await using namespace = await withRoom();
    await namespace.run(
      `mkdir m n; mount -t tmpfs inner m; mkdir m/d; ln -s ../../../../../../${directory}/m/d n/link`,
    );
    const found = await findMount(namespace.pid, `${directory}/n/link`);
    assert.equal(fieldsOf(found), fieldsOf((await made(namespace)).get('m') as Mount));
    await rejects(findMount(namespace.pid, `${directory}/none`), { code: 'ENOENT', syscall: 'openat2' });
    await rejects(findMount(namespace.pid, '/proc/self/root/tmp'), { code: 'ELOOP' });
  },
  { skip },
);

test(
  'finds the mount of one file by statmount, and by mountinfo where there is none',
  async () => {
    await using namespace = await withRoom();
    const [pid = ''] = await namespace.run(`
mkdir jail; mount -t tmpfs jail jail; mkdir -p jail/bin jail/m/d; cp /bin/busybox jail/bin/; mount -t tmpfs inner jail/m
mkdir jail/m/d
${jailed}`);
    const fixture = fileURLToPath(new URL('../fixtures/find-mount.mjs', import.meta.url));
    const find = (prefix: string[], of: string | number, path: string): string => {
      const [program = '', ...args] = [...prefix, process.execPath, fixture, String(of), path];
      return execFileSync(program, args, { encoding: 'utf8' }).trim();
    };
    const without = [await hostile('without'), 'statmount'];
    const path = `${directory}/jail/m/d`;
    for (const prefix of [[], without]) assert.is(find(prefix, namespace.pid, path), `${directory}/jail/m /`);
    // they see a process after chroot from different roots, which tells who was asked
    assert.is(find([], pid, '/m/d'), `${directory}/jail/m /`);
    assert.is(find(without, pid, '/m/d'), '/m /');
    await namespace.run('exec 3>&-; wait');
  },
  { skip: statmountSkip ?? jailSkip },
);

test(
  'lists the mounts of the namespace when the root of the process is no mount',
  async () => {
    await using namespace = await withRoom();
    const [pid] = await namespace.run(`
mkdir -p jail/bin; cp /bin/busybox jail/bin/
mkdir mounted; mount -t tmpfs outside mounted
${jailed}`);
    assert.is(readFileSync(`/proc/${pid}/mountinfo`, 'latin1'), '');
    const table = await listMounts(Number(pid));
    assert.is(table.source, 'listmount');
    assert.ok(table.mounts.some(({ mountPoint }) => mountPoint.toString() === `${directory}/mounted`));
    await namespace.run('exec 3>&-; wait');
  },
  { skip: statmountSkip ?? jailSkip },
);

test(
  'lists the mounts of a process in a user namespace',
  async () => {
    await using namespace = await withRoom(['--user', '--map-root-user', '--mount']);
    await namespace.run('mkdir inside; mount -t tmpfs inside inside');
    assert.is((await made(namespace)).get('inside')?.source.toString(), 'inside');
  },
  { skip },
);

test(
  'lists 10,000 mounts',
  async () => {
    await using namespace = await withRoom();
    await namespace.run(
      'mkdir 0; mount -t tmpfs 0 0; for d in 1 2 3 4 5 6 7 8 9 a b c d; do mkdir $d; mount --rbind . $d 2>/dev/null; done; :',
    );
    const table = await listMounts(namespace.pid, { timeout: 20_000 });
    assert.ok(table.length > 10_000, `${table.length} mounts`);
    assert.is(table.length, readFileSync(`/proc/${namespace.pid}/mountinfo`, 'latin1').split('\n').length - 1);
    assert.is(new Set(table.mounts.map(({ mountId }) => mountId)).size, table.length);
    assert.is(table.malformed, 0);
  },
  { skip },
);

test(
  'shows noswap of a tmpfs',
  async () => {
    await using namespace = await withRoom();
    await namespace.run('mkdir never; mount -t tmpfs -o noswap never never');
    assert.ok((await made(namespace)).get('never')?.superOptions.split(',').includes('noswap'));
  },
  { skip: noswapSkip },
);

test(
  'tells of mount, remount and umount in a namespace, and of the end of its process',
  async () => {
    await using namespace = await withRoom();
    const events = watchMounts(namespace.pid);
    const next = async () => ((await events.next()).value as MountEvent | undefined)?.event;
    assert.is(await next(), 'ready');
    for (const command of ['mkdir m; mount -t tmpfs m m', 'mount -o remount,bind,ro m', 'umount m']) {
      await namespace.run(command);
      assert.is(await next(), 'change', command);
    }
    await namespace[Symbol.asyncDispose]();
    assert.is(await next(), 'gone');
    assert.ok((await events.next()).done);
  },
  { skip },
);

/** How many mount tables of others this process holds open. */
const openTables = (): number => openTo((path) => path.endsWith('/mountinfo'));

test(
  'lets the mounts of a watched process go with it',
  async () => {
    await using namespace = await withRoom();
    const events = watchMounts(namespace.pid);
    await events.next();
    assert.is(openTables(), 1);
    await namespace[Symbol.asyncDispose]();
    let last = await events.next();
    while ((last.value as MountEvent).event !== 'gone') last = await events.next();
    assert.is(openTables(), 0);
  },
  { skip },
);

test(
  'ends a watch at a signal, and at break',
  async () => {
    await using namespace = await withRoom();
    const controller = new AbortController();
    const events = watchMounts(namespace.pid, { signal: controller.signal });
    await events.next();
    const waiting = events.next();
    controller.abort();
    await rejects(waiting, { name: 'AbortError' });
    for await (const { event } of watchMounts(namespace.pid)) {
      assert.is(event, 'ready');
      break;
    }
    await rejects(watchMounts(2 ** 22 + 1).next(), { code: 'ESRCH' });
  },
  { skip },
);

test(
  'ends Workers that watch, while mounts change',
  async () => {
    await using namespace = await withRoom();
    await namespace.run('mkdir m; while :; do mount -t tmpfs m m; umount m; done & echo $! > pid');
    const index = new URL('../../dist/index.js', import.meta.url).href;
    const script = `const { parentPort } = require('node:worker_threads');
      import(${JSON.stringify(index)}).then(async ({ watchMounts }) => {
        for await (const { event } of watchMounts(${namespace.pid})) parentPort.postMessage(event);
      });`;
    for (let i = 0; i < 20; i++) {
      const worker = new Worker(script, { eval: true, execArgv: [] });
      assert.equal(await once(worker, 'message'), ['ready']);
      if (i % 2 === 0) await once(worker, 'message');
      await worker.terminate();
    }
    await namespace.run('kill $(cat pid); wait || :');
  },
  { skip },
);

test.run();
