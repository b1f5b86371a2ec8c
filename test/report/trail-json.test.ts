import * as assert from 'uvu/assert';
import { trailDocument } from '../../lib/report/trail-json.ts';
import { trailSummaryDocument } from '../../lib/report/trail-summary.ts';
import { versionSteps } from '../../lib/report/trail-versions.ts';
import type { Trail } from '../../lib/trail/trail-result.ts';
import {
  hostileNames,
  hostileTrail,
  madeHolder,
  madeSecret,
  madeTrail,
  madeVersion,
  planted,
  richTrail,
} from '../helpers/made-trail.ts';
import { assertKeeps, violations } from '../helpers/schema.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('report: a trail as a document');
const disclosure = { fingerprint: () => '0123456789abcdef', reveal: false };

interface Document {
  secret: { revisions: { revision: number; changes: { key: string; change: string }[] | null; data: object }[] };
  holders: { name: string; revision: number | null; heldSince: string | null }[];
  actions: { action: string; target: object; pids: number[] }[];
  findings: object[];
}

const documentOf = (trail: Trail) => assertKeeps<Document>('trail', trailDocument(trail, disclosure));

test('keeps to the schema with every verdict and place', () => {
  const { secret, holders, actions } = documentOf(richTrail());
  assert.equal(
    secret.revisions.map(({ revision }) => revision),
    [198, 214, 230],
  );
  assert.is(holders.length, richTrail().holders.length);
  assert.equal([holders[0]?.revision, holders[0]?.heldSince], [214, '2026-11-22T08:00:00.000Z']);
  assert.equal(actions[0], {
    action: 'restart',
    target: { kind: 'owner', name: 'deployment/payments', namespace: 'shop' },
    container: 'api',
    pids: [4242, 4250],
    names: ['DB_PASSWORD', '/run/one/password', 'DATABASE_URL', 'argument 3'],
    key: 'password',
    revision: 214,
    heldSince: '2026-11-22T08:00:00.000Z',
  } as object);
});

test('keeps to the schema with nothing, and with names of all kinds, which it has whole', () => {
  const nothing = { versions: [], uid: null, namespace: '', name: '', keyTimes: new Map<string, Date>() };
  documentOf(madeTrail([], { secret: madeSecret(nothing), references: null }));
  const { holders } = documentOf(hostileTrail());
  assert.equal(
    holders.map(({ name }) => name),
    Object.values(hostileNames),
  );
});

test('notices a document that does not keep to the schema', () => {
  const broken = { ...trailDocument(richTrail(), disclosure), holders: [{ place: 'elsewhere' }] };
  assert.ok(violations('trail', broken).length > 0);
});

test('tells what each version changed, where the one before it is a whole Secret', () => {
  const one = madeVersion({ revision: 1n, data: { a: '1', b: '1' } });
  const two = madeVersion({ revision: 2n, data: { b: '2', c: '2' } });
  const given = madeVersion({ source: 'values', data: { a: '0' } });
  const changesOf = (versions: Parameters<typeof madeSecret>[0]) =>
    versionSteps(madeSecret(versions)).map(
      ({ changes }) => changes?.map(({ key, change }) => `${change} ${key}`) ?? null,
    );
  assert.equal(changesOf({ versions: [one, two] }), [null, ['changed b', 'added c', 'removed a']]);
  assert.equal(changesOf({ versions: [one], complete: true }), [['added a', 'added b']]);
  assert.equal(changesOf({ versions: [given, one] }), [null, null]);
});

test('says whether the old values can be given up', () => {
  type Gate = { gate: string; reasons: string[] };
  const gateOf = (trail: Trail) => assertKeeps<Gate>('trail', trailDocument(trail, disclosure));
  assert.is(gateOf(madeTrail([madeHolder('current')])).gate, 'clear');
  assert.equal(gateOf(madeTrail([madeHolder('suspect')])).reasons, ['1 holder is suspect']);
  assert.is(gateOf(richTrail()).gate, 'stale');
});

test('has a finding of the Secret and of the node once', () => {
  const findings = [{ code: 'made', message: 'one' }];
  const trail = madeTrail([], {
    secret: madeSecret({ findings }),
    findings: [...findings, { code: 'made', message: 'two' }],
  });
  assert.is(documentOf(trail).findings.length, 2);
});

test('has values only where that was asked for', () => {
  const revealed = trailDocument(richTrail(), { ...disclosure, reveal: true });
  assertKeeps('trail', revealed);
  assert.match(JSON.stringify(revealed), planted.third);
  assert.not.match(JSON.stringify(documentOf(richTrail())), /S3CR3T/);
});

test('sums up several Secrets', () => {
  type Summary = { secrets: { verdict: string | null; gate: string; holders: number }[] };
  const trails = [richTrail(), madeTrail([]), madeTrail([madeHolder('current')]), hostileTrail()];
  const { secrets } = assertKeeps<Summary>('trail-summary', trailSummaryDocument({ trails }));
  assert.equal(
    secrets.map(({ verdict, gate, holders }) => [verdict, gate, holders]),
    [
      ['stale', 'stale', 14],
      [null, 'clear', 0],
      ['current', 'clear', 1],
      ['stale', 'stale', 9],
    ],
  );
});

test.run();
