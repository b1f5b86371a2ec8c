import { findFlag, type FlagLayer } from '../flag-layer.ts';

/** Who said something of an etcd; `assumed`: nobody, it is usually so. */
export type EtcdSource = 'command line' | 'args file' | 'config file' | 'environment' | 'manifest' | 'assumed';

/** What can belong to an etcd: the API server that uses it, etcd itself, or what speaks its protocol (kine, dqlite). */
export type EtcdRole = 'apiserver' | 'etcd' | 'store';

/** Something that is known of an etcd, and who said it. */
export interface EtcdFact {
  /** As it was written, but that paths are absolute; of several the values are separated by commas. */
  readonly value: string;
  /** Where it was found. */
  readonly source: EtcdSource;
  /** The file that says it, as the process sees it; null where none does. */
  readonly path: string | null;
}

/** What one program was told; null what it was not. */
export interface EtcdFacts {
  /** Where etcd is, for an API server: URLs, separated by commas. */
  readonly servers: EtcdFact | null;
  /** Resources that are kept elsewhere: `group/resource#url;url,…`. */
  readonly overrides: EtcdFact | null;
  /** What all keys begin with: `/registry`. */
  readonly prefix: EtcdFact | null;
  /** Who must have signed the other side's certificate. */
  readonly caFile: EtcdFact | null;
  /** The certificate it shows. */
  readonly certFile: EtcdFact | null;
  /** Its key. */
  readonly keyFile: EtcdFact | null;
  /** The EncryptionConfiguration. */
  readonly encryptionConfig: EtcdFact | null;
  /** How objects are written: `application/vnd.kubernetes.protobuf`. */
  readonly mediaType: EtcdFact | null;
  /** Where etcd listens for clients. */
  readonly listenUrls: EtcdFact | null;
  /** Where etcd tells clients to come. */
  readonly advertiseUrls: EtcdFact | null;
  /** Whether etcd asks for a client's certificate: `true`. */
  readonly clientCertAuth: EtcdFact | null;
  /** Where etcd keeps its data. */
  readonly dataDir: EtcdFact | null;
}

type Name = keyof EtcdFacts;
/** By which flags, whether their values add up, and what the program takes when none is there. */
type Way = { readonly flags: readonly string[]; readonly list?: boolean; readonly usual?: string };

/**
 * Source: kubernetes, apiserver/pkg/server/options/etcd.go; etcd, server/etcdmain/config.go; k3s-io/kine, main.go;
 * canonical/k8s-dqlite, cmd/k8s-dqlite.go.
 */
const WAYS: Readonly<Record<EtcdRole, Partial<Record<Name, Way>>>> = {
  apiserver: {
    servers: { flags: ['etcd-servers'], list: true },
    overrides: { flags: ['etcd-servers-overrides'], list: true },
    prefix: { flags: ['etcd-prefix'], usual: '/registry' },
    caFile: { flags: ['etcd-cafile'] },
    certFile: { flags: ['etcd-certfile'] },
    keyFile: { flags: ['etcd-keyfile'] },
    encryptionConfig: { flags: ['encryption-provider-config', 'experimental-encryption-provider-config'] },
    mediaType: { flags: ['storage-media-type'], usual: 'application/vnd.kubernetes.protobuf' },
  },
  etcd: {
    listenUrls: { flags: ['listen-client-urls'], usual: 'http://localhost:2379' },
    advertiseUrls: { flags: ['advertise-client-urls'] },
    caFile: { flags: ['trusted-ca-file', 'ca-file'] },
    certFile: { flags: ['cert-file'] },
    keyFile: { flags: ['key-file'] },
    clientCertAuth: { flags: ['client-cert-auth'], usual: 'false' },
    dataDir: { flags: ['data-dir'] },
  },
  store: {
    listenUrls: { flags: ['listen-address', 'listen'] },
    dataDir: { flags: ['storage-dir'] },
  },
};
const NAMES: readonly Name[] = [
  'servers',
  'overrides',
  'prefix',
  'caFile',
  'certFile',
  'keyFile',
  'encryptionConfig',
  'mediaType',
  'listenUrls',
  'advertiseUrls',
  'clientCertAuth',
  'dataDir',
];
/** Facts that are paths. */
export const PATHS: readonly Name[] = ['caFile', 'certFile', 'keyFile', 'encryptionConfig', 'dataDir'];

/** Flags that take the next word, of a program in this role. */
export function valuedFlags(role: EtcdRole): ReadonlySet<string> {
  const flags = Object.values(WAYS[role]).flatMap((way) => way.flags);
  return new Set(flags.filter((flag) => flag !== 'client-cert-auth'));
}

/** A flag that may be given several times: all values of the last layer that has it. */
function findList(layers: readonly FlagLayer<EtcdSource>[], flag: string): EtcdFact | null {
  const last = layers.findLast(({ flags }) => flags.values.has(flag));
  if (last === undefined) return null;
  const value = (last.flags.values.get(flag) ?? []).filter((one) => one !== '').join(',');
  return value === '' ? null : { value, source: last.source, path: last.path };
}

/**
 * What flags say: of layers the last one counts. What no flag says is what the program usually takes, where that is
 * `complete`: all that it was told could be read.
 */
export function gatherEtcdFacts(
  role: EtcdRole,
  layers: readonly FlagLayer<EtcdSource>[],
  complete: boolean,
): EtcdFacts {
  const factOf = (way: Way | undefined): EtcdFact | null => {
    if (way === undefined) return null;
    const find = way.list === true ? findList : findFlag<EtcdSource>;
    const said = way.flags.map((flag) => find(layers, flag)).find((fact) => fact !== null);
    const usual = way.usual === undefined || !complete ? null : way.usual;
    return said ?? (usual === null ? null : { value: usual, source: 'assumed', path: null });
  };
  return Object.fromEntries(NAMES.map((name) => [name, factOf(WAYS[role][name])])) as unknown as EtcdFacts;
}
