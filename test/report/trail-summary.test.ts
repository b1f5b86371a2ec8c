import * as assert from 'uvu/assert';
import { createStyle } from '../../lib/report/style.ts';
import { scanProgress, waitProgress } from '../../lib/report/trail-progress.ts';
import { trailSummaryText } from '../../lib/report/trail-summary.ts';
import { hostileTrail, madeHolder, madeSecret, madeTrail, richTrail } from '../helpers/made-trail.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('report: many trails, and progress');

test('has a row for each Secret', () => {
  const secret = madeSecret({ name: 'api-token', versions: madeSecret().versions.slice(0, 1) });
  const trails = [richTrail(), madeTrail([madeHolder('current')]), madeTrail([], { secret })];
  assert.equal(trailSummaryText({ trails }, createStyle(false)), [
    'SECRET            VERSIONS  HOLDERS  CURRENT  STALE  OTHER  VERDICT',
    'shop/payments-db  3 (230)   14       1        10     3      stale',
    'shop/payments-db  3 (230)   1        1        0      0      current',
    'shop/api-token    1         0        0        0      0      not held',
    '',
    '3 Secrets; old versions of 1 are still held.',
    '3 places could not be read, and may hold any of them.',
  ]);
});

test('lets no byte of a name reach the terminal as it is', () => {
  const text = trailSummaryText({ trails: [hostileTrail()] }, createStyle(false));
  for (const line of text) assert.not.match(line, /\p{Cc}|\p{Cf}/u);
});

test('colours the verdict', () => {
  const [, row = ''] = trailSummaryText({ trails: [richTrail()] }, createStyle(true));
  assert.ok(row.endsWith('\x1b[31mstale\x1b[39m'), row);
});

test('says how far a scan has come', () => {
  assert.is(scanProgress(0, 1), 'looking: 0 of 1 process');
  assert.is(scanProgress(812, 2000), 'looking: 812 of 2000 processes');
});

test('says what is waited for, and how long', () => {
  assert.is(
    waitProgress({ stale: 3, sinceLook: 2_400, left: 9 * 60_000 + 59_000 }),
    'waiting: 3 holders are stale, 2 s since the last look, 9 m left',
  );
  assert.is(
    waitProgress({ stale: 1, sinceLook: 0, left: -5 }),
    'waiting: 1 holder is stale, 0 s since the last look, 0 s left',
  );
});

test.run();
