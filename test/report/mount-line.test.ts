import * as assert from 'uvu/assert';
import type { Mount } from '../../lib/index.ts';
import { explainLine, mountLine } from '../../lib/report/mount-line.ts';
import { createStyle } from '../../lib/report/style.ts';
import { mountTableOf, type MountTexts } from '../helpers/mount-table.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('report: a line of mountinfo');
const plain = createStyle(false);

const mountOf = (...texts: MountTexts): Mount => mountTableOf([texts]).mounts[0] as Mount;
const volume = mountOf('/', '/mnt/foo', 'ro,relatime', 'shared:7 master:1', 'tmpfs', 'tmpfs', 'rw,size=4k');

test('explains all eleven fields, each below its place', () => {
  assert.equal(explainLine(volume, plain), [
    '1 1 8:1 / /mnt/foo ro,relatime shared:7 master:1 - tmpfs tmpfs rw,size=4k',
    '| | |   | |        |           |                 | |     |     options of the file system, the same in all its mounts',
    '| | |   | |        |           |                 | |     mount source',
    '| | |   | |        |           |                 | file system type',
    '| | |   | |        |           |                 separator that ends the optional fields',
    '| | |   | |        |           optional fields: how mounts propagate',
    '| | |   | |        per-mount options: read-only here',
    "| | |   | mount point, seen from the process's root directory",
    '| | |   path in the file system that forms the root of this mount',
    '| | major:minor of the device that the files of this file system have',
    '| id of the parent mount',
    'unique mount id',
  ]);
});

test('gives optional fields that are not there no room, and says that there are none', () => {
  const mount = mountOf('/', '/', 'rw', '', 'ext4', '/dev/vda', 'rw');
  assert.equal(explainLine(mount, plain).slice(0, 7), [
    '1 1 8:1 / / rw - ext4 /dev/vda rw',
    '| | |   | | |  | |    |        options of the file system, the same in all its mounts',
    '| | |   | | |  | |    mount source',
    '| | |   | | |  | file system type',
    '| | |   | | |  separator that ends the optional fields',
    '| | |   | | |  no optional fields',
    '| | |   | | per-mount options: read-write here',
  ]);
});

test('keeps the place of an empty source, and says that it is empty', () => {
  const lines = explainLine(mountOf('/', '/run', 'rw', '', 'tmpfs', '', 'rw,mode=755'), plain);
  assert.equal(lines.slice(0, 4), [
    '1 1 8:1 / /run rw - tmpfs  rw,mode=755',
    '| | |   | |    |  | |     |options of the file system, the same in all its mounts',
    '| | |   | |    |  | |     mount source: empty',
    '| | |   | |    |  | file system type',
  ]);
});

test('keeps what was unlinked as it is told', () => {
  const mount = mountOf('/..2026/caz//deleted', '/mnt/caz', 'ro', '', 'tmpfs', 'tmpfs', 'rw');
  assert.is(mountLine(mount), '1 1 8:1 /..2026/caz//deleted /mnt/caz ro - tmpfs tmpfs rw');
});

const escapes: [bytes: string, text: string][] = [
  [' ', '\\040'],
  ['\t', '\\011'],
  ['\n', '\\012'],
  ['\\', '\\134'],
  ['\x1b', '\\033'],
  [Buffer.from('\u202e').toString('latin1'), '\\342\\200\\256'],
  [Buffer.from('é').toString('latin1'), 'é'],
  ['\xff \xe9', '\\377\\040\\351'],
];
for (const [bytes, text] of escapes) {
  test(`writes ${JSON.stringify(bytes)} in names as ${text}`, () => {
    const name = `/a${bytes}b`;
    const shown = `/a${text}b`;
    assert.is(
      mountLine(mountOf(name, name, 'rw', '', 'x', name, 'rw')),
      `1 1 8:1 ${shown} ${shown} rw - x ${shown} rw`,
    );
  });
}

test('escapes a number sign in the source alone, as the kernel does', () => {
  assert.is(mountLine(mountOf('/#', '/#', 'rw', '', 'x', '#', 'rw')), '1 1 8:1 /# /# rw - x \\043 rw');
});

test('leaves the escapes of the kernel in the other fields, and lets nothing of them act upon the terminal', () => {
  const mount = mountOf('/', '/', 'rw\\040\x1b', 'shared:1\x1b', 'fuse.a\\134b\x07', 's', 'rw,lowerdir=a\\072b\x1b');
  assert.is(mountLine(mount), '1 1 8:1 / / rw\\040\\033 shared:1\\033 - fuse.a\\134b\\007 s rw,lowerdir=a\\072b\\033');
});

test('dims the lines that lead to a field, not what is said of it', () => {
  const [, last, ...rest] = explainLine(volume, (format, text) => `<${format} ${text}>`);
  assert.match(last ?? '', /^<dim [| ]+>options of the file system/);
  assert.is(rest.at(-1), '<dim >unique mount id');
});

test.run();
