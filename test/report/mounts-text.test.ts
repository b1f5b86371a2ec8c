import * as assert from 'uvu/assert';
import type { Mount, MountTable, SecretVolume, SecretVolumeSurvey } from '../../lib/index.ts';
import { explainText, mountsText } from '../../lib/report/mounts-text.ts';
import { createStyle } from '../../lib/report/style.ts';
import { mountTableOf } from '../helpers/mount-table.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('report: mounts');
const plain = createStyle(false);

const ROOT = ['/', '/', 'rw,relatime', 'shared:1 master:2', 'ext4', '/dev/vda', 'rw'] as const;
const IN = ['/', '/mnt/foo', 'ro', '', 'tmpfs', 'tmpfs', 'rw'] as const;
const OLD = ['/..1/caz//deleted', '/mnt/a b', 'ro', '', 'tmpfs', '', 'rw'] as const;
const HOST = [
  '/',
  '/var/lib/kubelet/pods/u/volumes/kubernetes.io~secret/foo',
  'rw',
  '',
  'tmpfs',
  'tmpfs',
  'rw',
] as const;
const [, inside, old, host] = mountTableOf([ROOT, IN, OLD, HOST]).mounts as [Mount, Mount, Mount, Mount];

const volume: SecretVolume = {
  kind: 'secret',
  volume: 'foo',
  podUid: 'u',
  containerPath: inside.mountPoint,
  hostPath: host.mountPoint,
  container: { readOnly: true },
  host: { readOnly: false },
  generation: '..2',
  keys: [Buffer.from('caz'), Buffer.from('f\x1boo')],
  subPath: null,
  subPathGeneration: null,
  stale: false,
  noswap: false,
  mounts: { container: inside, host },
};
const subPath: SecretVolume = {
  ...volume,
  containerPath: old.mountPoint,
  subPath: Buffer.from('caz'),
  subPathGeneration: '..1',
  stale: true,
  mounts: { container: old, host },
};

const survey = (volumes: SecretVolume[] = [], more: Partial<SecretVolumeSurvey> = {}): SecretVolumeSurvey => {
  return { volumes, unmatched: [], swapOn: false, ...more };
};
const linesOf = (table: MountTable, found = survey()): string[] => mountsText(7, table, found, plain);
const empty = mountTableOf([]);
/** What is said of volumes, with an empty table. */
const ofVolumes = (volumes: SecretVolume[], more?: Partial<SecretVolumeSurvey>): string =>
  linesOf(empty, survey(volumes, more)).slice(3).join('\n');

test('shows all fields in columns: optional ones, an empty source, what was unlinked', () => {
  assert.equal(linesOf(mountTableOf([ROOT, OLD])), [
    'process 7  2 mounts',
    '',
    'ID  PARENT  DEVICE  MOUNT POINT  TYPE   OPTIONS      OPTIONAL           ROOT               SOURCE    SUPER OPTIONS',
    '1   1       8:1     /            ext4   rw,relatime  shared:1 master:2  /                  /dev/vda  rw',
    '2   1       8:1     /mnt/a b     tmpfs  ro                              /..1/caz//deleted            rw',
    '',
    'No secret volume is known among them.',
  ]);
});

test('says that a table was cut, and how many lines were no mounts', () => {
  const [, ...lines] = linesOf(mountTableOf([ROOT], { truncated: true, malformed: 2 }));
  assert.equal(lines.slice(0, 3), [
    '2 lines of its mountinfo could not be read.',
    'The table was cut: it is larger than 32 MiB.',
    '',
  ]);
  assert.is(linesOf(mountTableOf([ROOT], { malformed: 1 }))[1], '1 line of its mountinfo could not be read.');
});

test('says of a process that sees no mount why, and whose mounts are listed instead', () => {
  assert.equal(linesOf(empty).slice(0, 4), [
    'process 7  0 mounts',
    'It sees no mount: its root directory is none (chroot).',
    '',
    '',
  ]);
  assert.match(linesOf(mountTableOf([ROOT], { byListmount: true }))[1] ?? '', /no mount \(chroot\).*its namespace/);
});

