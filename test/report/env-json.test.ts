import * as assert from 'uvu/assert';
import { envDocument } from '../../lib/report/env-json.ts';
import { bundleOf } from '../helpers/bundle.ts';
import { environmentOf, type Made } from '../helpers/packed.ts';
import { assertKeeps, readSchema, violations } from '../helpers/schema.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('report: env as JSON');
const fingerprint = () => '0123456789abcdef';

type Document = {
  process: object;
  initial: { entries: object[] } | null;
  live: { entries: object[]; address: string | null } | null;
  drift: object[] | null;
};

function documentOf(made: Made, reveal = false): Document {
  return assertKeeps('env', envDocument(environmentOf(made), { fingerprint, reveal }));
}

test('has the field names that are fixed', () => {
  assert.equal(documentOf({ initial: ['A=1', 'B=2'], live: ['A=1', 'B=3'] }), {
    schema: 'podprobe/env/v1',
    process: { pid: 1234, startTime: 99, comm: 'made', exe: '/bin/made', container: null },
    initial: {
      state: 'intact',
      entries: [
        { name: 'A', length: 1, fingerprint: fingerprint() },
        { name: 'B', length: 1, fingerprint: fingerprint() },
      ],
      truncated: false,
      reason: null,
    },
    live: {
      state: 'ok',
      entries: [
        { name: 'A', length: 1, fingerprint: fingerprint() },
        { name: 'B', length: 1, fingerprint: fingerprint() },
      ],
      truncated: false,
      reason: null,
      locator: 'dynsym',
      runtime: 'glibc',
      address: '0x7ff0',
      region: '[stack]',
      caveat: null,
    },
    bundle: null,
    drift: [{ name: 'B', change: 'changed' }],
    readers: null,
  });
});

test('keeps order, duplicates and entries without =', () => {
  const { live } = documentOf({ live: ['B=1', 'A=1', 'B=1', 'no equals', '=x'] }, true);
  const shown = live?.entries.map((entry) => [Reflect.get(entry, 'name'), Reflect.get(entry, 'value')]);
  assert.equal(shown, [
    ['B', '1'],
    ['A', '1'],
    ['B', '1'],
    [null, 'no equals'],
    ['', 'x'],
  ]);
});

const states: Record<string, Made> = {
  'nothing set': {},
  'an environment started empty': { initialState: { state: 'empty' } },
  'initial alone': { initial: ['A=1'], live: null },
  'live alone': { initial: null, live: ['A=1'] },
  'bytes for names and values': { initial: ['\xff=\xfe'], live: ['\xfd=\xfc', '\xfb'] },
  'no executable': { exe: null },
  'an environ that is NULL': { liveState: { address: 0n, region: null } },
  'a live one that was not found': {
    live: [],
    liveState: { state: 'unknown', reason: 'why', locator: null, runtime: null, address: null, region: null },
  },
  'a live one found, and not believed': {
    live: ['A=1'],
    liveState: { state: 'unknown', reason: 'why', truncated: true },
  },
  'one that may not be read': {
    initialState: { state: 'unreadable', reason: 'why' },
    liveState: { state: 'unreadable', reason: 'why', locator: null, runtime: null, address: null, region: null },
  },
  'one that is written over': {
    initial: ['title'],
    live: ['A=1'],
    initialState: { state: 'overwritten', reason: 'why' },
  },
  'one that is cut': { initial: ['A=1'], live: ['A=1'], initialState: { truncated: true } },
};

for (const [what, made] of Object.entries(states)) {
  for (const reveal of [false, true]) {
    test(`keeps to the schema with ${what}${reveal ? ', revealed' : ''}`, () => {
      const document = documentOf(made, reveal);
      assert.ok('drift' in document);
    });
  }
}

const knowsNoDrift = /^(initial|live) alone|^a live one|^one that/;

for (const [what, made] of Object.entries(states).filter(([name]) => knowsNoDrift.test(name))) {
  test(`says null for a drift that is not known: ${what}`, () => assert.is(documentOf(made).drift, null));
}

