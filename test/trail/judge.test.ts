import * as assert from 'uvu/assert';
import type { ListedContainer, PodList } from '../../lib/kube/pod-list.ts';
import { suite } from '../helpers/suite.ts';
import {
  brief,
  cluster,
  container,
  file,
  follow,
  given,
  history,
  ID,
  minutes,
  NO_PODS,
  podOf,
  process,
  secret,
  secretKey,
  seen,
  toData,
} from '../helpers/trail.ts';

const test = suite('trail: who holds what');

const OLD = 'x7Kp2mQ9vL4z';
const NEW = 'b8Rt5nW1cH6y';
const known = secret(history({ password: OLD, user: 'app' }, { password: NEW, user: 'app' }));
const password = secretKey('PASSWORD', 'password');
const view = cluster([podOf({ env: [password] })]);

test('a stale holder says which version, what replaced it, and since when it holds it', () => {
  const { holders } = follow(known, view, (n) => ({
    processes: [process([seen('initial', 'PASSWORD', { value: n(OLD) })])],
  }));
  assert.equal(holders, [
    {
      process: { pid: 4242, startTime: 1000n, comm: 'web' },
      container: { namespace: 'test', pod: 'web', podUid: 'pod-uid', name: 'main', id: ID, owner: 'deployment/web' },
      place: 'initial',
      name: 'PASSWORD',
      key: 'password',
      verdict: 'stale',
      revision: 100n,
      replaced: { time: minutes(1), by: 'writer-1', revision: 101n },
      generation: null,
      expected: true,
      derived: false,
      heldSince: minutes(30),
      evidence: [
        { by: 'reference', message: 'the pod sets PASSWORD from key password' },
        { by: 'value', message: 'is equal to key password of revision 100, an old one' },
      ],
    },
  ]);
});

test('of versions with the same value the newest counts, and the one after it replaced it', () => {
  const versions = secret(
    history({ password: OLD }, { password: OLD, more: '1' }, { password: NEW }, { password: OLD }, { password: NEW }),
  );
  const { holders } = follow(versions, view, (n) => ({
    processes: [process([seen('live', 'PASSWORD', { value: n(OLD) })])],
  }));
  assert.equal([holders[0]?.revision, holders[0]?.replaced?.revision], [103n, 104n]);
});

test('an old value that was given has no revision, and nobody knows what replaced it', () => {
  const versions = secret([given({ password: OLD }), ...history({ password: NEW })]);
  const { holders } = follow(versions, view, (n) => ({
    processes: [process([seen('live', 'PASSWORD', { value: n(OLD) })])],
  }));
  assert.equal([holders[0]?.verdict, holders[0]?.revision, holders[0]?.replaced], ['stale', null, null]);
});

test('of a deleted Secret the newest version is stale, and it is said why', () => {
  const versions = secret(known.versions.map((version) => ({ ...version, current: false })));
  const { holders } = follow(versions, view, (n) => ({
    processes: [process([seen('live', 'PASSWORD', { value: n(NEW) })])],
  }));
  assert.equal([holders[0]?.verdict, holders[0]?.revision, holders[0]?.replaced], ['stale', 101n, null]);
  assert.match(holders[0]?.evidence.map(({ message }) => message).join('\n') ?? '', 'deleted');
});

test('where all versions since the start of a container are known, it is a mismatch, however late the key was written', () => {
  const { holders } = follow({ ...known, keyTimes: new Map([['password', minutes(40)]]) }, view, () => ({
    processes: [process([seen('initial', 'PASSWORD')])],
  }));
  assert.equal(
    holders.map(({ verdict }) => verdict),
    ['mismatch'],
  );
});

test('a process holds its variables since its own start, whatever its container does', () => {
  const { holders } = follow(known, view, (n) => ({
    processes: [process([seen('initial', 'PASSWORD', { value: n(OLD) })], { startedAt: minutes(45) })],
  }));
  assert.equal(holders[0]?.heldSince, minutes(45));
});

