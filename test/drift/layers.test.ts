import * as assert from 'uvu/assert';
import { type BundleEnvironment, type ContainerIdentity, environmentLayers } from '../../lib/index.ts';
import { bundleOf } from '../helpers/bundle.ts';
import { environmentOf, type Made } from '../helpers/packed.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('drift: layers');

function changesOf(bundle: BundleEnvironment | null, made: Made): string[] | null {
  const { start } = environmentLayers(bundle, environmentOf(made));
  return start?.map(({ name, change, by }) => `${change} ${name.toString('latin1')}${by ? ` by ${by}` : ''}`) ?? null;
}

test('names what was changed between the bundle and the start, whatever the order', () => {
  const bundle = bundleOf(['A=1', 'B=2', 'GONE=x']);
  assert.equal(changesOf(bundle, { initial: ['NEW=1', 'B=other', 'A=1'] }), ['changed B', 'removed GONE', 'added NEW']);
  assert.equal(changesOf(bundle, { initial: ['GONE=x', 'B=2', 'A=1'] }), []);
});

test('knows what runtimes add', () => {
  assert.equal(changesOf(bundleOf([]), { initial: ['HOME=/root', 'HOSTNAME=h', 'TERM=x'] }), [
    'added HOME by runtime',
    'added HOSTNAME by runtime',
    'added TERM',
  ]);
  // one that the bundle has is no addition
  assert.equal(changesOf(bundleOf(['HOME=/']), { initial: ['HOME=/root'] }), ['changed HOME']);
});

test('takes the last of duplicates in a bundle, the first in a process', () => {
  assert.equal(changesOf(bundleOf(['A=1', 'A=2']), { initial: ['A=2'] }), []);
  assert.equal(changesOf(bundleOf(['A=1', 'A=2']), { initial: ['A=1'] }), ['changed A']);
  assert.equal(changesOf(bundleOf(['A=1']), { initial: ['A=1', 'A=2'] }), []);
});

test('says where a NUL cut a value, and where something else happened to it', () => {
  assert.equal(changesOf(bundleOf(['A=one\0two']), { initial: ['A=one'] }), ['cut A']);
  assert.equal(changesOf(bundleOf(['A=one\0two']), { initial: ['A=other'] }), ['changed A']);
  assert.equal(changesOf(bundleOf(['NAME\0=1']), { initial: [] }), []);
});

test('keeps names and values that are not UTF-8 apart', () => {
  assert.equal(changesOf(bundleOf(['\xff=1']), { initial: ['\xfe=1'] }), ['removed \xff', 'added \xfe']);
});

const unknowns: [why: string, bundle: BundleEnvironment | null, made: Made][] = [
  ['no bundle was asked for', null, { initial: [] }],
  ['it is of another process', bundleOf(['A=1'], { state: 'other-process' }), { initial: ['A=1'] }],
  ['the first process is not known', bundleOf(['A=1'], { state: 'unknown' }), { initial: ['A=1'] }],
  ['the bundle could not be read', bundleOf([], { state: 'unreadable', path: null }), { initial: ['A=1'] }],
  ['there is none', bundleOf([], { state: 'none', path: null }), { initial: [] }],
  ['the bundle is cut', bundleOf(['A=1'], { truncated: true }), { initial: ['A=1'] }],
  ['the initial one was not asked for', bundleOf(['A=1']), { initial: null }],
  ['it is overwritten', bundleOf(['A=1']), { initial: ['A=1'], initialState: { state: 'overwritten' } }],
  ['it is unreadable', bundleOf(['A=1']), { initial: [], initialState: { state: 'unreadable' } }],
  ['it is cut', bundleOf(['A=1']), { initial: ['A=1'], initialState: { truncated: true } }],
];
for (const [why, bundle, made] of unknowns) {
  test(`says null, not that nothing changed, where ${why}`, () => assert.is(changesOf(bundle, made), null));
}

test('is empty, not null, for a program that was started with nothing as it was to be', () => {
  assert.equal(changesOf(bundleOf([]), { initial: [], initialState: { state: 'empty' } }), []);
});

test('passes on who put a variable into the bundle, and null where nobody has told', () => {
  const bundle = bundleOf(['PATH=/bin', 'A=1', 'WEB_SERVICE_HOST=10.0.0.1', 'WEB_SERVICE_PORT=80', 'no equals']);
  const origins = new Map([
    ['PATH', 'image'],
    ['A', 'pod'],
  ] as const);
  const told = environmentLayers(bundle, environmentOf({}), origins).bundle;
  assert.equal(
    told?.map(({ origin, service }) => [origin, service]),
    [
      ['image', false],
      ['pod', false],
      [null, true],
      [null, true],
      [null, false],
    ],
  );
  assert.ok(environmentLayers(bundle, environmentOf({})).bundle?.every(({ origin }) => origin === null));
  assert.is(environmentLayers(bundleOf([], { state: 'none', path: null }), environmentOf({})).bundle, null);
});

test('gives the drift of the run beside it', () => {
  const { run } = environmentLayers(null, environmentOf({ initial: ['A=1'], live: ['A=2'] }));
  assert.equal(
    run?.map(({ name, change }) => `${change} ${name}`),
    ['changed A'],
  );
});

test('overwrites the values of a bundle that is disposed of', () => {
  const bundle = bundleOf(['A=secret']);
  const [entry] = bundle.entries;
  bundle[Symbol.dispose]();
  assert.equal(entry?.value, Buffer.alloc(6));
  assert.is((bundle.identity as ContainerIdentity).pid, 1234);
});

test.run();
