import * as assert from 'uvu/assert';
import { NOBODY, podprobe, unfitForNobody } from '../helpers/command.ts';
import { Container } from '../helpers/container.ts';
import { checkNames } from '../helpers/doctor.ts';
import { hostile, startHostile, unfit } from '../helpers/hostile.ts';
import { assertKeeps, type SchemaName } from '../helpers/schema.ts';
import { suite } from '../helpers/suite.ts';
import { Target } from '../helpers/target.ts';
import { build } from '../helpers/toolchain.ts';

const test = suite('cli: JSON keeps to docs/schema');
const skip = unfit();
const env = { FIRST: '1' };

type Part = { state: string; reason: string | null; entries: Record<string, unknown>[] };
type Document = { initial: Part | null; live: Part | null; drift: object[] | null };

async function documentOf<Type extends object>(name: SchemaName, words: (string | number)[], code = 0): Promise<Type> {
  const result = await podprobe([...words, '--json']);
  assert.is(result.code, code, result.text);
  return assertKeeps<Type>(name, JSON.parse(result.stdout) as object);
}

const bytes = Buffer.from([0xff, 0xfe]);
const odd = [
  Buffer.from('A=1'),
  Buffer.from('A=2'),
  Buffer.from('no equals'),
  Buffer.from('=nameless'),
  Buffer.from('EMPTY='),
  Buffer.from('Ä=ö'),
  Buffer.concat([bytes, Buffer.from('='), bytes]),
  Buffer.concat([Buffer.from('B='), bytes]),
  bytes,
];

async function startPlain(entries: Buffer[]): Promise<Target> {
  const commands = [['gcc', '-O2', '-DREFER', '-o', 'OUT', 'SOURCES']];
  return Target.start([await build({ sources: ['target.c'], commands })], { entries });
}

type Case = {
  start: () => Promise<Target>;
  expect: [initial: string, live: string, drift: number | null];
  code?: number;
  root?: boolean;
};

const tampered = (mode: string) => () => startHostile(['tampering', mode], { env: { FIRST: '1', SECOND: 'two' } });

const cases: Record<string, Case> = {
  'nothing changed': { start: () => startPlain([Buffer.from('A=1')]), expect: ['intact', 'ok', 0] },
  'one added': { start: () => startHostile(['plain'], { env }), expect: ['intact', 'ok', 1] },
  'odd entries': { start: () => startPlain(odd), expect: ['intact', 'ok', 0] },
  'no variables': { start: () => startPlain([]), expect: ['empty', 'ok', 0] },
  cleared: {
    start: async () => {
      const target = await startPlain([Buffer.from('A=1')]);
      await target.clear();
      return target;
    },
    expect: ['intact', 'ok', 1],
  },
  'a static array': {
    start: async () => {
      const target = await startPlain([Buffer.from('A=1')]);
      await target.send('mine');
      return target;
    },
    expect: ['intact', 'ok', 3],
  },
  'written over': { start: tampered('titled'), expect: ['overwritten', 'ok', null] },
  relocated: { start: tampered('relocated'), expect: ['relocated', 'ok', null], root: true },
  'not known': {
    start: () => startHostile(['vectors', 'unmapped'], { env }),
    expect: ['intact', 'unknown', null],
    code: 5,
  },
  'found, and cut': {
    start: () => startHostile(['vectors', 'cyclic'], { env }),
    expect: ['intact', 'unknown', null],
    code: 5,
  },
  'its own section headers': {
    start: async () => Target.start([await hostile('tiny')], { env }),
    expect: ['intact', 'ok', 3],
  },
};

for (const [what, { start, expect, code = 0, root = false }] of Object.entries(cases)) {
  test(
    `env: ${what}`,
    async () => {
      await using target = await start();
      for (const words of [[], ['--reveal']]) {
        const { initial, live, drift } = await documentOf<Document>('env', ['env', target.pid, ...words], code);
        assert.equal([initial?.state, live?.state, drift?.length ?? null], expect);
        const shown = [...(initial?.entries ?? []), ...(live?.entries ?? [])];
        for (const entry of shown) {
          assert.is('value' in entry !== 'valueBase64' in entry, words.length > 0, JSON.stringify(entry));
        }
      }
      const alone = await documentOf<Document>('env', ['env', target.pid, '--live'], code);
      assert.equal([alone.initial, alone.live?.state, alone.drift], [null, expect[1], null]);
      const other = await documentOf<Document>('env', ['env', target.pid, '--initial']);
      assert.equal([other.initial?.state, other.live, other.drift], [expect[0], null, null]);
    },
    { skip: unfit({ root }) },
  );
}

