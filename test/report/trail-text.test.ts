import * as assert from 'uvu/assert';
import { createStyle } from '../../lib/report/style.ts';
import { trailText } from '../../lib/report/trail-text.ts';
import type { Holder } from '../../lib/trail/holder.ts';
import type { Trail } from '../../lib/trail/trail-result.ts';
import {
  ago,
  hostileTrail,
  madeContainer,
  madeHolder,
  madeSecret,
  madeTrail,
  madeVersion,
  manyHolders,
  now,
  richTrail,
} from '../helpers/made-trail.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('report: a trail for people');
const disclosure = { fingerprint: () => '0123456789abcdef', reveal: false };
const lines = (trail: Trail, shown = disclosure) => trailText(trail, shown, createStyle(false), now.getTime());
const ofHolders = (...holders: Holder[]) => lines(madeTrail(holders));

function toDo(...holders: Holder[]): string[] {
  const text = ofHolders(...holders);
  const start = text.indexOf('What to do');
  return start === -1 ? [] : text.slice(start + 1, text.indexOf('', start)).map((line) => line.trim());
}

test('shows the versions, who holds them, and what to do', () => {
  assert.equal(lines(richTrail()), [
    'Secret shop/payments-db',
    '3 versions, told by etcd; older ones are not known',
    'revision 198  2026-11-15T12:00:00Z  by kubectl-create',
    '   user      18 bytes 0123456789abcdef',
    '   password  28 bytes 0123456789abcdef',
    '   token     19 bytes 0123456789abcdef',
    'revision 214  2026-11-22T08:00:00Z  by vault-sync  10 holders',
    '  ~password  29 bytes 0123456789abcdef',
    'revision 230  current  2026-11-25T08:00:00Z  by rotator  1 holder',
    '  ~password  28 bytes 0123456789abcdef',
    '  -token',
    'key password was last written 2026-11-25T08:00:00Z',
    '',
    'pod shop/payments-7d9c5b8f6b-x2x9k  of deployment/payments',
    '└─ container api',
    '   ├─ STALE    DB_PASSWORD        bundle   password  revision 214, since 3 d',
    '   ├─ current  /etc/db/password   volume   password  revision 230',
    '   ├─ STALE    /run/one/password  subPath  password  revision 214, since 3 d',
    '   ├─ pid 4242 (node)',
    '   │  ├─ STALE  DB_PASSWORD   initial, live  password  revision 214, since 3 d',
    '   │  └─ STALE  DATABASE_URL  initial, live  password  revision 214, since 3 d',
    '   │       derived: a longer value that contains it',
    '   └─ pid 4250 (migrate)',
    '      ├─ STALE  DB_PASSWORD  initial       password  revision 214, since 3 d',
    '      └─ STALE  argument 3   command line  password  revision 214, since 3 d',
    '           not asked for there',
    '',
    'pod shop/debug',
    '└─ container shell',
    '   └─ pid 5282 (sleep)',
    '      ├─ mismatch  DB_PASSWORD   initial    password  no version, since 3 d',
    '      │    its 12 bytes are no version of key password, and all are known',
    '      ├─ suspect   TOKEN         initial    token     perhaps old, since 3 d',
    '      │    the container began 3 d before the key was last written',
    '      ├─ unknown   TOKEN         live       token     not known, since 3 d',
    '      │    the pod asks for it there, and it could not be read',
    '      └─ STALE     /db/password  open file  password  revision 214, since 3 d',
    '',
    'in no container',
    '└─ pid 12 (nginx)',
    '   └─ STALE  UPSTREAM_PASSWORD  initial  password  revision 214, since 3 d',
    '        not asked for there',
    '',
    'What to do',
    '  restart deployment/payments: container api, pids 4242 and 4250 still hold revision 214 of key password in DB_PASSWORD, /run/one/password, DATABASE_URL and argument 3, since 3 d',
    '  recreate pod shop/debug: container shell, pid 5282 still holds revision 214 of key password in /db/password, since 3 d',
    '  restart nginx (pid 12): it still holds revision 214 of key password in UPSTREAM_PASSWORD, since 3 d',
    '',
    'Not read',
    '  live of pid 77 and pid 78: it has exited',
    '  bundle of container 0a0a0a0a0a0a0: no OCI bundle was found',
    '',
    'Findings',
    '  no kubelet runs here: volumes are found by mounts',
    '',
    '14 holders: 10 stale, 1 mismatch, 1 suspect, 1 unknown, 1 current',
    '812 processes and 14 containers looked at; etcd told which pods ask for it',
    '10 holders still have an old version; 3 not certain, 3 places not read.',
  ]);
});