test('bundle, initial and live are judged each by itself', () => {
  const { holders } = follow(known, view, (n) => ({
    containers: [container({ bundle: [seen('bundle', 'PASSWORD', { value: n(OLD) })] })],
    processes: [process([seen('initial', 'PASSWORD', { value: n(OLD) }), seen('live', 'PASSWORD', { value: n(NEW) })])],
  }));
  assert.equal(holders.map(brief), [
    ['bundle', 'PASSWORD', 'password', 'stale', 100n, 'expected'],
    ['initial', 'PASSWORD', 'password', 'stale', 100n, 'expected'],
    ['live', 'PASSWORD', 'password', 'current', 101n, 'expected'],
  ]);
  assert.is(holders[0]?.process, null);
});

test('a short value counts where the pod asks for it, and nowhere else', () => {
  const versions = secret(history({ password: 'bar' }, { password: 'new' }));
  const { holders } = follow(versions, view, (n) => ({
    processes: [
      process([seen('initial', 'PASSWORD', { value: n('bar') }), seen('initial', 'OTHER', { value: n('bar') })]),
    ],
  }));
  assert.equal(holders.map(brief), [['initial', 'PASSWORD', 'password', 'stale', 100n, 'expected']]);
});

test('an empty value is expected as any other', () => {
  const versions = secret(history({ password: '' }, { password: 'new' }));
  const { holders } = follow(versions, view, (n) => ({
    processes: [process([seen('initial', 'PASSWORD', { value: n('') })])],
  }));
  assert.equal(holders.map(brief), [['initial', 'PASSWORD', 'password', 'stale', 100n, 'expected']]);
});

test('a variable that is not there is no holder', () => {
  assert.equal(follow(known, view, () => ({ processes: [process([])], containers: [container()] })).holders, []);
});

test('a child of a container is judged as it is, by the variables that it has', () => {
  const { holders } = follow(known, view, (n) => ({
    processes: [
      process([seen('initial', 'PASSWORD', { value: n(NEW) })]),
      process([seen('initial', 'PASSWORD', { value: n(OLD) })], { pid: 4300, parentPid: 4242, startTime: 2000n }),
      process([], { pid: 4301, parentPid: 4242, startTime: 2001n }),
    ],
  }));
  assert.equal(
    holders.map((one) => [one.process?.pid, one.verdict]),
    [
      [4242, 'current'],
      [4300, 'stale'],
    ],
  );
});

test('a process of no pod, a command line, and something longer are found by value', () => {
  const { holders } = follow(known, view, (n) => ({
    processes: [
      process(
        [
          seen('commandLine', 'argument 2', { value: n(OLD) }),
          seen('initial', 'DSN', { value: n(OLD), whole: false }),
          seen('live', 'COPY', { value: n(NEW) }),
        ],
        { containerId: null },
      ),
    ],
  }));
  assert.equal(holders.map(brief), [
    ['initial', 'DSN', 'password', 'stale', 100n, 'by value', 'derived'],
    ['live', 'COPY', 'password', 'current', 101n, 'by value'],
    ['commandLine', 'argument 2', 'password', 'stale', 100n, 'by value'],
  ]);
  assert.is(holders[0]?.container, null);
});

test('an old value that the new one begins with is not found inside of the new one', () => {
  const versions = secret(history({ password: OLD }, { password: `${OLD}2` }));
  const { holders } = follow(versions, view, (n) => ({
    processes: [
      process([
        seen('live', 'PASSWORD', { value: n(`${OLD}2`) }),
        seen('live', 'PASSWORD', { value: n(OLD), whole: false }),
        seen('live', 'DSN', { value: n(OLD), whole: false }),
        seen('live', 'DSN', { value: n(`${OLD}2`), whole: false }),
      ]),
    ],
  }));
  assert.equal(holders.map(brief), [
    ['live', 'DSN', 'password', 'current', 101n, 'by value', 'derived'],
    ['live', 'PASSWORD', 'password', 'current', 101n, 'expected'],
  ]);
});