test(
  'env: names and values that are not UTF-8, in base64',
  async () => {
    await using target = await startPlain(odd);
    const { live } = await documentOf<Document>('env', ['env', target.pid, '--reveal']);
    const shown = live?.entries.map(({ name, nameBase64, value, valueBase64 }) => [
      name,
      nameBase64,
      value,
      valueBase64,
    ]);
    const none = undefined;
    assert.equal(shown, [
      ['A', none, '1', none],
      ['A', none, '2', none],
      [null, none, 'no equals', none],
      ['', none, 'nameless', none],
      ['EMPTY', none, '', none],
      ['Ä', none, 'ö', none],
      [null, '//4=', none, '//4='],
      ['B', none, none, '//4='],
      [null, none, none, '//4='],
    ]);
  },
  { skip },
);

test(
  'env: nothing at all where it is not permitted',
  async () => {
    await using target = await startHostile(['plain'], { env });
    const { code, stdout } = await podprobe(['env', target.pid, '--json'], { uid: NOBODY });
    assert.equal([code, stdout], [4, '']);
  },
  { skip: skip ?? unfitForNobody() },
);

test(
  'ls: files of every kind, names that are not UTF-8, a link, one file',
  async () => {
    await using container = await Container.start('tree');
    type Listing = {
      entries: { name: string | null; nameBase64?: string; type: string; specialDevice: string | null }[];
    };
    const { entries } = await documentOf<Listing>('ls', ['ls', container.pid, '/special']);
    assert.is(entries.length, 9);
    assert.is(entries.find(({ name }) => name === null)?.nameBase64, '//4=');
    assert.is(entries.find(({ type }) => type === 'characterDevice')?.specialDevice, '1:3');
    await documentOf('ls', ['ls', container.pid, '/links']);
    const itself = await documentOf<Listing>('ls', ['ls', container.pid, '/links/dangling']);
    assert.equal(
      itself.entries.map(({ name, type }) => [name, type]),
      [['/links/dangling', 'symlink']],
    );
  },
  { skip: unfit({ root: true }) },
);

test('doctor', async () => {
  const { checks } = await documentOf<{ checks: { name: string }[] }>('doctor', ['doctor']);
  assert.equal(
    checks.map(({ name }) => name),
    checkNames,
  );
});

test(
  'doctor, without privileges',
  async () => {
    const { code, stdout } = await podprobe(['doctor', '--json'], { uid: NOBODY });
    assert.is(code, 0);
    assertKeeps('doctor', JSON.parse(stdout) as object);
  },
  { skip: unfitForNobody() },
);

test('demo setenv', async () => {
  const { after } = await documentOf<{ after: object }>('demo-setenv', ['demo', 'setenv']);
  assert.is(Reflect.get(Reflect.get(after, 'live'), 'foo'), 'bar');
});

test(
  'demo pod',
  async () => {
    const { userNamespace, after } = await documentOf<{ userNamespace: boolean; after: object }>('demo-pod', [
      'demo',
      'pod',
    ]);
    assert.is(userNamespace, false);
    assert.equal([Reflect.get(after, 'file'), Reflect.get(after, 'live')], ['new', 'bar']);
  },
  { skip: unfit({ root: true }) },
);

test(
  'demo: both',
  async () => {
    const { setenv, pod } = await documentOf<{ setenv: object; pod: object | null }>('demo', ['demo']);
    assert.ok(setenv && pod);
  },
  { skip: unfit({ root: true }) },
);

test(
  'demo: both, where no namespaces can be made',
  async () => {
    const prefix = [
      'unshare',
      '--user',
      '--map-root-user',
      'sh',
      '-c',
      'echo 0 > /proc/sys/user/max_mnt_namespaces && exec "$0" "$@"',
    ];
    const { code, stdout } = await podprobe(['demo', '--json'], { prefix });
    assert.is(code, 0);
    assert.is(assertKeeps<{ pod: object | null }>('demo', JSON.parse(stdout) as object).pod, null);
    const alone = await podprobe(['demo', 'pod'], { prefix });
    assert.is(alone.code, 4);
    assert.match(alone.stderr, /^podprobe: no namespaces can be made here\. .*unshare.*Run it as root/);
  },
  { skip: unfit({ root: true, tools: ['unshare'] }) },
);

test.run();
