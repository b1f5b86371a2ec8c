import { TargetError } from '../errors.ts';
import type { EtcdConnection } from '../etcd/connection.ts';
import { type EtcdSettings, readEtcdSettings, toEtcdConnection } from '../etcd/settings.ts';
import type { EtcdCredentials } from '../kube/etcd/credentials.ts';
import type { FoundEtcd } from '../kube/etcd/find.ts';
import { describeFinding } from '../kube/finding.ts';
import { readOption } from './etcd-storage.ts';
import { parseMilliseconds, parsePid } from './number.ts';
import type { OutputOptions } from './output.ts';

/** An etcd, and how it came to be known. */
export interface ReachedEtcd {
  readonly connection: EtcdConnection;
  /** What options and `ETCDCTL_*` say; it counts before what was found. */
  readonly settings: EtcdSettings;
  /** Null where options or variables name the endpoints, and nobody looked. */
  readonly found: FoundEtcd | null;
  /** Of what was found. */
  readonly credentials: EtcdCredentials | null;
}

const MOST_REASONS = 16;

function pidsOf(options: OutputOptions): { pids?: readonly number[] } {
  const given = options['pid'];
  if (given === undefined) return {};
  return { pids: [given].flat().map((text) => parsePid('--pid', String(text))) };
}

/** Looks for an etcd. What does so is loaded only then. */
async function discover(options: OutputOptions): Promise<{ found: FoundEtcd; credentials: EtcdCredentials }> {
  const [{ findEtcd }, { readEtcdCredentials }] = await Promise.all([
    import('../kube/etcd/find.ts'),
    import('../kube/etcd/credentials.ts'),
  ]);
  const timeout = parseMilliseconds('--timeout', options['timeout']);
  const found = await findEtcd({ ...pidsOf(options), timeout });
  return { found, credentials: await readEtcdCredentials(found.choice, { timeout }) };
}

/** What there is instead of an etcd. */
function nothingFound({ looked, doubted, findings }: FoundEtcd): TargetError {
  const others = doubted.map(({ pid, comm, reason }) => `pid ${pid} is called ${comm}, but ${reason}`);
  const reasons = [...others, ...findings.map(describeFinding)];
  const more = reasons.length > MOST_REASONS ? [`and ${reasons.length - MOST_REASONS} more`] : [];
  const seen = [`looked at ${looked.join(', ')}`, ...reasons.slice(0, MOST_REASONS), ...more].join('; ');
  const cure = 'give --endpoints, and --cacert, --cert and --key, or ETCDCTL_ENDPOINTS and the like';
  return new TargetError('ERR_TARGET_UNKNOWN', `no etcd was found on this node (${seen}): ${cure}`, []);
}

function mergeConnection(found: FoundEtcd, { ca, cert, key }: EtcdCredentials, settings: EtcdSettings): EtcdConnection {
  const { endpoints } = found.choice;
  if (endpoints === null) throw nothingFound(found);
  const said = toEtcdConnection({ ...settings, endpoints: endpoints.value }, (path, option) =>
    readOption(option, path),
  );
  return {
    ...(ca === null ? {} : { ca }),
    ...(cert === null || key === null || said.cert !== undefined ? {} : { cert, key }),
    ...said,
  };
}

/**
 * The etcd that options or `ETCDCTL_*` name; where they name no endpoint, that of this node, with what they say before what
 * was found. Throws a TargetError where there is none.
 */
export async function reachEtcd(options: OutputOptions): Promise<ReachedEtcd> {
  const settings = readEtcdSettings(process.env, options);
  if (settings.endpoints !== undefined) {
    return {
      connection: toEtcdConnection(settings, (path, option) => readOption(option, path)),
      settings,
      found: null,
      credentials: null,
    };
  }
  const { found, credentials } = await discover(options);
  return { connection: mergeConnection(found, credentials, settings), settings, found, credentials };
}
