import * as assert from 'uvu/assert';
import { createFingerprint } from '../../lib/report/fingerprint.ts';
import { createStyle } from '../../lib/report/style.ts';
import { trailHtml } from '../../lib/report/trail-html.ts';
import { trailDocument } from '../../lib/report/trail-json.ts';
import { type Box, type Layout, layOut } from '../../lib/report/trail-layout.ts';
import { trailSummaryDocument, trailSummaryText } from '../../lib/report/trail-summary.ts';
import { trailText } from '../../lib/report/trail-text.ts';
import type { Trail } from '../../lib/trail/trail-result.ts';
import { formsOf } from '../helpers/forms.ts';
import {
  hostileNames,
  hostileTrail,
  madeHolder,
  madeSecret,
  madeTrail,
  madeVersion,
  manyHolders,
  now,
  pageContext,
  planted,
  richTrail,
} from '../helpers/made-trail.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('report: the page of a trail');
const disclosure = { fingerprint: createFingerprint(), reveal: true };
const pageOf = (trail: Trail) => trailHtml(trail, disclosure, pageContext);
const rich = pageOf(richTrail());
const hostile = pageOf(hostileTrail());
/** Whole names, so that none is a part of another. */
const tagsOf = (page: string) => new Set([...page.matchAll(/<([a-z][a-z0-9]*)[\s>/]/gi)].map(([, tag]) => tag));

test('says when and where it was made, what to do, and what proves it', () => {
  for (const part of [
    'Who holds Secret <bdi class="name">shop/payments-db</bdi>',
    '<bdi class="name">worker-1.example</bdi>',
    '2026-11-25T12:00:00Z</time> by podprobe 0.1.0',
    'restart deployment/payments: container api, pids 4242 and 4250 still hold revision 214',
    'value: equal to key password of revision 214, which revision 230 replaced',
    'no OCI bundle was found',
    'no kubelet runs here: volumes are found by mounts',
  ]) {
    assert.ok(rich.includes(part), part);
  }
});

