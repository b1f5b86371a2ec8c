import * as assert from 'uvu/assert';
import { envText } from '../../lib/report/env-text.ts';
import { bundleOf } from '../helpers/bundle.ts';
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

function withBundle(bundle: ReturnType<typeof bundleOf>, made: Made, reveal = false, more = {}): string[] {
  return envText(environmentOf(made), { fingerprint, reveal }, plainly, { bundle, ...more });
}

test('tells the three layers, and what changed from each to the next', () => {
  const bundle = bundleOf([
    'PATH=/bin',
    'FOO=bar',
    'TOKEN=one',
    'KUBERNETES_SERVICE_HOST=h',
    'KUBERNETES_SERVICE_PORT=1',
  ]);
  const initial = ['HOME=/', 'TOKEN=two', 'PATH=/bin', 'KUBERNETES_SERVICE_HOST=h', 'KUBERNETES_SERVICE_PORT=1'];
  const made = { initial, live: [...initial.slice(0, -1), 'NEW=1'] };
  assert.equal(withBundle(bundle, made, false, { origins: new Map([['PATH', 'image']]) }).slice(1), [
    'bundle   read, 5 variables; /run/bundle/config.json',
    'initial  intact, 5 variables',
    'live     ok, 5 variables; glibc by dynsym, vector at 0x7ff0 in [stack]',
    '',
    '   NAME                     BYTES  FINGERPRINT  ORIGIN   CHANGE',
    '+  HOME                     1      print-of-1            added by the runtime',
    '~  TOKEN                    3      print-of-3            changed before the start',
    '   PATH                     4      print-of-4   image',
    '   KUBERNETES_SERVICE_HOST  1      print-of-1   service',
    '+  NEW                      1      print-of-1            added',
    '-  KUBERNETES_SERVICE_PORT  1      print-of-1   service  removed',
    '-  FOO                      3      print-of-3            removed before the start',
    '',
    'Between bundle and start: 1 added, 1 changed, 1 removed (HOME by the runtime; 2 by a hook, a plugin of the runtime, or a program that ran before).',
    'Since the start: 1 added, 1 removed.',
  ]);
});

test('shows no value of a bundle, and nothing that acts upon the terminal', () => {
  const bundle = bundleOf([`${Buffer.from(hostile).toString('latin1')}=S3CR3T`, 'S3CR3T'], { path: `/run/${hostile}` });
  const made = { initial: null, live: null };
  assert.not.match(withBundle(bundle, made).join('\n'), /S3CR3T/);
  for (const line of withBundle(bundle, made, true)) assert.not.match(line, /[\p{Cc}\p{Cf}]/u);
  assert.match(withBundle(bundle, made, true).join('\n'), /S3CR3T/);
});

const bundleWords: [what: string, made: Parameters<typeof bundleOf>[1], line: RegExp, verdict: RegExp][] = [
  ['all is as it was to be', {}, /^bundle {3}read, 1 variable;/, /^It was started with what the bundle says\.$/],
  [
    'it is of another process',
    { state: 'other-process' },
    /^bundle {3}other process, 1 variable \(made so\)/,
    /cannot be told/,
  ],
  ['the first is not known', { state: 'unknown' }, /^bundle {3}unknown, 1 variable \(made so\)/, /cannot be told/],
];
for (const [when, state, line, verdict] of bundleWords) {
  test(`says in words what became of the bundle when ${when}`, () => {
    const lines = withBundle(bundleOf(['A=1'], state), { initial: ['A=1'], live: ['A=1'] });
    assert.match(String(lines[1]), line);
    assert.match(String(lines.at(-2)), verdict);
  });
}

test('does not speak of a bundle where there can be none, unless it alone was asked for', () => {
  const { identity } = bundleOf([]);
  const none = {
    state: 'none',
    path: null,
    reason: 'no container',
    identity: { ...identity, containerId: null },
  } as const;
  assert.not.match(withBundle(bundleOf([], none), { initial: ['A=1'] }).join('\n'), /bundle/i);
  assert.is(withBundle(bundleOf([], none), { initial: null, live: null })[1], 'bundle   none (no container)');
  assert.match(
    withBundle(bundleOf([], { state: 'unreadable', path: null }), { initial: ['A=1'] })[1] ?? '',
    /^bundle {3}unreadable/,
  );
});

test.run();