test('gives names of the drift in base64 where they are no text', () => {
  const { drift } = documentOf({ initial: ['\xff=1'], live: ['A=1'] });
  assert.equal(drift, [
    { name: null, nameBase64: '/w==', change: 'removed' },
    { name: 'A', change: 'added' },
  ]);
});

test('gives addresses in hexadecimal, exactly', () => {
  const { live } = documentOf({ liveState: { address: 0xffff_ffff_ffff_f001n } });
  assert.is(live?.address, '0xfffffffffffff001');
});

test('the schema is one, and refuses what is no such document', () => {
  assert.is(readSchema('env').$id, 'urn:podprobe:env:v1');
  const good = documentOf({ initial: ['A=1'], live: ['A=2'] }, true);
  const entry = { name: 'A', length: 1, fingerprint: fingerprint() };
  const bad: object[] = [
    { ...good, drift: undefined },
    { ...good, drift: null },
    { ...good, more: 1 },
    { ...good, schema: 'podprobe/env/v2' },
    { ...good, initial: { ...good.initial, state: 'fine' } },
    { ...good, initial: { ...good.initial, state: 'overwritten' }, drift: null },
    { ...good, live: { ...good.live, state: 'unknown' } },
    { ...good, live: { ...good.live, address: 5 } },
    ...[
      { ...entry, value: 'x', valueBase64: 'eHh4' },
      { ...entry, nameBase64: '/w==' },
      { ...entry, fingerprint: 'short' },
      { ...entry, secret: 'x' },
      { ...entry, length: -1 },
      { ...entry, name: null, nameBase64: 'no base64!' },
    ].map((wrong) => ({ ...good, initial: { ...good.initial, entries: [wrong] } })),
  ];
  for (const document of bad) {
    const plain: unknown = JSON.parse(JSON.stringify(document));
    assert.ok(violations('env', plain).length > 0, `kept: ${JSON.stringify(plain)}`);
  }
});

function bundleDocumentOf(bundle: ReturnType<typeof bundleOf>, made: Made, reveal = false): { bundle: object } {
  return assertKeeps('env', envDocument(environmentOf(made), { fingerprint, reveal }, { bundle }));
}

test('has the bundle beside the two, and what was changed before the start', () => {
  const { bundle } = bundleDocumentOf(bundleOf(['A=1', 'A=2']), { initial: ['HOME=/', '\xff=1'] });
  const entry = { name: 'A', length: 1, fingerprint: fingerprint(), origin: null, service: false };
  assert.equal(bundle, {
    state: 'read',
    reason: null,
    path: '/run/bundle/config.json',
    runtime: 'containerd',
    entries: [entry, entry],
    truncated: false,
    changes: [
      { name: 'A', change: 'removed', by: null },
      { name: 'HOME', change: 'added', by: 'runtime' },
      { name: null, nameBase64: '/w==', change: 'added', by: null },
    ],
  });
});

for (const state of ['other-process', 'unknown', 'unreadable', 'none'] as const) {
  test(`has null for the changes of a bundle that is ${state}, and keeps the schema`, () => {
    const { bundle } = bundleDocumentOf(bundleOf([], { state, path: null, runtime: null }), { initial: ['A=1'] });
    assert.equal([Reflect.get(bundle, 'state'), Reflect.get(bundle, 'changes')], [state, null]);
    const emptied = { ...bundleDocumentOf(bundleOf([], { state }), {}), bundle: { ...bundle, changes: [] } };
    assert.ok(violations('env', emptied).length > 0, 'the schema lets an empty list pass for one that is not known');
  });
}

test('has no value of the bundle unless that is asked for', () => {
  const [bundle, made] = [bundleOf(['A=S3CR3T', 'S3CR3T']), { initial: ['B=1'] }];
  assert.not.match(JSON.stringify(bundleDocumentOf(bundle, made)), /S3CR3T/);
  assert.match(JSON.stringify(bundleDocumentOf(bundle, made, true)), /S3CR3T/);
});

test.run();
