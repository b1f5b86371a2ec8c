import * as assert from 'uvu/assert';
import { entryDocument, nameDocument } from '../../lib/report/entry.ts';
import { printable } from '../../lib/report/printable.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('report: entries');
const fingerprint = (value: Uint8Array) => `print of ${value.length}`;
const bytes = (text: string) => Buffer.from(text, 'latin1');
const address = 1n;

const printed: [what: string, raw: string | Uint8Array, shown: string][] = [
  ['text', 'PATH_1', 'PATH_1'],
  ['nothing', '', ''],
  ['letters of any language', 'Ä日本😀', 'Ä日本😀'],
  ['a line end', 'a\nb\r\n', 'a\\x0ab\\x0d\\x0a'],
  ['a tab', 'a\tb', 'a\\x09b'],
  ['an escape sequence', '\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
  ['a title for the terminal', '\x1b]0;title\x07', '\\x1b]0;title\\x07'],
  ['the control characters of eight bits', '\x9b31m\x85', '\\x9b31m\\x85'],
  ['DEL and NUL', '\x7f\0', '\\x7f\\x00'],
  ['backspaces', 'abc\b\b\b', 'abc\\x08\\x08\\x08'],
  ['what turns text around', '\u202eevil\u2066x\u2069', '\\u{202e}evil\\u{2066}x\\u{2069}'],
  ['what has no width', 'a\u200bb\ufeff\u00ad', 'a\\u{200b}b\\u{feff}\\xad'],
  ['line and paragraph separators', '\u2028\u2029', '\\u{2028}\\u{2029}'],
  ['invisible tags', '\u{e0041}', '\\u{e0041}'],
  ['a backslash', 'a\\x1b', 'a\\\\x1b'],
  ['bytes', Buffer.from('ä\x1b'), 'ä\\x1b'],
  ['bytes that are not UTF-8', Buffer.from([0x61, 0x9b, 0x62, 0xff]), 'a\ufffdb\ufffd'],
  ['a control character cut in two', Buffer.from([0xc2]), '\ufffd'],
];

for (const [what, raw, shown] of printed) {
  test(`prints ${what}`, () => assert.is(printable(raw), shown));
}

test('prints nothing that a terminal would act upon, whatever the byte', () => {
  const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  for (const text of [printable(all), printable(all.toString('latin1'))]) {
    // eslint-disable-next-line no-control-regex -- they are what this is about
    assert.not.match(text, /[\x00-\x1f\x7f-\x9f]/);
  }
});

test('prints different texts differently', () => {
  assert.is.not(printable('\x1b'), printable('\\x1b'));
  assert.is.not(printable('\u202e'), printable('\\u{202e}'));
});

test('gives a name as text, or in base64 beside a null', () => {
  assert.equal(nameDocument(bytes('NAME')), { name: 'NAME' });
  assert.equal(nameDocument(bytes('')), { name: '' });
  assert.equal(nameDocument(bytes('\xff\xfe')), { name: null, nameBase64: '//4=' });
  assert.equal(nameDocument(null), { name: null });
  assert.equal(nameDocument(Buffer.from('Ä')), { name: 'Ä' });
});

test('keeps the value to itself', () => {
  const entry = { name: bytes('NAME'), value: bytes('S3CR3T'), address };
  const document = entryDocument(entry, { fingerprint, reveal: false });
  assert.equal(document, { name: 'NAME', length: 6, fingerprint: 'print of 6' });
});

test('shows the value when it is to', () => {
  const disclosure = { fingerprint, reveal: true };
  const shown = (value: Buffer) => entryDocument({ name: bytes('N'), value, address }, disclosure);
  assert.equal(shown(bytes('text')), { name: 'N', length: 4, fingerprint: 'print of 4', value: 'text' });
  assert.equal(shown(bytes('')), { name: 'N', length: 0, fingerprint: 'print of 0', value: '' });
  assert.equal(shown(Buffer.from('Ä')), { name: 'N', length: 2, fingerprint: 'print of 2', value: 'Ä' });
  assert.equal(shown(bytes('\xff')), { name: 'N', length: 1, fingerprint: 'print of 1', valueBase64: '/w==' });
});

test('keeps the string of an entry without = to itself, all of it', () => {
  const entry = { name: null, value: bytes('S3CR3T'), address };
  assert.equal(entryDocument(entry, { fingerprint, reveal: false }), {
    name: null,
    length: 6,
    fingerprint: 'print of 6',
  });
});

test.run();