test('shows a secret volume with both its sides, its subPath, generation and keys', () => {
  assert.is(
    ofVolumes([volume, subPath]),
    [
      '',
      'secret foo of pod u',
      '  in the container  /mnt/foo                                          read-only',
      '  by subPath        /mnt/a b                                          read-only   caz, STALE of ..1; the volume is at ..2',
      '  on the node       /var/lib/kubelet/pods/u/volumes/kubernetes.io~secret/foo  read-write',
      '  generation ..2',
      '  keys caz, f\\x1boo',
      '  swap none is on (without noswap)',
    ].join('\n'),
  );
});

test('says what is not known of a volume', () => {
  const unknown = { ...volume, generation: null, keys: null };
  const text = ofVolumes([unknown, { ...subPath, generation: null, stale: null, subPathGeneration: null }]);
  assert.match(text, /^ {2}generation not known$/m);
  assert.match(text, /^ {2}keys not known: it may not be read$/m);
  assert.match(text, / caz, whether it is current is not known$/m);
  assert.match(ofVolumes([{ ...volume, keys: [] }]), /^ {2}keys none$/m);
  assert.match(ofVolumes([{ ...subPath, stale: false }]), / caz, current$/m);
});

const swaps: [swapOn: boolean | null, noswap: boolean, text: string][] = [
  [null, false, 'without noswap; whether swap is on is not known'],
  [true, false, 'possible: swap is on, and it is mounted without noswap'],
  [false, false, 'none is on (without noswap)'],
  [null, true, 'never: mounted with noswap'],
  [true, true, 'never: mounted with noswap'],
];
for (const [swapOn, noswap, text] of swaps) {
  test(`swap ${swapOn ?? 'unknown'}, ${noswap ? 'noswap' : 'no noswap'}: ${text}`, () => {
    assert.ok(ofVolumes([{ ...volume, noswap }], { swapOn }).endsWith(`  swap ${text}`));
  });
}

test('names what only looks like a secret volume, and says when that is not known', () => {
  const text = ofVolumes([], { unmatched: [Buffer.from('/mnt/x\x1b')] });
  assert.match(text, /^\/mnt\/x\\x1b looks like a secret volume, but no mount of the node .*\(--host\)\.$/m);
  assert.match(ofVolumes([], { unmatched: null }), /^Whether more of them look like secret volumes is not known\.$/m);
});

test('explains both sides of a volume, before a subPath of it', () => {
  const lines = explainText(mountTableOf([ROOT]), survey([subPath, volume]), plain);
  const meanings = lines.filter((line) => line.endsWith('unique mount id'));
  assert.is(meanings.length, 2);
  assert.equal(lines.slice(0, 2), ['secret foo, as the container sees it', '2 1 8:1 / /mnt/foo ro - tmpfs tmpfs rw']);
  assert.equal(lines.slice(13, 16), ['', 'as the node sees it', `4 1 8:1 / ${String(HOST[1])} rw - tmpfs tmpfs rw`]);
  assert.is(lines.at(-1), 'One file system: both are 8:1. It is read-only in the container, read-write on the node.');
});

test('explains the topmost mount of the root directory where there is no volume', () => {
  const over = ['/', '/', 'ro', '', 'overlay', 'overlay', 'ro'] as const;
  const lines = explainText(mountTableOf([ROOT, over, IN]), survey(), plain);
  assert.equal(lines.slice(0, 2), ['the mount of its root directory', '2 1 8:1 / / ro - overlay overlay ro']);
  assert.is(lines.length, 13);
  assert.equal(explainText(empty, survey(), plain), ['There is no mount to explain.']);
  assert.is(
    explainText(mountTableOf([ROOT]), survey(), plain)[1],
    '1 1 8:1 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw',
  );
});

test.run();
