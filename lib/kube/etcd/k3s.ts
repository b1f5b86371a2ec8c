import type { FlagLayer } from '../flag-layer.ts';
import { type GoFlags, lastValue, parseGoFlags } from '../go-flags.ts';
import { dashed, readK3sConfigs, valuesOf } from '../k3s-config.ts';
import type { ProcessFiles } from '../process-files.ts';
import { type EtcdSource, valuedFlags } from './fact.ts';

type Layer = FlagLayer<EtcdSource>;

const OWN = new Set([
  'config',
  'c',
  'data-dir',
  'd',
  'kube-apiserver-arg',
  'datastore-endpoint',
  'datastore-cafile',
  'datastore-certfile',
  'datastore-keyfile',
]);
/** Only of these something is made: an endpoint of a database holds a password. */
const DATASTORE = { cafile: 'etcd-cafile', certfile: 'etcd-certfile', keyfile: 'etcd-keyfile' } as const;

function apiserverFlags(args: readonly string[]): GoFlags {
  return parseGoFlags(dashed(args), valuedFlags('apiserver'));
}

/** What k3s was told itself that makes flags of its API server. */
function toApiserver({ flags, source, path }: Layer): Layer {
  const endpoint = lastValue(flags, 'datastore-endpoint') ?? '';
  const files = Object.entries(DATASTORE).flatMap(([own, flag]) => {
    const value = lastValue(flags, `datastore-${own}`);
    return value === null ? [] : [`${flag}=${value}`];
  });
  const datastore = /^https?:\/\//.test(endpoint) ? [`etcd-servers=${endpoint}`, ...files] : [];
  const given = flags.values.get('kube-apiserver-arg') ?? [];
  return { flags: apiserverFlags([...datastore, ...given]), source, path };
}

/**
 * What is usual: an etcd of its own where its directory is there, else kine on a socket.
 *
 * Source: k3s, pkg/etcd/etcd.go, pkg/cluster/storage.go, pkg/daemons/control/deps.go; k3s-io/kine, pkg/endpoint.
 */
async function assumeStore(program: 'k3s' | 'rke2', data: string, files: ProcessFiles): Promise<Layer> {
  const client = program === 'k3s' ? 'client' : 'server-client';
  const tls = `${data}/server/tls/etcd`;
  const ownEtcd = [
    'etcd-servers=https://127.0.0.1:2379',
    `etcd-cafile=${tls}/server-ca.crt`,
    `etcd-certfile=${tls}/${client}.crt`,
    `etcd-keyfile=${tls}/${client}.key`,
  ];
  const hasEtcd = program === 'rke2' || (await files.stat(`${data}/server/db/etcd`))?.type === 'directory';
  const encryption = `${data}/server/cred/encryption-config.json`;
  const encrypts = (await files.stat(encryption))?.type === 'file';
  const args = [
    ...(hasEtcd ? ownEtcd : [`etcd-servers=unix://${data}/server/kine.sock`]),
    ...(encrypts ? [`encryption-provider-config=${encryption}`] : []),
  ];
  return { flags: apiserverFlags(args), source: 'assumed', path: null };
}

/** What k3s, or rke2, makes of its own flags, variables and configuration for the API server in it. */
export async function layersOfK3s(
  program: 'k3s' | 'rke2',
  words: readonly string[],
  variables: readonly Layer[],
  files: ProcessFiles,
): Promise<Layer[]> {
  const own: Layer = { flags: parseGoFlags(words, OWN), source: 'command line', path: null };
  const main = lastValue(own.flags, 'config') ?? lastValue(own.flags, 'c') ?? `/etc/rancher/${program}/config.yaml`;
  const configs = (await readK3sConfigs(main, files)).map(({ config, path }): Layer => {
    const args = [...OWN].flatMap((name) => {
      return [name, `${name}+`].flatMap((key) => valuesOf(config, key)).map((value) => `--${name}=${value}`);
    });
    return { flags: parseGoFlags(args, OWN), source: 'config file', path };
  });
  const layers = [...configs, ...variables, own];
  const said = ({ flags }: Layer): string | null => lastValue(flags, 'data-dir') ?? lastValue(flags, 'd');
  const data = layers.map(said).findLast((value) => value !== null) ?? `/var/lib/rancher/${program}`;
  return [await assumeStore(program, data, files), ...layers.map(toApiserver)];
}
