import type { Evidence, Holder, HolderContainer, Verdict } from '../../lib/trail/holder.ts';
import type { KnownSecret, SecretVersion } from '../../lib/trail/known-secret.ts';
import type { Trail, UnreadRow } from '../../lib/trail/trail-result.ts';

/** When the made trails were made. */
export const now = new Date('2026-11-25T12:00:00Z');
const HOUR = 3_600_000;

/** So many hours before. */
export function ago(hours: number): Date {
  return new Date(now.getTime() - hours * HOUR);
}

/** Values of the made Secret; none of them may leave the program. */
export const planted = {
  user: 'S3CR3T-user-Vw8sKe',
  first: 'S3CR3T-first-password-8Qw1zX',
  second: 'S3CR3T-second-password-p0Lm4T',
  third: 'S3CR3T-third-password-Hy7vB2',
  token: 'S3CR3T-token-Zx2Kd9',
};

type VersionParts = Partial<Omit<SecretVersion, 'data'>> & { readonly data: Readonly<Record<string, string>> };

export function madeVersion({ data, ...parts }: VersionParts): SecretVersion {
  const entries = Object.entries(data).map(([key, value]): [string, Buffer] => [key, Buffer.from(value)]);
  return { source: 'etcd', revision: null, current: false, since: null, by: null, ...parts, data: new Map(entries) };
}

export function madeSecret(parts: Partial<KnownSecret> = {}): KnownSecret {
  const by = (manager: string) => ({ manager, operation: 'Update', time: null });
  const { user, first, second, third, token } = planted;
  return {
    namespace: 'shop',
    name: 'payments-db',
    uid: 'f2ca926d-cf68-4f6d-a060-d151cb9093d5',
    versions: [
      madeVersion({
        revision: 198n,
        since: ago(240),
        by: by('kubectl-create'),
        data: { user, password: first, token },
      }),
      madeVersion({ revision: 214n, since: ago(76), by: by('vault-sync'), data: { user, password: second, token } }),
      madeVersion({ revision: 230n, since: ago(4), by: by('rotator'), current: true, data: { user, password: third } }),
    ],
    complete: false,
    keyTimes: new Map([['password', ago(4)]]),
    findings: [],
    [Symbol.dispose]: () => undefined,
    ...parts,
  };
}

export function madeContainer(parts: Partial<HolderContainer> = {}): HolderContainer {
  return {
    namespace: 'shop',
    pod: 'payments-7d9c5b8f6b-x2x9k',
    podUid: '6f7e1acc-0a2c-4b6e-9a54-6b8d5c8b9a01',
    name: 'api',
    id: '02126aaa02640c5d',
    owner: 'deployment/payments',
    ...parts,
  };
}

const EVIDENCE: Record<Verdict, Evidence> = {
  current: { by: 'value', message: 'equal to key password of revision 230' },
  stale: { by: 'value', message: 'equal to key password of revision 214, which revision 230 replaced' },
  mismatch: { by: 'value', message: 'its 12 bytes are no version of key password, and all are known' },
  suspect: { by: 'time', message: 'the container began 3 d before the key was last written' },
  unknown: { by: 'reference', message: 'the pod asks for it there, and it could not be read' },
};

export function madeHolder(verdict: Verdict, parts: Partial<Holder> = {}): Holder {
  const revision = { current: 230n, stale: 214n, mismatch: null, suspect: null, unknown: null }[verdict];
  return {
    process: { pid: 4242, startTime: 81_210n, comm: 'node' },
    container: madeContainer(),
    place: 'initial',
    name: 'DB_PASSWORD',
    key: 'password',
    verdict,
    revision,
    generation: null,
    expected: true,
    derived: false,
    heldSince: ago(76),
    replaced: verdict === 'stale' ? { time: ago(4), by: 'rotator', revision: 230n } : null,
    evidence: [EVIDENCE[verdict]],
    ...parts,
  };
}

export function madeTrail(holders: readonly Holder[], parts: Partial<Trail> = {}): Trail {
  const count = (verdict: Verdict) => holders.filter((holder) => holder.verdict === verdict).length;
  return {
    secret: madeSecret(),
    references: 'etcd',
    holders,
    unread: [],
    summary: {
      verdicts: {
        current: count('current'),
        stale: count('stale'),
        mismatch: count('mismatch'),
        suspect: count('suspect'),
        unknown: count('unknown'),
      },
      processes: 812,
      containers: 14,
    },
    findings: [],
    ...parts,
  };
}

const generation = '..2026_11_25_08_00_04.1234567';