test('what contains an old and a current value is stale', () => {
  const { holders } = follow(known, view, (n) => ({
    processes: [
      process([
        seen('live', 'BOTH', { value: n(NEW), whole: false }),
        seen('live', 'BOTH', { value: n(OLD), whole: false }),
      ]),
    ],
  }));
  assert.equal(holders.map(brief), [['live', 'BOTH', 'password', 'stale', 100n, 'by value', 'derived']]);
});

test('a value that is an old one of one key and the current one of another', () => {
  const versions = secret(history({ password: OLD }, { password: NEW, previous: OLD }));
  const { holders } = follow(versions, view, (n) => ({
    processes: [process([seen('live', 'PASSWORD', { value: n(OLD) }), seen('live', 'ELSEWHERE', { value: n(OLD) })])],
  }));
  assert.equal(holders.map(brief), [
    ['live', 'ELSEWHERE', 'previous', 'current', 101n, 'by value'],
    ['live', 'PASSWORD', 'password', 'stale', 100n, 'expected'],
  ]);
});

const dsn = { name: 'DSN', value: 'db://$(USER):$(PASSWORD)@$(HOST)' };
const host = (from: object): object => ({ name: 'HOST', ...from });
const derivedView = (from: object): typeof view =>
  cluster([podOf({ env: [secretKey('USER', 'user'), password, host(from), dsn] })], {
    'configMap/db': toData({ host: 'db2' }),
  });

test('a derived variable is compared as a whole', () => {
  const { holders } = follow(known, derivedView({ value: 'db' }), (n) => ({
    processes: [
      process([
        seen('live', 'DSN', { value: n(`db://app:${OLD}@db`) }),
        seen('live', 'DSN', { value: n(OLD), whole: false }),
      ]),
    ],
  }));
  assert.equal(holders.map(brief), [['live', 'DSN', null, 'stale', 100n, 'expected', 'derived']]);
});

test('a derived value is found elsewhere, too', () => {
  const { holders } = follow(known, derivedView({ value: 'db' }), (n) => ({
    processes: [process([seen('live', 'COPY', { value: n(`db://app:${OLD}@db`) })], { containerId: null })],
  }));
  assert.equal(holders.map(brief), [['live', 'COPY', null, 'stale', 100n, 'by value', 'derived']]);
});

const fromMap = { valueFrom: { configMapKeyRef: { name: 'db', key: 'host' } } };

test('where another object in it has changed, what a derived variable contains decides', () => {
  const { holders } = follow(known, derivedView(fromMap), (n) => ({
    processes: [process([seen('live', 'DSN', { value: n(NEW), whole: false })])],
  }));
  assert.equal(holders.map(brief), [['live', 'DSN', 'password', 'current', 101n, 'expected', 'derived']]);
});

test('where it contains nothing that is known, the verdict is unknown', () => {
  const { holders } = follow(known, derivedView(fromMap), () => ({ processes: [process([seen('live', 'DSN')])] }));
  assert.equal(holders.map(brief), [['live', 'DSN', null, 'unknown', null, 'expected', 'derived']]);
});

test('a variable that the current version does not set may be of the image', () => {
  const optional = cluster([podOf({ env: [secretKey('PASSWORD', 'password', { optional: true })] })]);
  const versions = secret(history({ password: OLD }, {}), { complete: true });
  const { holders } = follow(versions, optional, () => ({ processes: [process([seen('live', 'PASSWORD')])] }));
  assert.equal(
    holders.map(({ verdict }) => verdict),
    ['unknown'],
  );
});

