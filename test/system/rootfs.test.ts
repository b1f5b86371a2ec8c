import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import * as assert from 'uvu/assert';
import { openIn, openProcess, readdirIn, readFileIn, readlinkIn, statIn } from '../../lib/index.ts';
import { commandLine, NOBODY, podprobe, unfitForNobody } from '../helpers/command.ts';
import { Container } from '../helpers/container.ts';
import { unfit } from '../helpers/hostile.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';
import { waitForState } from '../helpers/threads.ts';

const test = suite('files as a container sees them');
const skip = unfit({ root: true });
const MIB = 2 ** 20;

let tree: Container;
test.before(async () => {
  if (!skip) tree = await Container.start('tree');
});
test.after(() => tree?.stop());

const textOf = async (path: string | Uint8Array, pid = tree.pid) => (await readFileIn(pid, path)).toString();

test(
  'resolves absolute links and links with many .. below the root of the container',
  async () => {
    assert.is(await textOf('/dir/file'), 'inside');
    for (const path of ['/links/absolute', '/links/up', `/../../../..${tree.outside}/file`, '/links/root/dir/file']) {
      assert.is(await textOf(path), 'inside', path);
    }
    // what they are there to be compared with: a reader that trusts the kernel's own resolution gets the host's file
    assert.is(await readFile(tree.naive('/links/absolute'), 'utf8'), 'outside');
  },
  { skip },
);

const refused: [path: string, code: string, message: RegExp][] = [
  ['/links/one', 'ELOOP', /more than 40 symbolic links, or a loop/],
  ['/links/dangling', 'ENOENT', /openat2 '\/links\/dangling'/],
  ['/proc/1/root/etc/passwd', 'ELOOP', /a link of \/proc to an open file, a root/],
  ['/proc/1/root', 'ELOOP', /a link of \/proc to an open file, a root/],
  ['/proc/1/exe', 'ELOOP', /a link of \/proc to an open file, a root/],
  ['/proc/1/cwd/dir/file', 'ELOOP', /a link of \/proc to an open file, a root/],
  ['/proc/1/fd/0', 'ELOOP', /a link of \/proc to an open file, a root/],
  ['/proc/1/ns/mnt', 'ELOOP', /a link of \/proc to an open file, a root/],
  // nobody in there is this process
  ['/proc/self/root/etc/passwd', 'ENOENT', /openat2/],
  ['/proc/self/fd/0', 'ENOENT', /openat2/],
  ['/dir', 'EISDIR', /read '\/dir'/],
  ['/', 'EISDIR', /read '\/'/],
  ['/dir/file/x', 'ENOTDIR', /openat2/],
  ['/nowhere', 'ENOENT', /openat2/],
  ['/special/fifo', 'ENXIO', /a FIFO/],
  ['/special/socket', 'ENXIO', /a socket/],
  ['/special/null', 'ENXIO', /a character device/],
  ['/special/disk', 'ENXIO', /a block device/],
  ['/special/sparse', 'EFBIG', /it has 1099511627776 bytes, and maxBytes allows 16777216/],
  ['/special/large', 'EFBIG', /it has 67108864 bytes/],
  [`/${'x'.repeat(256)}`, 'ENAMETOOLONG', /openat2/],
  [`/${'x/'.repeat(2500)}`, 'ENAMETOOLONG', /openat2/],
];

for (const [path, code, message] of refused) {
  test(
    `refuses ${path.slice(0, 40)}: ${code}`,
    async () => {
      await rejects(readFileIn(tree.pid, path), { name: 'SystemError', code, message, path, pid: tree.pid });
      // a file without an end is opened, and not read before it is asked for
      if (code === 'EFBIG') await (await openIn(tree.pid, path)).close();
      else await rejects(openIn(tree.pid, path), { code, message });
    },
    { skip },
  );
}

