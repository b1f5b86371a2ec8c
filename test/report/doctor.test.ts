import * as assert from 'uvu/assert';
import type { Check } from '../../lib/doctor.ts';
import { doctorDocument, doctorText } from '../../lib/report/doctor.ts';
import { assertKeeps, violations } from '../helpers/schema.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('report: doctor');
const checks: Check[] = [
  { name: 'kernel', state: 'ok', found: 'Linux 6', cure: null },
  { name: 'other processes', state: 'limited', found: 'few', cure: 'run as root' },
  { name: 'mapping query', state: 'limited', found: 'the slow way', cure: null },
  { name: 'yama', state: 'missing', found: 'scope 3', cure: 'boot' },
];

test('lines the checks up, each cure under its own', () => {
  const lines = doctorText(checks, (_format, text) => text);
  assert.equal(lines, [
    'ok       kernel           Linux 6',
    'limited  other processes  few',
    '         -> run as root',
    'limited  mapping query    the slow way',
    'missing  yama             scope 3',
    '         -> boot',
  ]);
});

test('colours the state and nothing else', () => {
  const lines = doctorText(checks, (format, text) => `<${format} ${text}>`);
  const coloured = lines.filter((line) => line.includes('<')).map((line) => /^<[^>]*>(?!.*<)/.exec(line)?.[0]);
  assert.equal(coloured, ['<green ok>', '<yellow limited>', '<yellow limited>', '<red missing>']);
});

test('keeps to the schema', () => {
  assert.equal(assertKeeps('doctor', doctorDocument(checks)), { schema: 'podprobe/doctor/v1', checks });
});

test('the schema refuses what is no such document', () => {
  const [good] = checks;
  const bad = [{ ...good, cure: 'none' }, { ...good, state: 'fine' }, { ...good, more: 1 }, { ...good, found: '' }, {}];
  for (const check of bad) {
    const document = { schema: 'podprobe/doctor/v1', checks: [check] };
    assert.ok(violations('doctor', document).length > 0, JSON.stringify(check));
  }
  assert.ok(violations('doctor', { schema: 'podprobe/doctor/v1', checks: [] }).length > 0);
});

test.run();