test('a value with a line end is the one without', () => {
  const versions = secret(history({ password: `${OLD}\n` }, { password: `${NEW}\n` }));
  const { holders } = follow(versions, view, (n) => ({
    processes: [process([seen('live', 'COPY', { value: n(OLD) }), seen('live', 'PASSWORD', { value: n(`${NEW}\n`) })])],
  }));
  assert.equal(
    holders.map(({ verdict }) => verdict),
    ['stale', 'current'],
  );
});

test('a NUL ends the value of a variable, but not what the bundle has', () => {
  const versions = secret(history({ password: `${OLD}\0old` }, { password: `${NEW}\0new` }));
  const { holders } = follow(versions, view, (n) => ({
    containers: [container({ bundle: [seen('bundle', 'PASSWORD', { value: n(`${NEW}\0new`) })] })],
    processes: [process([seen('initial', 'PASSWORD', { value: n(NEW) }), seen('live', 'PASSWORD', { value: n(OLD) })])],
  }));
  assert.equal(
    holders.map(({ verdict }) => verdict),
    ['current', 'current', 'stale'],
  );
});

const listed = (name: string, id: string): ListedContainer => ({
  name,
  id,
  runtime: null,
  sandbox: false,
  image: null,
  ownUserNamespace: null,
  secretVolumes: null,
  processes: [],
  findings: [],
});

function podList(uid: string, ...containers: ListedContainer[]): PodList {
  const pod = {
    namespace: 'test',
    name: 'web',
    uid,
    qosClass: null,
    staticPod: null,
    node: null,
    byMountsAlone: false,
  };
  return { ...NO_PODS, pods: [{ ...pod, containers }] };
}

test('a container that was started again since its pod was read is known by its name', () => {
  const again = 'b'.repeat(64);
  const scanned = process([seen('live', 'PASSWORD')], { containerId: again, startedAt: minutes(50) });
  const { holders } = follow(known, view, () => ({ processes: [scanned] }), podList('pod-uid', listed('main', again)));
  assert.equal(holders.map(brief), [['live', 'PASSWORD', 'password', 'mismatch', null, 'expected']]);
  assert.is(holders[0]?.container?.id, again);
});

test('a container that was started again was started when its first process was', () => {
  const again = 'b'.repeat(64);
  const versions = secret(history({ password: NEW }).map((version) => ({ ...version, since: minutes(40) })));
  const verdictOf = (containerId: string): unknown[] => {
    const scanned = process([seen('live', 'PASSWORD')], { containerId, startedAt: minutes(50) });
    const trail = follow(versions, view, () => ({ processes: [scanned] }), podList('pod-uid', listed('main', again)));
    return trail.holders.map(({ verdict }) => verdict);
  };
  assert.equal([verdictOf(ID), verdictOf(again)], [['suspect'], ['mismatch']]);
});

test('a sidecar and another pod are told by what is known of them', () => {
  const [sidecar, other] = ['b'.repeat(64), 'c'.repeat(64)];
  const sighting = (n: (value: string) => number): ReturnType<typeof seen>[] => [seen('live', 'X', { value: n(OLD) })];
  const { holders } = follow(
    known,
    view,
    (n) => ({
      processes: [
        process(sighting(n), { containerId: other, pid: 3 }),
        process(sighting(n), { containerId: sidecar, pid: 2 }),
        process(sighting(n), { containerId: null, pid: 1 }),
      ],
    }),
    podList('pod-uid', listed('sidecar', sidecar)),
  );
  assert.equal(
    holders.map((one) => [one.process?.pid, one.container?.name, one.container?.owner, one.container?.id]),
    [
      [2, 'sidecar', 'deployment/web', sidecar],
      [3, null, null, other],
      [1, undefined, undefined, undefined],
    ],
  );
});

const volume = cluster([
  podOf(
    {
      volumeMounts: [
        { name: 'vol', mountPath: '/mnt' },
        { name: 'vol', mountPath: '/etc/pw', subPath: 'pw' },
      ],
    },
    [{ name: 'vol', secret: { secretName: 'mysecret', items: [{ key: 'password', path: 'pw' }] } }],
  ),
]);
const FIRST = '..2026_11_23_06_00_10.1';
const SECOND = '..2026_11_23_06_05_00.2';