test(
  'refuses the links of /proc of a process that shares the root of the reader',
  async () => {
    for (const path of ['/proc/self/root/etc/passwd', '/proc/self/fd/0']) {
      await rejects(readFileIn(process.pid, path), { code: 'ELOOP' });
    }
    assert.ok((await readFileIn(process.pid, '/proc/self/status')).includes('Name:'));
  },
  { skip },
);

test(
  'reads files of any length: empty, of /proc, of 64 MiB',
  async () => {
    assert.is((await readFileIn(tree.pid, '/special/empty')).length, 0);
    assert.match(await textOf('/proc/1/status'), /^Name:.*\n(.*\n)*Pid:\t1\n/);
    const large = await readFileIn(tree.pid, '/special/large', { maxBytes: 64 * MIB, timeout: 20_000 });
    assert.ok(large.equals(readFileSync(tree.naive('/special/large'))));
    await rejects(readFileIn(tree.pid, '/special/large', { maxBytes: 64 * MIB - 1 }), { code: 'EFBIG' });
    assert.is((await readFileIn(tree.pid, '/dir/file', { maxBytes: 6 })).toString(), 'inside');
    await rejects(readFileIn(tree.pid, '/dir/file', { maxBytes: 5 }), { code: 'EFBIG' });
    await rejects(readFileIn(tree.pid, '/proc/1/status', { maxBytes: 5 }), { code: 'EFBIG' });
  },
  { skip },
);

test(
  'reads parts of a file that is huge, and streams as fast as it is taken',
  async () => {
    await using sparse = await openIn(tree.pid, '/special/sparse');
    assert.is((await sparse.stat()).size, 2 ** 40);
    assert.ok((await sparse.read(2 ** 39, 4096)).equals(Buffer.alloc(4096)));
    assert.is((await sparse.read(2 ** 40 - 3, 4096)).length, 3);
    assert.is((await sparse.read(2 ** 40, 4096)).length, 0);
    let taken = 0;
    for await (const part of sparse.stream()) {
      taken += (part as Buffer).length;
      if (taken > 4 * MIB) break;
    }
    const hash = createHash('sha256');
    await using large = await openIn(tree.pid, '/special/large');
    for await (const part of large.stream()) hash.update(part as Buffer);
    assert.is(hash.digest('hex'), sha256(readFileSync(tree.naive('/special/large'))));
    const limited = large.stream({ maxBytes: 64 * MIB - 1 });
    await rejects(
      limited.forEach(() => {}),
      { code: 'EFBIG', message: /maxBytes allows 67108863/ },
    );
  },
  { skip },
);

test(
  'reads an open file to its end when its name is gone',
  async () => {
    await using container = await Container.start('tree');
    await using file = await openIn(container.pid, '/dir/file');
    rmSync(container.naive('/dir/file'));
    await rejects(readFileIn(container.pid, '/dir/file'), { code: 'ENOENT' });
    assert.is((await file.read(0, 100)).toString(), 'inside');
    assert.is((await file.stat()).links, 0);
  },
  { skip },
);

