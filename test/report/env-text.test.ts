import * as assert from 'uvu/assert';
import { envText } from '../../lib/report/env-text.ts';
import { environmentOf, type Made } from '../helpers/packed.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('report: env for people');
const fingerprint = (value: Uint8Array) => `print-of-${value.length}`;
const plainly = (_format: string, text: string) => text;

function linesOf(made: Made, reveal = false): string[] {
  return envText(environmentOf(made), { fingerprint, reveal }, plainly);
}

/** The rows of the table, header and all. */
function tableOf(made: Made, reveal = false): string[] {
  const lines = linesOf(made, reveal);
  const first = lines.findIndex((line) => line.includes('FINGERPRINT'));
  return first < 0 ? [] : lines.slice(first, lines.indexOf('', first) < 0 ? undefined : lines.indexOf('', first));
}

const changed = { initial: ['KEPT=1', 'LONGER_NAME=12345678901', 'GONE=1'], live: ['KEPT=1', 'LONGER_NAME=2', 'NEW='] };

test('tells the whole story', () => {
  assert.equal(linesOf(changed), [
    'process 1234 (made)  /bin/made',
    'initial  intact, 3 variables',
    'live     ok, 3 variables; glibc by dynsym, vector at 0x7ff0 in [stack]',
    '',
    '   NAME         BYTES  FINGERPRINT  CHANGE',
    '   KEPT         1      print-of-1',
    '~  LONGER_NAME  1      print-of-1   changed',
    '+  NEW          0      print-of-0   added',
    '-  GONE         1      print-of-1   removed',
    '',
    'Since the start: 1 added, 1 changed, 1 removed.',
  ]);
});

test('shows values only when it is to', () => {
  assert.not.match(linesOf({ live: ['A=S3CR3T', 'S3CR3T'] }).join('\n'), /S3CR3T/);
  assert.equal(tableOf({ initial: ['A=x'], live: ['A=x', 'only \x1b[31m'] }, true), [
    '   NAME    BYTES  FINGERPRINT  CHANGE  VALUE',
    '   A       1      print-of-1           x',
    '   (no =)  10     print-of-10          only \\x1b[31m',
  ]);
});

const hostile = '\x1b]0;owned\x07\u202e\x9b\n';

test('lets nothing of the target act upon the terminal', () => {
  const bytes = Buffer.from(hostile).toString('latin1');
  const text = linesOf(
    {
      initial: [`${bytes}=1`],
      live: [`${bytes}NEW=${bytes}`, bytes],
      liveState: { region: `/tmp/${hostile}`, reason: hostile },
      comm: hostile,
      exe: `/tmp/${hostile}`,
    },
    true,
  );
  for (const line of text) assert.not.match(line, /[\p{Cc}\p{Cf}]/u);
  assert.match(text.join('\n'), /\\x1b\]0;owned\\x07\\u\{202e\}/);
});

test('marks names that are not UTF-8 by their bytes', () => {
  const marks = tableOf({ initial: ['\xff=1'], live: ['\xff=1', '\xfe=1'] }).map((line) => line.charAt(0));
  assert.equal(marks, [' ', ' ', '+']);
});

test('marks no entry without = for a change of the empty name', () => {
  const [, entry, empty] = tableOf({ initial: ['no equals'], live: ['no equals', '=new'] });
  assert.match(String(entry), /^ .*\(no =\)/);
  assert.not.match(String(entry), /added/);
  assert.match(String(empty), /^\+.*added/);
});

test('marks the first of duplicates, which is the one that counts', () => {
  const [, first, second] = tableOf({ initial: ['A=1', 'A=2'], live: ['A=new', 'A=2'] });
  assert.match(String(first), /^~.*changed$/);
  assert.match(String(second), /^ .*\S$/);
  assert.not.match(String(second), /changed/);
});

const verdicts: [what: string, made: Made, verdict: RegExp | null][] = [
  ['nothing has changed', { initial: ['A=1'], live: ['A=1'] }, /^Nothing has changed since the start\.$/],
  ['there is nothing', { initialState: { state: 'empty' } }, /^Nothing has changed since the start\.$/],
  ['one was removed', { initial: ['A=1'], live: [] }, /^Since the start: 1 removed\.$/],
  ['the live one is not known', { liveState: { state: 'unknown', reason: 'why' } }, /cannot be told/],
  ['the initial one is overwritten', { initialState: { state: 'overwritten', reason: 'why' } }, /cannot be told/],
  ['only the initial one was read', { live: null }, null],
  ['only the live one was read', { initial: null }, null],
];

for (const [when, made, verdict] of verdicts) {
  test(`says in words what was found when ${when}`, () => {
    const about = linesOf(made).filter((line) => /since the start/i.test(line));
    assert.is(about.length, verdict ? 1 : 0, about.join('\n'));
    if (verdict) assert.match(String(about[0]), verdict);
  });
}

test('says why a state is what it is', () => {
  const lines = linesOf({
    initial: ['A=1'],
    live: [],
    initialState: { state: 'overwritten', reason: 'string 1 is odd', truncated: true },
    liveState: { state: 'unknown', reason: 'not found', locator: null, runtime: null, address: null, region: null },
  });
  assert.is(lines[1], 'initial  overwritten, 1 variable, truncated (string 1 is odd)');
  assert.is(lines[2], 'live     unknown (not found)');
});

test('shows the initial one, without marks, where the live one is not known', () => {
  const table = tableOf({ initial: ['A=1'], live: [], liveState: { state: 'unknown', reason: 'why', address: null } });
  assert.equal(table.slice(1), ['   A     1      print-of-1']);
});

test('passes the caveat on', () => {
  assert.ok(linesOf({ liveState: { caveat: 'mind this' } }).includes('         mind this'));
});

test('says that the executable may not be read', () => {
  assert.match(String(linesOf({ exe: null })[0]), /^process 1234 \(made\) {2}its executable may not be read$/);
});

test('colours what has changed, line by line', () => {
  const styled = envText(
    environmentOf(changed),
    { fingerprint, reveal: false },
    (format, text) => `<${format}>${text}`,
  );
  const found = (pattern: RegExp) => styled.filter((line) => pattern.test(line)).length;
  assert.equal([found(/^<green>\+/), found(/^<red>-/), found(/^<yellow>~/), found(/^<dim> {3}NAME/)], [1, 1, 1, 1]);
});

test.run();
