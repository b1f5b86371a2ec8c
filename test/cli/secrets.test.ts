import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { readEnvironment } from '../../lib/index.ts';
import { NOBODY, podprobe, type Result, unfitForNobody } from '../helpers/command.ts';
import { formsOf } from '../helpers/forms.ts';
import { startHostile, unfit } from '../helpers/hostile.ts';
import { suite } from '../helpers/suite.ts';
import { Target } from '../helpers/target.ts';
import { build } from '../helpers/toolchain.ts';

const test = suite('cli: secrets');
const skip = unfit();

// Long enough that no part of one turns up by chance, and different in every place.
const planted = {
  initial: 'S3CR3T-initial-8Qw1zX',
  live: 'S3CR3T-live-only-p0Lm4T',
  replaced: 'S3CR3T-replaced-Hy7vB2',
  bare: 'S3CR3T-no-equals-Kd93sN',
  bytes: 'S3CR3T-not-utf8-\xff\xfe-Zx2',
  long: `S3CR3T-long-${'m5Rg'.repeat(300)}`,
  argument: 'S3CR3T-argument-Ju6tFc',
  key: 'S3CR3T-fingerprint-key-We4r',
  own: 'S3CR3T-of-the-reader-Nb1q',
};
const values = Object.values(planted).map((text) => Buffer.from(text, 'latin1'));

const directory = mkdtempSync(join(tmpdir(), 'podprobe-secrets-'));
test.after(() => rmSync(directory, { recursive: true }));
const keyFile = join(directory, 'key');
const shortKeyFile = join(directory, 'short');
writeFileSync(keyFile, planted.key);
writeFileSync(shortKeyFile, 'S3CR3T-short');

const forbidden = [...values.flatMap(formsOf), 'S3CR3T', ...formsOf(Buffer.from('S3CR3T')).slice(1)];

function findLeaks(text: string): string[] {
  return forbidden.filter((form) => text.includes(form));
}

function assertSilent({ text, code }: Result, expected: number): void {
  assert.is(code, expected, text);
  assert.ok(text.length > 0, 'it printed nothing');
  assert.equal(findLeaks(text), []);
}

const entry = (name: string, value: string) => Buffer.from(`${name}=${value}`, 'latin1');
const entries = [
  entry('INITIAL', planted.initial),
  entry('REPLACED', planted.replaced),
  Buffer.from(planted.bare),
  entry('BYTES', planted.bytes),
  entry('LONG', planted.long),
];

async function startPlanted(): Promise<Target> {
  const commands = [['gcc', '-O2', '-o', 'OUT', 'SOURCES']];
  const program = await build({ sources: ['target.c'], commands });
  const target = await Target.start([program, planted.argument], { entries });
  await target.set('LIVE', planted.live);
  await target.set('REPLACED', 'by something else');
  return target;
}

test('are found in every form that they are looked for in', () => {
  for (const value of values) {
    for (const form of [value.toString('latin1'), value.toString('hex'), value.toString('base64').slice(0, 20)]) {
      assert.ok(findLeaks(`x${form}x`).length > 0, form);
    }
    for (const lead of ['a', 'ab']) {
      const text = Buffer.concat([Buffer.from(lead), value, Buffer.from('tail')]).toString('base64');
      assert.ok(findLeaks(text).length > 0, text);
    }
  }
  assert.equal(findLeaks('process 1 (sleep) 0123456789abcdef'), []);
});

const silent: string[][] = [
  [],
  ['--json'],
  ['--initial'],
  ['--live', '--json'],
  ['--stop'],
  ['--exit-code'],
  ['--fingerprint-key', keyFile],
  ['--fingerprint-key', keyFile, '--json'],
];

for (const words of silent) {
  test(
    `are not in what is printed: env ${words.join(' ').replace(directory, '')}`,
    async () => {
      await using target = await startPlanted();
      assertSilent(await podprobe(['env', target.pid, ...words]), words.includes('--exit-code') ? 1 : 0);
    },
    { skip },
  );
}