test(
  'lists names of any bytes, with what each is',
  async () => {
    const { entries, truncated } = await readdirIn(tree.pid, '/special', { details: true });
    const types = Object.fromEntries(entries.map(({ name, type }) => [name.toString('latin1'), type]));
    assert.is(truncated, false);
    assert.equal(types, {
      fifo: 'fifo',
      socket: 'socket',
      null: 'characterDevice',
      disk: 'blockDevice',
      sparse: 'file',
      empty: 'file',
      large: 'file',
      '\xff\xfe': 'file',
      'line\nbreak\x1b[31m': 'file',
    });
    for (const { name, type, status, link } of entries) {
      const host = statSync(Buffer.concat([Buffer.from(`${tree.naive('/special')}/`), name]), { bigint: true });
      assert.equal([status?.type, link], [type, null]);
      assert.equal(
        [status?.inode, status?.device, status?.specialDevice, status?.modified, BigInt(status?.size ?? -1)],
        [host.ino, host.dev, host.rdev, host.mtimeNs, host.size],
      );
      assert.equal([status?.uid, status?.gid, status?.links], [0, 0, Number(host.nlink)]);
      assert.is(status?.mode, Number(host.mode & 0o7777n));
    }
    const plain = await readdirIn(tree.pid, '/special');
    assert.ok(plain.entries.every(({ status, link }) => status === null && link === null));
    const cut = await readdirIn(tree.pid, '/special', { maxEntries: 3 });
    assert.equal([cut.entries.length, cut.truncated], [3, true]);
    assert.is((await readdirIn(tree.pid, '/special', { maxEntries: 9 })).truncated, false);
    assert.is(await textOf(Buffer.from('/special/\xff\xfe', 'latin1')), 'not UTF-8');
    assert.is(await textOf('/special/line\nbreak\x1b[31m'), 'odd name');
    await rejects(readdirIn(tree.pid, '/dir/file'), { code: 'ENOTDIR' });
  },
  { skip },
);

test(
  'tells links from what they lead to',
  async () => {
    const links = await readdirIn(tree.pid, '/links', { details: true });
    const targets = new Map(links.entries.map(({ name, link }) => [name.toString(), link?.toString()]));
    assert.is(targets.get('absolute'), `${tree.outside}/file`);
    assert.is(targets.get('one'), 'two');
    assert.is((await readlinkIn(tree.pid, '/links/dangling')).toString(), '/nowhere');
    assert.match((await readlinkIn(tree.pid, '/proc/1/exe')).toString(), /container/);
    await rejects(readlinkIn(tree.pid, '/dir/file'), { code: 'EINVAL' });
    assert.is((await statIn(tree.pid, '/links/absolute')).type, 'file');
    assert.is((await statIn(tree.pid, '/links/absolute', { followLinks: false })).type, 'symlink');
    assert.is((await statIn(tree.pid, '/special/fifo')).type, 'fifo');
    await rejects(statIn(tree.pid, '/links/dangling'), { code: 'ENOENT' });
  },
  { skip },
);

test(
  'takes the root of a process that has changed it for its root',
  async () => {
    await using jail = await Container.start('chroot');
    for (const path of ['/dir/file', '/up', '/../../dir/file'])
      assert.is(await textOf(path, jail.pid), 'in jail', path);
    await rejects(readFileIn(jail.pid, '/proc/1/status'), { code: 'ENOENT' });
  },
  { skip },
);

test(
  'reads in a container with a user namespace of its own',
  async () => {
    await using container = await Container.start('user');
    assert.is(await textOf('/links/absolute', container.pid), 'inside');
    assert.is((await statIn(container.pid, '/dir/file')).uid, 0);
  },
  { skip },
);

test(
  'reads through another thread when the first has exited',
  async () => {
    await using container = await Container.start('leaderless');
    assert.is(await textOf('/dir/file', container.pid), 'inside');
  },
  { skip },
);

test(
  'says of a process that has gone, and of a zombie, that it has',
  async () => {
    const container = await Container.start('tree');
    await using held = await openProcess(container.pid);
    await container.stop();
    await rejects(readFileIn(held, '/dir/file'), { code: 'ESRCH' });
    await rejects(readFileIn(container.pid, '/dir/file'), { code: 'ESRCH' });
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 1000'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const pid = Number((await once(parent.stdout, 'data'))[0]);
      await waitForState(pid, 'Z');
      await rejects(readFileIn(pid, '/etc/hostname'), { code: 'ESRCH', message: /zombie/ });
    } finally {
      parent.kill('SIGKILL');
    }
  },
  { skip },
);

test(
  'takes the root of a kernel thread for that of the node',
  async () => {
    assert.match(await textOf('/proc/version', 2), /^Linux/);
  },
  { skip: skip ?? unfitForKernelThreads() },
);

