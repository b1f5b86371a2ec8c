import * as assert from 'uvu/assert';
import type { ListedPod, PodList } from '../../lib/kube/pod-list.ts';
import { judgeGate } from '../../lib/trail/gate.ts';
import type { KnownSecret } from '../../lib/trail/known-secret.ts';
import { tableOf } from '../helpers/guide-table.ts';
import { suite } from '../helpers/suite.ts';
import {
  cluster,
  follow,
  given,
  history,
  NO_PODS,
  podOf,
  process,
  secret,
  secretKey,
  seen,
  type Seen,
} from '../helpers/trail.ts';

const test = suite('trail: the gate');

const [OLD, NEW] = ['x7Kp2mQ9vL4z', 'b8Rt5nW1cH6y'];
const known = secret(history({ a: OLD }, { a: NEW }), { complete: true });
const view = cluster([podOf({ env: [secretKey('A', 'a')] })]);
const unread = [{ place: 'live' as const, reason: 'it does not answer' }];

type Scanned = (numberOf: (value: string) => number) => Seen;
const holding = (...values: readonly (string | null)[]): Scanned => {
  return (n) => ({
    containers: [{ containerId: 'a'.repeat(64), bundle: [], files: [], unread: [], findings: [] }],
    processes: values.map((value, pid) =>
      process([seen('initial', 'A', { value: value === null ? null : n(value) })], { pid }),
    ),
  });
};

const asIs = (versions: KnownSecret, references: typeof view = view): ReturnType<typeof judgeGate> =>
  judgeGate(follow(versions, references, holding(NEW)));

test('nothing but current holders: clear', () => {
  assert.equal(asIs(known), { gate: 'clear', reasons: [] });
});

test('a stale holder, whatever else there is: stale', () => {
  const { gate, reasons } = judgeGate(follow(known, view, holding(NEW, OLD, null)));
  assert.equal([gate, reasons], ['stale', ['1 holder is stale', '1 holder is mismatch']]);
});

test('a holder that nothing is proved of: unproved', () => {
  const { gate, reasons } = judgeGate(follow(known, view, holding(NEW, null, null)));
  assert.equal([gate, reasons], ['unproved', ['2 holders are mismatch']]);
});

test('something of a container that asks for it could not be read: unproved', () => {
  const scanned: Scanned = (n) => ({ ...holding(NEW)(n), processes: [process([], { unread })] });
  assert.equal(judgeGate(follow(known, view, scanned)), {
    gate: 'unproved',
    reasons: ['1 holder is unknown', '1 place could not be read'],
  });
});

test('something else that could not be read: clear, unless all is to be known', () => {
  const scanned: Scanned = (n) => ({ ...holding(NEW)(n), processes: [process([], { containerId: null, unread })] });
  const found = follow(known, view, scanned);
  assert.equal(judgeGate(found), { gate: 'clear', reasons: [] });
  const all = { ...found, unread: found.unread.map((row) => ({ ...row, counts: true })) };
  assert.equal(judgeGate(all), { gate: 'unproved', reasons: ['1 place could not be read'] });
});

test('a container that was not seen: unproved', () => {
  const { gate, reasons } = judgeGate(follow(known, view, () => ({})));
  assert.is(gate, 'unproved');
  assert.match(reasons.join('\n'), 'test/web, container main');
});

test('a pod of the namespace that runs here and is not told of: unproved, unless nothing is told, or it is of a file', () => {
  const [{ metadata }] = view.pods as [(typeof view.pods)[0]];
  const running = (more: Partial<ListedPod>): PodList => ({
    ...NO_PODS,
    pods: [
      {
        namespace: metadata.namespace,
        name: 'other',
        uid: 'another',
        qosClass: null,
        staticPod: null,
        node: null,
        byMountsAlone: false,
        containers: [],
        ...more,
      },
    ],
  });
  const gateOf = (more: Partial<ListedPod>, references = view) =>
    judgeGate(follow(known, references, holding(NEW), running(more)));
  const { gate, reasons } = gateOf({});
  assert.equal([gate, reasons.length], ['unproved', 1]);
  assert.match(reasons[0] ?? '', 'test/other: it runs here, and etcd does not tell');
  assert.is(gateOf({ uid: metadata.uid }).gate, 'clear');
  assert.is(gateOf({ namespace: 'elsewhere' }).gate, 'clear');
  assert.is(gateOf({ staticPod: true }).gate, 'clear');
  assert.is(gateOf({}, { ...cluster([]), source: null }).gate, 'clear');
});

test('a finding that something was not read: unproved; any other finding is none of its business', () => {
  const finding = (code: string): KnownSecret => ({ ...known, findings: [{ code, message: 'of a file' }] });
  assert.is(asIs(finding('unreadable-file')).gate, 'unproved');
  assert.is(asIs(finding('image-pull-secret')).gate, 'clear');
});

test('where nobody knows which pods ask, old values have to be proof by themselves', () => {
  const nobody = { ...cluster([]), source: null };
  const weak = secret([given({ b: 'bar' }), ...history({ a: OLD }, { a: NEW })]);
  assert.equal([asIs(known, nobody).gate, asIs(weak).gate, asIs(weak, nobody).gate], ['clear', 'clear', 'unproved']);
  assert.match(asIs(weak, nobody).reasons[0] ?? '', /without: b$/);
});

test('a short value that was never another one is no old value', () => {
  const same = secret(history({ a: OLD, user: 'bar' }, { a: NEW, user: 'bar' }));
  assert.is(asIs(same, { ...cluster([]), source: null }).gate, 'clear');
});

test('no version of a Secret: unproved', () => {
  assert.is(judgeGate(follow(secret([]), cluster([]), () => ({}))).gate, 'unproved');
});

test('the guide has the findings that the gate minds, as it does', () => {
  const codes = tableOf('trail-verdicts.md', '| finding | what it says |').flatMap(([names = '']) =>
    names.replaceAll('`', '').split(', '),
  );
  assert.ok(codes.length > 5);
  for (const code of codes) {
    const finding = { code: code.replace('…', 'x'), message: 'of something' };
    assert.equal(asIs({ ...known, findings: [finding] }), { gate: 'unproved', reasons: ['of something'] }, code);
  }
});

test.run();