for (const json of [[], ['--json']]) {
  test(
    `are there with --reveal, so that what is looked for can be found${json.length > 0 ? ', as JSON' : ''}`,
    async () => {
      await using target = await startPlanted();
      const { stdout } = await podprobe(['env', target.pid, '--reveal', ...json]);
      for (const what of ['initial', 'live', 'bare', 'long'] as const) {
        // the table shows the live ones; what is gone or replaced is in the document only
        assert.ok(stdout.includes(planted[what]), what);
      }
      assert.is(stdout.includes(planted.replaced), json.length > 0);
      const bytes = Buffer.from(planted.bytes, 'latin1');
      assert.is(stdout.includes(bytes.toString('base64')), json.length > 0);
      for (const what of ['argument', 'key', 'own'] as const) assert.not.ok(stdout.includes(planted[what]), what);
    },
    { skip },
  );
}

const states: [what: string, words: readonly [string, ...string[]], code: number][] = [
  ['written over', ['tampering', 'titled'], 0],
  ['cleared with zeros', ['tampering', 'zeroed'], 0],
  ['relocated', ['tampering', 'relocated'], 0],
  ['not known', ['vectors', 'unmapped'], 5],
  ['full of what cannot be read', ['vectors', 'bad-entries'], 5],
  ['a zombie', ['stages', 'zombie'], 3],
];

for (const [what, words, code] of states) {
  test(
    `are not in what is printed of an environment that is ${what}`,
    async () => {
      await using target = await startHostile(words, { entries });
      for (const form of [[], ['--json']]) assertSilent(await podprobe(['env', target.pid, ...form]), code);
    },
    { skip: unfit({ root: words[1] === 'relocated' }) },
  );
}

test(
  'are not in the message when it takes too long',
  async () => {
    await using target = await startHostile(['vectors', 'overlapping-strings'], { entries });
    assertSilent(await podprobe(['env', target.pid, '--timeout', 20]), 5);
  },
  { skip },
);

test(
  'are not in the message when it is not permitted',
  async () => {
    await using target = await startPlanted();
    assertSilent(await podprobe(['env', target.pid, '--reveal'], { uid: NOBODY }), 4);
  },
  { skip: skip ?? unfitForNobody() },
);

const own = { SECRET_OF_READER: planted.own };

for (const words of [['doctor'], ['doctor', '--json'], ['demo'], ['demo', '--json'], ['--help'], ['env', '--help']]) {
  test(`are not in what is printed when the reader itself has one: ${words.join(' ')}`, async () => {
    assertSilent(await podprobe(words, { env: own }), 0);
  });
}

test('are not in the messages of wrong arguments', async () => {
  assertSilent(await podprobe(['env', process.pid, '--fingerprint-key', shortKeyFile], { env: own }), 2);
  assertSilent(await podprobe(['env', 'nonsense'], { env: own }), 2);
  assertSilent(await podprobe(['nonsense'], { env: own }), 2);
});

// A title that ends in the middle of a value leaves the rest of it as a string of its own; base64 ends with '='.
test(
  'are not taken for names in an environment that is written over',
  async () => {
    const secret = `${'A'.repeat(40)}S3CR3Tbase64==`;
    await using target = await startHostile(['plain'], { entries: [entry('TOKEN', secret)] });
    const { initial } = await readEnvironment(target.pid);
    const memory = openSync(`/proc/${target.pid}/mem`, 'r+');
    writeSync(memory, Buffer.from('a title\0'), 0, 8, Number(initial?.entries[0]?.address));
    closeSync(memory);
    for (const form of [[], ['--json']]) {
      const { text } = await podprobe(['env', target.pid, '--initial', ...form]);
      assert.match(text, /overwritten/);
      assert.equal(findLeaks(text), []);
    }
  },
  { skip: unfit({ root: true }) },
);

test.run();
