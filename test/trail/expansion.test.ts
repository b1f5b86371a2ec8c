import * as assert from 'uvu/assert';
import { parseReferences } from '../../lib/trail/expect/expansion.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('trail: references in values');

const values: Readonly<Record<string, string>> = { A: 'a', B: 'b', REF: '$(A)', EMPTY: '' };

function expand(text: string): string {
  const pieces = parseReferences(Buffer.from(text).toString('latin1'));
  const expanded = pieces.map((piece) =>
    'text' in piece ? piece.text : (values[piece.reference] ?? `$(${piece.reference})`),
  );
  return Buffer.from(expanded.join(''), 'latin1').toString();
}

// what kubernetes' own test of third_party/forked/golang/expansion asserts
const cases: [text: string, expected: string][] = [
  ['$(A)', 'a'],
  ['$(A)-$(A)', 'a-a'],
  ['___$(B)___', '___b___'],
  ['$(A)$(B)', 'ab'],
  ['$$(B)_$(A)', '$(B)_a'],
  ['$$(A)_$$(B)', '$(A)_$(B)'],
  ['f000-$$A', 'f000-$A'],
  ['\\$(A)', '\\a'],
  ['$(A$(B))', '$(A$(B))'],
  ['$(A$(B)', '$(A$(B)'],
  ['$(REF)', '$(A)'],
  ['%%$(REF)--$(REF)%%', '%%$(A)--$(A)%%'],
  ['foo$(EMPTY)bar', 'foobar'],
  ['foo$(Awhoops!', 'foo$(Awhoops!'],
  ['f00__(A)__', 'f00__(A)__'],
  ['$?_boo_$!', '$?_boo_$!'],
  ['$A', '$A'],
  ['$(MISSING)', '$(MISSING)'],
  ['$()', '$()'],
  ['$$$$$$(MISSING)', '$$$(MISSING)'],
  ['$$$$$$(A)', '$$$(A)'],
  ['$$$$$$$(MISSING)', '$$$$(MISSING)'],
  ['$$$$$$$(A)', '$$$a'],
  ['$A)', '$A)'],
  ['${A}', '${A}'],
  ['$(B)_______$(A', 'b_______$(A'],
  ['$(B)_______$(', 'b_______$('],
  ['$(A)foobarzab$', 'afoobarzab$'],
  ['--$($($($($--', '--$($($($($--'],
  ['$($($($($--foo$(', '$($($($($--foo$('],
  ['$(foo$$var)', '$(foo$$var)'],
  ['$$', '$'],
  ['$', '$'],
  ['\n', '\n'],
  ['', ''],
  ['ä$(A)ö', 'äaö'],
];
for (const [text, expected] of cases) {
  test(`'${text}' is '${expected}'`, () => assert.is(expand(text), expected));
}

test('a $ before a character that is not ASCII spoils it, as in Go', () => {
  // string(b) of the first byte of ä, C3, is the character U+00C3: C3 83; the second byte, A4, follows as it is
  const [piece] = parseReferences(Buffer.from('$ä').toString('latin1'));
  assert.equal(piece, { text: Buffer.from([0x24, 0xc3, 0x83, 0xa4]).toString('latin1') });
});

test('a megabyte of openers takes no time to speak of', () => {
  const text = '$('.repeat(500_000);
  assert.equal(parseReferences(text), [{ text }]);
});

test('a megabyte of references is taken apart', () => {
  assert.is(parseReferences('$(A)'.repeat(250_000)).length, 250_000);
});

test.run();
