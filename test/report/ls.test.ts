import * as assert from 'uvu/assert';
import type { DirectoryEntry, FileStatus } from '../../lib/index.ts';
import { lsDocument, lsText } from '../../lib/report/ls.ts';
import { createStyle } from '../../lib/report/style.ts';
import { assertKeeps } from '../helpers/schema.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('report: a directory');
const plain = createStyle(false);
const status: FileStatus = {
  type: 'file',
  mode: 0o644,
  uid: 1000,
  gid: 100,
  links: 1,
  size: 42,
  inode: 2n ** 64n - 1n,
  device: 254n << 8n,
  specialDevice: 0n,
  modified: 1_763_879_121_000_000_000n,
};

const entry = (name: string | Buffer, more: Partial<FileStatus> = {}, link: string | null = null): DirectoryEntry => {
  const own = { ...status, ...more };
  return {
    name: Buffer.from(name as string),
    type: own.type,
    status: own,
    link: link === null ? null : Buffer.from(link),
  };
};

const lines = (entries: DirectoryEntry[], truncated = false) => lsText({ entries, truncated }, plain);

test('shows mode, owner, size, time and name in columns', () => {
  assert.equal(lines([entry('a'), entry('b', { type: 'directory', mode: 0o755, size: 4096, uid: 0, gid: 0 })]), [
    'MODE        UID   GID  SIZE  MODIFIED              NAME',
    '-rw-r--r--  1000  100    42  2025-11-23T06:25:21Z  a',
    'drwxr-xr-x  0     0    4096  2025-11-23T06:25:21Z  b',
  ]);
});

const modes: [mode: number, text: string][] = [
  [0o777, 'rwxrwxrwx'],
  [0, '---------'],
  [0o4755, 'rwsr-xr-x'],
  [0o2644, 'rw-r-Sr--'],
  [0o1777, 'rwxrwxrwt'],
  [0o7000, '--S--S--T'],
];

for (const [mode, text] of modes) {
  test(`shows mode ${mode.toString(8)} as ls does`, () => {
    assert.ok(lines([entry('a', { mode })])[1]?.startsWith(`-${text} `));
  });
}

test('shows what a link says and what a device stands for', () => {
  assert.match(lines([entry('l', { type: 'symlink' }, '..data/l')])[1] ?? '', /^l.* l -> ..data\/l$/);
  const large = (0x12345n << 32n) & ~0xfff_ffff_ffffn;
  assert.match(lines([entry('d', { type: 'blockDevice', specialDevice: 0x803n })])[1] ?? '', /^b.* 8, 3 /);
  assert.match(lines([entry('d', { type: 'characterDevice', specialDevice: large | (5n << 12n) })])[1] ?? '', /^c/);
});

test('lets no byte of a name reach the terminal as it is', () => {
  const odd = [entry('a\x1b[31m\nb'), entry(Buffer.from([0xff, 0x41, 0x0a])), entry('\u202egnp.exe')];
  const text = lines(odd);
  assert.equal(
    text.slice(1).map((line) => line.replace(/.*Z {2}/, '')),
    ['a\\x1b[31m\\x0ab', '\\xffA\\x0a', '\\u{202e}gnp.exe'],
  );
});

test('says what is missing', () => {
  const gone: DirectoryEntry = { name: Buffer.from('gone'), type: 'unknown', status: null, link: null };
  const text = lines([gone], true).join('\n');
  assert.match(text, /^\?\?{9} .* gone$/m);
  assert.match(text, /1 of them went meanwhile/);
  assert.match(text, /There are more/);
  assert.equal(lines([]), ['empty']);
});

test('keeps to the schema, whatever a file system says', () => {
  const entries = [
    entry('a'),
    entry('l', { type: 'symlink' }, 'x'),
    entry('time', { modified: -(2n ** 63n) * 1_000_000_000n }),
    entry(Buffer.from([0xff])),
    { name: Buffer.from('gone'), type: 'unknown' as const, status: null, link: null },
  ];
  type Document = { entries: { inode: string; device: string; modified: string | null }[] };
  const { entries: shown } = assertKeeps<Document>('ls', lsDocument(1, '/', { entries, truncated: false }));
  assert.equal([shown[0]?.inode, shown[0]?.device], ['18446744073709551615', '254:0']);
  assert.equal([shown[0]?.modified, shown[2]?.modified], ['2025-11-23T06:25:21.000Z', null]);
});

test.run();
