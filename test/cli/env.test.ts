import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { CgroupTree, cgroupsMissing } from '../helpers/cgroup.ts';
import { podprobe } from '../helpers/command.ts';
import { unfit } from '../helpers/hostile.ts';
import { suite } from '../helpers/suite.ts';
import { Target } from '../helpers/target.ts';
import { build } from '../helpers/toolchain.ts';

const test = suite('cli: env');
const skip = unfit();
const env = { PATH: '/usr/bin:/bin', A_LONGER_NAME: 'before', GONE: '1' };

const directory = mkdtempSync(join(tmpdir(), 'podprobe-cli-'));
test.after(() => rmSync(directory, { recursive: true }));
const key = Buffer.from('a key of more than sixteen bytes');
const keyFile = join(directory, 'key');
writeFileSync(keyFile, key);

/** A target with one variable added, one changed and one removed. */
async function startChanged(): Promise<Target> {
  const commands = [['gcc', '-O2', '-o', 'OUT', 'SOURCES']];
  const target = await Target.start([await build({ sources: ['target.c'], commands })], { env });
  await target.set('A_LONGER_NAME', 'after');
  await target.unset('GONE');
  await target.set('NEW', '');
  return target;
}

type Entry = { name: string; length: number; fingerprint: string; value?: string };
type Block = { state: string; entries: Entry[] };
type Document = {
  process: { container: { kind: string; podUid: string | null } | null };
  initial: Block | null;
  live: Block | null;
  drift: { name: string; change: string }[] | null;
};

async function documentOf(words: (string | number)[]): Promise<Document> {
  const { code, stdout, stderr } = await podprobe(['env', '--json', ...words]);
  assert.equal([code, stderr], [0, '']);
  assert.ok(stdout.endsWith('}\n'));
  return JSON.parse(stdout) as Document;
}

const namesOf = (block: Block | null) => block?.entries.map(({ name }) => name);
const fingerprintsOf = (block: Block | null) => block?.entries.map(({ fingerprint }) => fingerprint);

test(
  'prints both, and what has changed, in columns',
  async () => {
    await using target = await startChanged();
    const { code, stdout, stderr } = await podprobe(['env', target.pid]);
    assert.equal([code, stderr], [0, '']);
    const [head = '', initial = '', live = '', blank, header = '', ...rows] = stdout.split('\n');
    assert.match(head, new RegExp(`^process ${target.pid} \\(target\\.c-[0-9a-f]+\\) {2}/.*target\\.c-`));
    assert.is(initial, 'initial  intact, 3 variables');
    assert.match(live, /^live {5}ok, 3 variables; glibc by dynsym, vector at 0x[0-9a-f]+ in \[(heap|stack)\]$/);
    assert.is(blank, '');
    const at = ['NAME', 'BYTES', 'FINGERPRINT', 'CHANGE'].map((name) => header.indexOf(name));
    const table = rows.slice(0, 4).map((row) => [0, ...at].map((from, i) => row.slice(from, at[i]).trim()));
    assert.equal(
      table.map(([mark, name, bytes, fingerprint = '', change]) => [mark, name, bytes, fingerprint.length, change]),
      [
        ['', 'PATH', '13', 16, ''],
        ['~', 'A_LONGER_NAME', '5', 16, 'changed'],
        ['+', 'NEW', '0', 16, 'added'],
        ['-', 'GONE', '1', 16, 'removed'],
      ],
    );
    assert.equal(rows.slice(4), ['', 'Since the start: 1 added, 1 changed, 1 removed.', '']);
  },
  { skip },
);

const wide = { initial: ['PATH', 'A_LONGER_NAME', 'GONE'], live: ['PATH', 'A_LONGER_NAME', 'NEW'] };
const choices: [words: string[], initial: string[] | undefined, live: string[] | undefined][] = [
  [[], wide.initial, wide.live],
  [['--initial', '--live'], wide.initial, wide.live],
  [['--initial'], wide.initial, undefined],
  [['--live'], undefined, wide.live],
  [['--stop'], wide.initial, wide.live],
  [['--live', '--stop', '--stop-timeout', '100'], undefined, wide.live],
];