test(
  'cat writes every byte of a large file, and reads as its reader takes',
  async () => {
    const [program, ...args] = commandLine(['cat', tree.pid, '/special/large']);
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const hash = createHash('sha256');
    for await (const part of child.stdout) hash.update(part as Buffer);
    assert.is(hash.digest('hex'), sha256(readFileSync(tree.naive('/special/large'))));
    const endless = await podprobe(['cat', tree.pid, '/special/sparse'], {
      prefix: ['sh', '-c', '"$@" | head -c 5000000 | wc -c', 'sh'],
    });
    assert.equal([endless.code, endless.text.trim()], [0, '5000000']);
  },
  { skip },
);

const commandCases: [words: string[], code: number, text: RegExp][] = [
  [['cat', '/links/up'], 0, /^inside$/],
  [['cat', '/special/empty'], 0, /^$/],
  [['cat', '/nowhere'], 3, /^podprobe: ENOENT: no such file or directory, openat2 '\/nowhere'\n$/],
  [['cat', '/special/fifo'], 5, /a FIFO/],
  [['cat', '/dir'], 5, /EISDIR/],
  [['cat', '/proc/1/root'], 5, /ELOOP/],
  [['cat', '--max-bytes=3', '/dir/file'], 5, /EFBIG/],
  [['cat', 'dir/file'], 2, /path must be absolute/],
  [['cat', '--max-bytes=x', '/dir/file'], 2, /--max-bytes must be a number of bytes/],
  [['ls', '/dir'], 0, /^MODE.*NAME\n-rw-r--r-- {2}0 {4}0 {7}6 {2}\d{4}-\d\d-\d\dT[\d:]+Z {2}file\n$/],
  [['ls', '/dir/file'], 0, / \/dir\/file\n$/],
  [['ls', '/links/dangling'], 0, /\/links\/dangling -> \/nowhere\n$/],
  [['ls', '/links'], 0, / one -> two\n/],
  [['ls', '/special'], 0, /^crw.* 1, 3 .* null\n/m],
  [['ls', '/special'], 0, / line\\x0abreak\\x1b\[31m\n/],
  [['ls', '/special'], 0, / \\xff\\xfe\n/],
  [['ls', '/nowhere'], 3, /ENOENT/],
];

for (const [[command = '', ...words], code, text] of commandCases) {
  test(
    `exits ${code} for ${command} ${words.join(' ')}: ${text}`,
    async () => {
      const result = await podprobe([command, tree.pid, ...words]);
      assert.is(result.code, code, result.text);
      assert.match(result.text, text);
      assert.not.match(result.stderr, /^\s+at /m);
    },
    { skip },
  );
}

test(
  'is refused to other users, and says which permission is missing',
  async () => {
    const other = await podprobe(['cat', tree.pid, '/dir/file'], { uid: NOBODY });
    assert.is(other.code, 4);
    assert.match(other.stderr, /EACCES.*\/root'.*another user/);
    const own = spawn('sleep', ['1000'], { uid: NOBODY, gid: NOBODY, stdio: 'ignore' });
    try {
      const shadow = await podprobe(['cat', String(own.pid), '/etc/shadow'], { uid: NOBODY });
      assert.is(shadow.code, 4);
      assert.is(shadow.stderr, "podprobe: EACCES: permission denied, open '/etc/shadow'\n");
      assert.is((await podprobe(['cat', String(own.pid), '/proc/version'], { uid: NOBODY })).code, 0);
    } finally {
      own.kill();
    }
  },
  { skip: skip ?? unfitForNobody() },
);

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function unfitForKernelThreads(): string | undefined {
  const flags = Number(readStat(2).split(' ')[6]);
  return (flags & 0x0020_0000) !== 0 ? undefined : 'needs the pid namespace of the host';
}

function readStat(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^\d+ \(.*\)/, '0');
  } catch {
    return '';
  }
}

test.run();