test('files are judged by the key that the pod gives their path', () => {
  const { holders } = follow(known, volume, (n) => ({
    containers: [
      container({
        files: [
          file('pw', { value: n(NEW), generation: SECOND, removed: false }),
          file('pw', { place: 'subPath', containerPath: '/etc/pw', value: n(OLD), generation: FIRST, removed: true }),
          file('other', { value: null }),
          file('token', { volume: 'another', value: n(OLD) }),
        ],
      }),
    ],
  }));
  assert.equal(holders.map(brief), [
    ['volume', '/mnt/pw', 'password', 'current', 101n, 'expected'],
    ['volume', '/mnt/token', 'password', 'stale', 100n, 'by value'],
    ['subPath', '/etc/pw', 'password', 'stale', 100n, 'expected'],
  ]);
  assert.equal(
    holders.map(({ heldSince }) => heldSince?.toISOString()),
    ['2026-11-23T06:05:00.000Z', undefined, '2026-11-23T06:30:00.000Z'],
  );
  assert.equal(
    holders[2]?.evidence.map(({ by }) => by),
    ['reference', 'value', 'generation'],
  );
});

test('a file of a key that no known version has is of the Secret, where all of the volume is', () => {
  const whole = cluster([
    podOf({ volumeMounts: [{ name: 'vol', mountPath: '/mnt' }] }, [
      { name: 'vol', secret: { secretName: 'mysecret' } },
    ]),
  ]);
  const gone = file('gone', { generation: FIRST, removed: true });
  const trailOf = (asked: typeof view): unknown[] =>
    follow(known, asked, () => ({ containers: [container({ files: [gone] })] })).holders.map(brief);
  assert.equal(trailOf(whole), [['volume', '/mnt/gone', 'gone', 'stale', null, 'expected']]);
  assert.equal(trailOf(volume), []);
});

const openFiles: [path: string, known: boolean][] = [
  [`/mnt/${FIRST}/pw`, true],
  [`/mnt/${FIRST}/pw (deleted)`, true],
  ['/etc/pw', true],
  ['/mnt/pw', true],
  [`/mnt/${FIRST}/other`, false],
  ['/mnt2/pw', false],
];
for (const [path, isKnown] of openFiles) {
  test(`an open file of a replaced generation: ${path} ${isKnown ? 'is' : 'is not'} of the Secret`, () => {
    const { holders } = follow(known, volume, () => ({
      processes: [process([seen('openFile', path, { removed: true, generation: FIRST, through: 'fd/7' })])],
    }));
    const stale = ['openFile', path, 'password', 'stale', null, 'expected'];
    assert.equal(holders.map(brief), isKnown ? [stale] : []);
  });
}

test('a file that was opened from elsewhere is judged by value alone', () => {
  const { holders } = follow(known, volume, (n) => ({
    processes: [
      process([
        seen('openFile', '/mnt/pw', { through: 'fd/7' }),
        seen('openFile', '/tmp/a', { value: n(OLD), through: 'map' }),
      ]),
    ],
  }));
  assert.equal(holders.map(brief), [['openFile', '/tmp/a', 'password', 'stale', 100n, 'by value']]);
});

test('what could not be read of a first process is unknown, of others only a row', () => {
  const unread = [{ place: 'live' as const, reason: 'it does not answer' }];
  const trail = follow(known, view, (n) => ({
    processes: [
      process([seen('initial', 'PASSWORD', { value: n(NEW) })], { unread }),
      process([], { pid: 4300, parentPid: 4242, unread }),
      process([], { pid: 4200, parentPid: 7, startTime: 2000n, unread }),
      process([], { pid: 9, containerId: null, unread }),
    ],
  }));
  assert.equal(trail.holders.map(brief), [
    ['initial', 'PASSWORD', 'password', 'current', 101n, 'expected'],
    ['live', 'PASSWORD', 'password', 'unknown', null, 'expected'],
  ]);
  assert.equal(
    trail.unread.map(({ pid, containerId }) => [pid, containerId]),
    [
      [4242, ID],
      [4300, ID],
      [4200, ID],
      [9, null],
    ],
  );
  assert.equal(trail.summary, {
    verdicts: { current: 1, stale: 0, mismatch: 0, suspect: 0, unknown: 1 },
    processes: 4,
    containers: 0,
  });
});

