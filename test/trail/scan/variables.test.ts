import * as assert from 'uvu/assert';
import { Matcher } from '../../../lib/trail/scan/matcher.ts';
import { Report } from '../../../lib/trail/scan/report.ts';
import { matchVariables, type VariablesPlace } from '../../../lib/trail/scan/variables.ts';
import { suite } from '../../helpers/suite.ts';

const test = suite('trail: variables that hold a value');
const values = ['s3cr3t-and-long', 'true', 'another-distinctive'].map((text) => Buffer.from(text));
const matcher = new Matcher(values, new Set([0, 2]));

type Place = VariablesPlace['place'];

function variable(text: string): { name: Buffer | null; value: Buffer } {
  const equals = text.indexOf('=');
  if (equals < 0) return { name: null, value: Buffer.from(text) };
  return { name: Buffer.from(text.slice(0, equals)), value: Buffer.from(text.slice(equals + 1)) };
}

function look(texts: readonly string[], wanted: readonly string[] = [], place: Place = 'initial') {
  const report = new Report(matcher);
  matchVariables(texts.map(variable), { place, wanted: new Set(wanted), matcher }, report);
  assert.equal(report.unread, []);
  return report.sightings.map(({ name, value, whole }) => [name, value, whole]);
}

test('a distinctive value is told wherever it is, and whether it is all of the variable', () => {
  const seen = look([
    'A=x',
    'PASSWORD=s3cr3t-and-long',
    'URL=db://u:s3cr3t-and-long@host/another-distinctive',
    'FLAG=true',
  ]);
  assert.equal(seen, [
    ['PASSWORD', 0, true],
    ['URL', 0, false],
    ['URL', 2, false],
  ]);
});

test('a variable that was asked for is told whatever it holds, a value that proves nothing elsewhere included', () => {
  const seen = look(
    ['FLAG=true', 'OTHER=true', 'EMPTY=', 'URL=x s3cr3t-and-long'],
    ['FLAG', 'EMPTY', 'URL', 'NOT_THERE'],
  );
  assert.equal(seen, [
    ['FLAG', 1, true],
    ['EMPTY', null, false],
    ['URL', 0, false],
  ]);
});

test('of a name that is there twice the first counts in a process, the last in a bundle', () => {
  const texts = ['FLAG=true', 'FLAG=other'];
  assert.equal(look(texts, ['FLAG'], 'live'), [['FLAG', 1, true]]);
  assert.equal(look(texts, ['FLAG'], 'bundle'), [['FLAG', null, false]]);
});

test('a string without a name, and a name that is no text, are told as they can be', () => {
  const report = new Report(matcher);
  const odd = { name: Buffer.from([0x41, 0xff]), value: values[0] as Buffer };
  matchVariables([variable('s3cr3t-and-long'), odd], { place: 'live', wanted: new Set(), matcher }, report);
  assert.equal(
    report.sightings.map(({ name, value }) => [name, value]),
    [
      ['', 0],
      ['A\ufffd', 0],
    ],
  );
});

test('what is the same as before is told again without being matched again', () => {
  const report = new Report(matcher);
  const texts = ['A=s3cr3t-and-long', 'B=x'].map(variable);
  const before = matchVariables(texts, { place: 'initial', wanted: new Set(), matcher }, report);
  const never = {
    match: () => assert.unreachable('it was matched again'),
    isDistinctive: () => true,
  } as unknown as Matcher;
  matchVariables(texts, { place: 'live', wanted: new Set(), matcher: never }, report, before);
  assert.equal(
    report.sightings.map(({ place, name }) => [place, name]),
    [
      ['initial', 'A'],
      ['live', 'A'],
    ],
  );
});

test('a process that holds a value in more places than are told says so', () => {
  const report = new Report(matcher);
  const many = Array.from({ length: 5000 }, (_, i) => variable(`NAME_${i}=s3cr3t-and-long`));
  matchVariables(many, { place: 'initial', wanted: new Set(), matcher }, report);
  assert.is(report.sightings.length, 4096);
  assert.equal(report.unread, [
    { place: 'initial', reason: 'more than 4096 parts of it hold values; the others are not told' },
  ]);
});

test.run();