test('keeps within 80 columns with names of usual length, but for what to do', () => {
  const wide = lines(richTrail()).filter((line) => line.length > 80 && !/^ {2}(restart|recreate)/.test(line));
  assert.equal(wide, []);
});

const stale = (parts: Partial<Holder>) => madeHolder('stale', parts);
const pid = (number: number) => ({ pid: number, startTime: BigInt(number), comm: 'node' });

test('says what to do once for the pods of one owner, and for all places of a key', () => {
  const second = madeContainer({ pod: 'payments-2', podUid: 'uid-2', id: '1111111111111111' });
  assert.equal(
    toDo(stale({}), stale({ place: 'live' }), stale({ process: pid(5), container: second, heldSince: ago(100) })),
    [
      'restart deployment/payments: container api, pids 4242 and 5 still hold revision 214 of key password in DB_PASSWORD, since 4 d',
    ],
  );
});

test('says for each key, version and container what to do', () => {
  const side = madeContainer({ name: 'sidecar', id: '2222222222222222' });
  assert.is(toDo(stale({}), stale({ key: 'token' }), stale({ revision: 198n }), stale({ container: side })).length, 4);
});

test('names a namespace that is not the Secret’s', () => {
  const [line = ''] = toDo(stale({ container: madeContainer({ namespace: 'other' }) }));
  assert.match(line, /^restart deployment\/payments in namespace other: /);
});

const owners: [owner: string | null, action: string][] = [
  ['statefulset/db', 'restart statefulset/db: '],
  ['daemonset/agent', 'restart daemonset/agent: '],
  ['job/migrate', 'recreate pod shop/one: '],
  ['node/worker-1', 'recreate pod shop/one: '],
  [null, 'recreate pod shop/one: '],
];

for (const [owner, action] of owners) {
  test(`has what belongs to ${owner ?? 'nothing'} made anew`, () => {
    const [line = ''] = toDo(stale({ container: madeContainer({ owner, pod: 'one' }) }));
    assert.ok(line.startsWith(action), line);
  });
}

test('has a container in no pod and a process in no container restarted', () => {
  const lone = madeContainer({ namespace: null, pod: null, podUid: null, name: null, owner: null });
  assert.equal(toDo(stale({ container: lone }), stale({ container: null, heldSince: null })), [
    'restart container 02126aaa02640: pid 4242 still holds revision 214 of key password in DB_PASSWORD, since 3 d',
    'restart node (pid 4242): it still holds revision 214 of key password in DB_PASSWORD',
  ]);
});

test('leaves a volume to kubelet', () => {
  assert.equal(toDo(stale({ process: null, place: 'volume', name: '/etc/db/password', heldSince: null })), [
    'wait until kubelet writes it again, else restart deployment/payments: container api still holds revision 214 of key password in /etc/db/password',
  ]);
});

test('without revisions, says what is known of the change', () => {
  const replaced = { time: ago(4), by: 'rotator', revision: null };
  const text = ofHolders(stale({ revision: null, replaced, key: null }));
  assert.ok(text.includes('      └─ STALE  DB_PASSWORD  initial    an older version, since 3 d'));
  assert.ok(text.includes('           replaced 4 h ago, written by rotator'));
  assert.match(text.join('\n'), /pid 4242 still holds an older version in DB_PASSWORD, since 3 d/);
});

test('ends with a sentence that does not say more than is known', () => {
  const last = (trail: Trail) => lines(trail).at(-1);
  const unread = [{ pid: 7, containerId: null, counts: true, unread: { place: 'live', reason: 'gone' } }] as const;
  const current = madeHolder('current');
  assert.is(last(madeTrail([])), 'Nothing on this node holds it.');
  assert.is(last(madeTrail([current])), 'The only holder has the current version.');
  assert.is(last(madeTrail([current, current])), 'All 2 holders have the current version.');
  assert.is(last(madeTrail([madeHolder('stale')], { unread })), '1 holder still has an old version; 1 place not read.');
  const open = 'It is not proved that nothing holds an old version';
  assert.is(last(madeTrail([], { unread })), `${open}; 1 place not read.`);
  assert.is(last(madeTrail([current, madeHolder('suspect')])), `${open}; 1 not certain.`);
  const findings = [{ code: 'container-not-seen', message: 'shop/one: it was not seen' }];
  assert.is(last(madeTrail([current], { findings })), `${open}.`);
});