for (const [words, initial, live] of choices) {
  test(
    `gives the parts that were asked for: ${words.join(' ') || 'none named'}`,
    async () => {
      await using target = await startChanged();
      const document = await documentOf([target.pid, ...words]);
      assert.equal([namesOf(document.initial), namesOf(document.live)], [initial, live]);
      const drift = document.drift?.map(({ name, change }) => `${change} ${name}`);
      assert.equal(drift, initial && live ? ['changed A_LONGER_NAME', 'removed GONE', 'added NEW'] : undefined);
      const { code, stdout, text } = await podprobe(['env', target.pid, ...words]);
      assert.is(code, 0, text);
      assert.equal(
        [/^initial /m, /^live /m, /^Since the start/m].map((pattern) => pattern.test(stdout)),
        [initial !== undefined, live !== undefined, initial !== undefined && live !== undefined],
      );
      assert.is((await target.get('A_LONGER_NAME'))?.toString(), 'after');
    },
    { skip },
  );
}

test(
  'says null for a drift that was not asked for',
  async () => {
    await using target = await startChanged();
    for (const part of ['--initial', '--live']) assert.is((await documentOf([target.pid, part])).drift, null);
  },
  { skip },
);

test(
  'shows values with --reveal',
  async () => {
    await using target = await startChanged();
    const { live } = await documentOf([target.pid, '--reveal']);
    assert.equal(
      live?.entries.map(({ name, value, length }) => [name, value, length]),
      [
        ['PATH', '/usr/bin:/bin', 13],
        ['A_LONGER_NAME', 'after', 5],
        ['NEW', '', 0],
      ],
    );
    const { stdout } = await podprobe(['env', target.pid, '--reveal']);
    assert.match(stdout, /NAME .* CHANGE +VALUE\n/);
    assert.match(stdout, /A_LONGER_NAME +5 +[0-9a-f]{16} +changed +after\n/);
    assert.match(stdout, /GONE +1 +[0-9a-f]{16} +removed +1\n/);
  },
  { skip },
);

test(
  'has no values without it',
  async () => {
    await using target = await startChanged();
    const { initial, live } = await documentOf([target.pid]);
    const fields = new Set([...(initial?.entries ?? []), ...(live?.entries ?? [])].flatMap(Object.keys));
    assert.equal([...fields].sort(), ['fingerprint', 'length', 'name']);
  },
  { skip },
);

test(
  'gives fingerprints that compare between runs under one key, and not without',
  async () => {
    await using target = await startChanged();
    const keyed = async () => fingerprintsOf((await documentOf([target.pid, '--fingerprint-key', keyFile])).live);
    const drawn = async () => fingerprintsOf((await documentOf([target.pid])).live);
    const expected = ['/usr/bin:/bin', 'after', ''].map((value) =>
      createHmac('sha256', key).update(value).digest('hex').slice(0, 16),
    );
    assert.equal(await keyed(), expected);
    assert.equal(await keyed(), expected);
    const [one, two] = [await drawn(), await drawn()];
    assert.is(new Set([...(one ?? []), ...(two ?? []), ...expected]).size, 9, 'fingerprints of two keys agree');
  },
  { skip },
);

test(
  'gives equal values equal fingerprints within a run, initial and live',
  async () => {
    await using target = await startChanged();
    const { initial, live } = await documentOf([target.pid]);
    const [path, changed] = fingerprintsOf(initial) ?? [];
    const [samePath, otherValue] = fingerprintsOf(live) ?? [];
    assert.is(path, samePath);
    assert.is.not(changed, otherValue);
  },
  { skip },
);

test(
  'takes the same key from a pipe as from a file',
  async () => {
    await using target = await startChanged();
    const prefix = ['/bin/sh', '-c', `cat '${keyFile}' | "$@"`, 'sh'];
    const words = ['env', target.pid, '--json', '--fingerprint-key', '/dev/stdin'];
    const [piped, read] = [await podprobe(words, { prefix }), await podprobe([...words.slice(0, -1), keyFile])];
    assert.is(piped.code, 0, piped.stderr);
    assert.equal(fingerprintsOf(JSON.parse(piped.stdout).live), fingerprintsOf(JSON.parse(read.stdout).live));
  },
  { skip },
);

test(
  'tells which pod it is of',
  async () => {
    const [uid, id] = ['6f7e1acc-0a2c-4b6e-9a54-6b8d5c8b9a01', '0f'.repeat(32)];
    await using groups = new CgroupTree();
    const pid = await groups.start(`/kubepods/burstable/pod${uid}/${id}`);
    const { code, stdout } = await podprobe(['env', pid, '--initial']);
    assert.equal([code, stdout.split('\n')[1]], [0, `pod uid ${uid}, container 0f0f0f0f0f0f0`]);
    const { process: shown } = await documentOf([pid, '--initial']);
    assert.equal([shown.container?.kind, shown.container?.podUid], ['pod', uid]);
  },
  { skip: skip ?? cgroupsMissing() },
);

test.run();