function paymentsHolders(): Holder[] {
  const url = { name: 'DATABASE_URL', derived: true };
  const migrate = { pid: 4250, startTime: 81_240n, comm: 'migrate' };
  const file = { process: null, name: '/etc/db/password', generation, heldSince: null };
  return [
    madeHolder('stale', { process: null, place: 'bundle' }),
    madeHolder('current', { ...file, place: 'volume' }),
    madeHolder('stale', {
      ...file,
      place: 'subPath',
      name: '/run/one/password',
      generation: '..2026_11_22_08_00_00.7654321',
      heldSince: ago(76),
    }),
    madeHolder('stale'),
    madeHolder('stale', { place: 'live' }),
    madeHolder('stale', url),
    madeHolder('stale', { ...url, place: 'live' }),
    madeHolder('stale', { process: migrate }),
    madeHolder('stale', { process: migrate, place: 'commandLine', name: 'argument 3', expected: false }),
  ];
}

function otherHolders(): Holder[] {
  const lone = madeContainer({
    pod: 'debug',
    podUid: '11111111-0a2c',
    name: 'shell',
    id: '0f0f0f0f0f0f0f0f',
    owner: null,
  });
  const outside = { container: null, expected: false };
  const sleep = { pid: 5282, startTime: 90_000n, comm: 'sleep' };
  return [
    madeHolder('mismatch', { container: lone, process: sleep }),
    madeHolder('suspect', { container: lone, process: sleep, name: 'TOKEN', key: 'token' }),
    madeHolder('unknown', { container: lone, process: sleep, place: 'live', name: 'TOKEN', key: 'token' }),
    madeHolder('stale', { container: lone, process: sleep, place: 'openFile', name: '/db/password' }),
    madeHolder('stale', { ...outside, process: { pid: 12, startTime: 99n, comm: 'nginx' }, name: 'UPSTREAM_PASSWORD' }),
  ];
}

const unread: readonly UnreadRow[] = [
  { pid: 77, containerId: null, counts: true, unread: { place: 'live', reason: 'it has exited' } },
  { pid: 78, containerId: null, counts: true, unread: { place: 'live', reason: 'it has exited' } },
  {
    pid: null,
    containerId: '0a0a0a0a0a0a0a0a',
    counts: true,
    unread: { place: 'bundle', reason: 'no OCI bundle was found' },
  },
];

/** Every verdict and every place, in pods and out of them. */
export function richTrail(): Trail {
  const findings = [{ code: 'no-kubelet', message: 'no kubelet runs here: volumes are found by mounts' }];
  return madeTrail([...paymentsHolders(), ...otherHolders()], { unread, findings });
}

/** As the parts of HTML, of a terminal and of a line of text would have to be written to break out of them. */
export const hostileNames = {
  markup: '<script>document.title="pwned"</script>',
  attribute: '"><img src=x onerror=alert(1)>',
  entity: '&lt;b&gt;&#x3c;',
  styled: '</style><style>*{display:none}</style>',
  control: 'a\x1b[31mb\nc\x07',
  turned: '\u202egnp.exe\u2066',
  hebrew: 'שלום-עולם',
  stacked: `z${'\u0335\u0334\u0337'.repeat(20)}`,
  long: `${'long/'.repeat(800)}end`,
};

/** A node on which every name was chosen by somebody who wants to be misunderstood. */
export function hostileTrail(): Trail {
  const by = (manager: string) => ({ manager, operation: 'Update', time: null });
  const names = Object.values(hostileNames);
  const holders = names.map((name, i) =>
    madeHolder(i % 2 === 0 ? 'stale' : 'current', {
      process: { pid: 6000 + i, startTime: 1n, comm: name.slice(0, 15) },
      container: madeContainer({
        pod: name,
        podUid: `uid-${i}`,
        namespace: name,
        name,
        id: name,
        owner: i % 3 === 0 ? null : name,
      }),
      name,
      key: name,
      replaced: { time: ago(4), by: name, revision: 230n },
      evidence: [{ by: 'value', message: `equal to key ${name}` }],
    }),
  );
  const data = Object.fromEntries(names.map((name) => [name, planted.first]));
  return madeTrail(holders, {
    secret: madeSecret({
      namespace: hostileNames.markup,
      name: hostileNames.attribute,
      versions: [madeVersion({ revision: 230n, current: true, since: ago(4), by: by(hostileNames.markup), data })],
    }),
    unread: names.map((reason, i) => ({
      pid: i,
      containerId: null,
      counts: true,
      unread: { place: 'live', reason },
    })),
    findings: names.map((message) => ({ code: 'hostile', message, path: message })),
  });
}

/** Pods of one deployment, each with a process that holds the Secret; every third one an old version. */
export function manyHolders(number: number): Holder[] {
  return Array.from({ length: number }, (_, i) =>
    madeHolder(i % 3 === 0 ? 'stale' : 'current', {
      process: { pid: 10_000 + i, startTime: BigInt(i), comm: 'node' },
      container: madeContainer({ pod: `payments-7d9c5b8f6b-${i}`, podUid: `uid-${i}`, id: `${10_000_000_000 + i}` }),
    }),
  );
}

/** When and where the made pages were made. */
export const pageContext = { made: now, node: 'worker-1.example', version: '0.1.0' };