test('a variable that was seen in a part of an environment is not unknown', () => {
  const unread = [{ place: 'live' as const, reason: 'the rest of it was cut' }];
  const { holders } = follow(known, view, (n) => ({
    processes: [process([seen('live', 'PASSWORD', { value: n(OLD) })], { unread })],
  }));
  assert.equal(
    holders.map(({ verdict }) => verdict),
    ['stale'],
  );
});

test('mounts and bundles that could not be read are unknown', () => {
  const both = cluster([
    podOf({ env: [password], volumeMounts: [{ name: 'vol', mountPath: '/mnt' }] }, [
      { name: 'vol', secret: { secretName: 'mysecret' } },
    ]),
  ]);
  const reason = 'it does not answer';
  const trail = follow(known, both, () => ({
    containers: [
      container({
        unread: [
          { place: 'volume', reason },
          { place: 'bundle', reason },
        ],
      }),
    ],
  }));
  assert.equal(trail.holders.map(brief), [
    ['volume', '/mnt', null, 'unknown', null, 'expected'],
    ['bundle', 'PASSWORD', 'password', 'unknown', null, 'expected'],
  ]);
  assert.equal(trail.findings, []);
});

test('what should be there and was not seen is a finding', () => {
  const codes = (scanned: Parameters<typeof follow>[2]): string[] =>
    follow(known, volume, scanned).findings.map(({ code }) => code);
  assert.equal(
    codes(() => ({})),
    ['container-not-seen'],
  );
  assert.equal(
    codes(() => ({ containers: [container()] })),
    ['volume-not-seen', 'volume-not-seen'],
  );
  assert.equal(
    codes(() => ({ containers: [container({ files: [file('pw')] })] })),
    [],
  );
});

test('a finding that several parts tell is there once', () => {
  const finding = { code: 'x', message: 'y' };
  const trail = follow({ ...known, findings: [finding] }, { ...view, findings: [finding] }, () => ({
    containers: [container()],
  }));
  assert.equal(trail.findings, [finding]);
});

test('holders are in the same order, however they come', () => {
  const places = ['live', 'initial', 'commandLine'] as const;
  const build = (reverse: boolean): unknown[] => {
    const { holders } = follow(known, view, (n) => {
      const processes = [7, 5, 6].flatMap((pid) => [
        process(
          places.map((place) => seen(place, 'X', { value: n(OLD) })),
          { pid, containerId: pid === 5 ? null : ID },
        ),
      ]);
      return { processes: reverse ? processes.toReversed() : processes };
    });
    return holders.map((one) => [one.process?.pid, one.place]);
  };
  assert.equal(build(true), build(false));
  assert.equal(
    build(false),
    [6, 7, 5].flatMap((pid) => ['initial', 'live', 'commandLine'].map((place) => [pid, place])),
  );
});

test('a process that holds 10,000 values in one variable keeps nobody busy', () => {
  const values = Array.from({ length: 10_000 }, (_, index) => [`key${index}`, `${OLD}${index + 10_000}`]);
  const versions = secret(history(Object.fromEntries(values) as Record<string, string>));
  const { holders } = follow(versions, view, (n) => ({
    processes: [process(values.map(([, value = '']) => seen('live', 'ALL', { value: n(value), whole: false })))],
  }));
  assert.is(holders.length, 10_000);
});

test.run();