test('puts on one line what rests on the same evidence only', () => {
  const rows = (holders: Holder[]) => ofHolders(...holders).filter((line) => line.includes('STALE  ')).length;
  const evidence = [{ by: 'value', message: 'contains key password of revision 214' }] as const;
  assert.is(rows([stale({}), stale({ place: 'live' })]), 1);
  assert.is(rows([stale({}), stale({ place: 'live', evidence })]), 2);
});

test('does not say that nobody asks for it where nobody tells who does, and of values without a Secret', () => {
  const holders = [madeHolder('stale', { expected: false })];
  const secret = madeSecret({ namespace: '', name: '' });
  const isSaid = (trail: Trail) => lines(trail).some((line) => line.includes('not asked for there'));
  assert.ok(isSaid(madeTrail(holders)));
  assert.not.ok(isSaid(madeTrail(holders, { references: null })));
  assert.not.ok(isSaid(madeTrail(holders, { secret })));
  assert.ok(lines(madeTrail(holders, { secret })).includes('812 processes and 14 containers looked at'));
});

test('says why it is not proved that nothing is old', () => {
  const findings = [{ code: 'container-not-seen', message: 'shop/one: it was not seen' }];
  const text = lines(madeTrail([madeHolder('suspect')], { findings }));
  const start = text.indexOf('Not proved');
  assert.equal(text.slice(start, start + 4), [
    'Not proved',
    '  1 holder is suspect',
    '  shop/one: it was not seen',
    '',
  ]);
  assert.not.ok(lines(madeTrail([madeHolder('stale')], { findings })).includes('Not proved'));
});

test('tells of a Secret that is gone, and of values without one', () => {
  const secret = madeSecret();
  const gone = lines(madeTrail([], { secret: { ...secret, versions: secret.versions.slice(0, 2) } }));
  assert.ok(gone.includes('it has no current version: it was deleted, or nobody tells'));
  const versions = [madeVersion({ source: 'values', data: { password: 'S3CR3T-given' } })];
  const given = lines(
    madeTrail([], { secret: madeSecret({ namespace: '', name: '', versions, keyTimes: new Map() }) }),
  );
  assert.equal(given.slice(0, 4), [
    'values that were given',
    '1 version, told by values that were given; older ones are not known',
    'a value that was given',
    '   password  12 bytes 0123456789abcdef',
  ]);
});

test('bounds what it lists, shows what is old before what is not, and says what is missing', () => {
  const many = manyHolders(600).map((holder, i) =>
    i < 300 ? { ...holder, container: null, process: pid(20_000 + i), name: `NAME_${i}` } : holder,
  );
  const unread = Array.from({ length: 30 }, (_, i) => ({
    pid: i,
    containerId: null,
    counts: true,
    unread: { place: 'live', reason: `reason ${i}` } as const,
  }));
  const findings = Array.from({ length: 30 }, (_, i) => ({ code: 'made', message: `finding ${i}` }));
  const text = lines(madeTrail(many, { unread, findings }));
  assert.is(text.filter((line) => line.includes('STALE ')).length, 200);
  assert.is(text.filter((line) => line.includes(' current  ')).length, 1);
  assert.ok(text.includes('400 holders more, not shown: --json has all'));
  assert.ok(text.includes('  and 51 more: --json has all'));
  assert.is(text.filter((line) => line === '  and 20 more: --json has all').length, 2);
  assert.ok(text.length < 1000);
});

test('tells once of what could not be read for one reason', () => {
  const unread = Array.from({ length: 2000 }, (_, i) => ({
    pid: i + 1,
    containerId: null,
    counts: true,
    unread: { place: 'initial', reason: 'not permitted' } as const,
  }));
  assert.ok(lines(madeTrail([], { unread })).includes('  initial of pid 1, pid 2, pid 3 and 1997 more: not permitted'));
});

test('lets no byte of a name reach the terminal as it is, and no name take a page', () => {
  const text = lines(hostileTrail());
  for (const line of text) {
    assert.not.match(line, /\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/u);
    assert.ok(line.length < 700, line);
  }
  assert.match(text.join('\n'), /a\\x1b\[31mb\\x0ac\\x07/);
});

test('shows values only where that was asked for', () => {
  const revealed = lines(richTrail(), { ...disclosure, reveal: true });
  assert.ok(revealed.includes('  ~password  "S3CR3T-third-password-Hy7vB2"'));
});

test.run();
