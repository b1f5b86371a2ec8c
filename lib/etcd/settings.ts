import { UsageError } from '../errors.ts';
import type { EtcdConnection } from './connection.ts';

/** What the command line and `ETCDCTL_*` say of an etcd, as text; what nobody said is missing. */
export interface EtcdSettings {
  /** One or more, separated by commas. */
  readonly endpoints?: string;
  /** Files. */
  readonly cacert?: string;
  /** File. */
  readonly cert?: string;
  /** File. */
  readonly key?: string;
  /** `NAME` or `NAME:PASSWORD`. */
  readonly user?: string;
  /** Of the user. */
  readonly password?: string;
  /** Take any certificate of etcd's. */
  readonly insecureSkipTlsVerify?: boolean;
}

/** Variables, as in `process.env`. */
export type EtcdEnvironment = Readonly<Record<string, string | undefined>>;
/** Options of a command line by their names in camel case: `endpoints`, `cacert`, … */
export type EtcdOptionValues = Readonly<Record<string, unknown>>;

const VARIABLES = {
  endpoints: 'ETCDCTL_ENDPOINTS',
  cacert: 'ETCDCTL_CACERT',
  cert: 'ETCDCTL_CERT',
  key: 'ETCDCTL_KEY',
  user: 'ETCDCTL_USER',
  password: 'ETCDCTL_PASSWORD',
} as const;
const SKIP = 'ETCDCTL_INSECURE_SKIP_TLS_VERIFY';
/** Where etcdctl looks when it is told nothing. */
const DEFAULT_ENDPOINT = '127.0.0.1:2379';

function isTrue(text: string | undefined): boolean {
  return /^(?:1|t|true)$/i.test(text ?? '');
}

/** What options say, and where they say nothing, the variables that etcdctl reads (etcd, pkg/flags: an empty one says nothing). */
export function readEtcdSettings(env: EtcdEnvironment, options: EtcdOptionValues): EtcdSettings {
  const settings: Record<string, string | boolean> = {};
  for (const [name, variable] of Object.entries(VARIABLES)) {
    const said = typeof options[name] === 'string' ? options[name] : env[variable];
    if (said !== undefined && said !== '') settings[name] = said;
  }
  if (options['insecureSkipTlsVerify'] === true || isTrue(env[SKIP])) settings['insecureSkipTlsVerify'] = true;
  return settings;
}

function userOf({ user, password }: EtcdSettings): Pick<EtcdConnection, 'user'> {
  if (user === undefined) return {};
  const colon = user.indexOf(':');
  if (password !== undefined) return { user: { name: user, password } };
  if (colon < 1) throw new UsageError('--user', 'must be NAME:PASSWORD, or have ETCDCTL_PASSWORD beside it');
  return { user: { name: user.slice(0, colon), password: user.slice(colon + 1) } };
}

/** The connection that settings describe. Throws what `readFile` throws, and a UsageError where they do not go together. */
export function toEtcdConnection(
  settings: EtcdSettings,
  readFile: (path: string, option: string) => Uint8Array,
): EtcdConnection {
  const { endpoints = DEFAULT_ENDPOINT, cacert, cert, key, insecureSkipTlsVerify } = settings;
  if ((cert === undefined) !== (key === undefined))
    throw new UsageError(cert === undefined ? '--cert' : '--key', 'is missing: certificate and key belong together');
  return {
    endpoints: endpoints
      .split(',')
      .map((text) => text.trim())
      .filter((text) => text !== ''),
    ...(cacert === undefined ? {} : { ca: readFile(cacert, '--cacert') }),
    ...(cert === undefined ? {} : { cert: readFile(cert, '--cert') }),
    ...(key === undefined ? {} : { key: readFile(key, '--key') }),
    ...(insecureSkipTlsVerify === true ? { skipVerify: true } : {}),
    ...userOf(settings),
  };
}