test('needs and allows nothing but itself', () => {
  for (const page of [rich, hostile]) {
    assert.match(page, /<meta\s+http-equiv="Content-Security-Policy"\s+content="default-src &#39;none&#39;; style-src/);
    assert.not.match(page, /\b(src|srcset|action|on[a-z]+|style)="/i);
    assert.not.match(page, /url\(|@import/i);
    for (const [, target] of page.matchAll(/href="([^"]*)"/g)) assert.match(target ?? '', /^#mark-[a-z]+$/);
  }
});

test('is of the same elements, whatever is called how', () => {
  const allowed = tagsOf(rich);
  for (const tag of ['script', 'img', 'b']) assert.not.ok(allowed.has(tag));
  assert.equal(
    [...tagsOf(hostile)].filter((tag) => !allowed.has(tag)),
    [],
  );
  assert.is(hostile.match(/<style>/g)?.length, 1);
  assert.is(hostile.match(/<\/style>/g)?.length, 1);
});

test('has no character that turns text around or controls anything', () => {
  assert.not.match(hostile, /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  assert.ok(!hostile.includes(hostileNames.long));
  assert.ok(hostile.length < 100_000, String(hostile.length));
});

test('escapes each name once', () => {
  assert.ok(hostile.includes('<bdi class="name">&amp;lt;b&amp;gt;&amp;#x3c;</bdi>'));
  assert.ok(hostile.includes('<bdi class="name">a\\x1b[31mb\\x0ac\\x07</bdi>'));
});

test('no value is in any report, in no form, and in the page also where values are revealed', () => {
  const shown = { ...disclosure, reveal: false };
  const style = createStyle(false);
  for (const trail of [richTrail(), hostileTrail(), madeTrail([])]) {
    const reports = {
      page: pageOf(trail),
      text: trailText(trail, shown, style, now.getTime()).join('\n'),
      json: JSON.stringify(trailDocument(trail, shown)),
      summary: trailSummaryText({ trails: [trail] }, style).join('\n'),
      summaryJson: JSON.stringify(trailSummaryDocument({ trails: [trail] })),
    };
    for (const [name, report] of Object.entries(reports)) {
      assert.ok(report.length > 0, name);
      for (const value of Object.values(planted)) {
        for (const form of formsOf(Buffer.from(value))) assert.not.ok(report.includes(form), `${name}: ${form}`);
      }
    }
  }
});

test('leaves out what is too much, and says so', () => {
  const page = pageOf(madeTrail(manyHolders(1000)));
  assert.match(page, /940 holders\s+left out/);
  assert.match(page, /800 holders\s+left out/);
  assert.ok(page.length < 600_000, String(page.length));
});

test('can be made with nothing at all', () => {
  const secret = madeSecret({ namespace: '', name: '', versions: [], keyTimes: new Map() });
  const page = pageOf(madeTrail([], { secret, references: null }));
  assert.ok(page.includes('<li>no version of the Secret is known</li>'));
  assert.not.match(page, /What to do|what proves it|NaN|undefined/);
});

test('does not say that nobody asks for it where nobody tells who does', () => {
  const holders = [madeHolder('stale', { expected: false })];
  assert.match(pageOf(madeTrail(holders)), /not asked for there/);
  assert.not.match(pageOf(madeTrail(holders, { references: null })), /not asked for there/);
});

test('does not call well what could not be read', () => {
  const unread = [{ pid: 7, containerId: null, counts: true, unread: { place: 'live', reason: 'gone' } }] as const;
  const current = [madeHolder('current')];
  assert.match(pageOf(madeTrail(current)), /class="banner current"/);
  assert.match(pageOf(madeTrail(current, { unread })), /class="banner unknown"/);
  assert.match(pageOf(madeTrail([...current, madeHolder('stale')], { unread })), /class="banner stale"/);
});

const boxesOf = ({ versions, sources, containers, processes }: Layout): readonly (readonly Box<unknown>[])[] => [
  versions,
  sources,
  containers,
  processes,
];

test('draws no box over another, and none outside', () => {
  for (const trail of [richTrail(), hostileTrail(), madeTrail(manyHolders(60)), madeTrail([])]) {
    const layout = layOut(trail.secret, trail.holders);
    for (const column of boxesOf(layout)) {
      column.forEach((box, i) => {
        const before = column[i - 1];
        assert.ok(box.y >= (before === undefined ? 0 : before.y + before.height), `box ${i}`);
        assert.ok(box.y + box.height <= layout.height, `box ${i}`);
      });
    }
  }
});

const edgesOf = (trail: Trail) =>
  layOut(trail.secret, trail.holders).edges.map(({ from, to, verdict }) => `${from.column} -> ${to.column} ${verdict}`);

test('draws the way from the version that is held', () => {
  const container = { process: null, place: 'bundle' } as const;
  assert.equal(edgesOf(madeTrail([madeHolder('stale', container), madeHolder('stale')])), [
    'version -> source stale',
    'source -> container stale',
    'container -> process stale',
  ]);
  assert.equal(edgesOf(madeTrail([madeHolder('current', container), madeHolder('stale')])), [
    'version -> source current',
    'version -> container stale',
    'source -> container current',
    'container -> process stale',
  ]);
  assert.equal(edgesOf(madeTrail([madeHolder('unknown')])), ['container -> process unknown']);
});

test('draws only versions that are held, and the current one', () => {
  const drawn = (trail: Trail) =>
    layOut(trail.secret, trail.holders).versions.map(({ subject }) => Number(subject.revision));
  assert.equal(drawn(madeTrail([])), [230]);
  assert.equal(drawn(madeTrail([madeHolder('stale', { revision: 198n })])), [198, 230]);
});

test('without revisions, knows the one old version, and does not choose among several', () => {
  const given = (value: string) => madeVersion({ source: 'values', data: { password: value } });
  const holders = [madeHolder('stale', { revision: null })];
  const one = madeSecret({ versions: [given('1')] });
  const two = madeSecret({ versions: [given('1'), given('2')] });
  assert.is(edgesOf(madeTrail(holders, { secret: one })).length, 2);
  assert.is(edgesOf(madeTrail(holders, { secret: two })).length, 1);
});

test.run();
