import type { ProcessFiles } from '../process-files.ts';
import { type EtcdFacts, type EtcdSource, gatherEtcdFacts, valuedFlags } from './fact.ts';
import { parseGoFlags } from '../go-flags.ts';

/** Where a distribution keeps what the API server shows to etcd. */
interface UsualPlace {
  readonly servers: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

function place(directory: string, ca: string, client: string): UsualPlace {
  return {
    servers: 'https://127.0.0.1:2379',
    ca: `${directory}/${ca}`,
    cert: `${directory}/${client}.crt`,
    key: `${directory}/${client}.key`,
  };
}

/** Of kubeadm, minikube, k0s, k3s, rke2. */
const USUAL_PLACES: readonly UsualPlace[] = [
  place('/etc/kubernetes/pki', 'etcd/ca.crt', 'apiserver-etcd-client'),
  place('/var/lib/minikube/certs', 'etcd/ca.crt', 'apiserver-etcd-client'),
  place('/var/lib/k0s/pki', 'etcd/ca.crt', 'apiserver-etcd-client'),
  place('/var/lib/rancher/k3s/server/tls/etcd', 'server-ca.crt', 'client'),
  place('/var/lib/rancher/rke2/server/tls/etcd', 'server-ca.crt', 'server-client'),
];
const ASSUMED: EtcdSource = 'assumed';

/** What is usual where files are where a distribution has them; null where there are none. */
export async function findUsualPlace(files: ProcessFiles): Promise<EtcdFacts | null> {
  for (const { servers, ca, cert, key } of USUAL_PLACES) {
    const all = await Promise.all([ca, cert, key].map((path) => files.stat(path)));
    if (!all.every((status) => status?.type === 'file')) continue;
    const args = [
      `--etcd-servers=${servers}`,
      `--etcd-cafile=${ca}`,
      `--etcd-certfile=${cert}`,
      `--etcd-keyfile=${key}`,
    ];
    const flags = parseGoFlags(args, valuedFlags('apiserver'));
    return gatherEtcdFacts('apiserver', [{ flags, source: ASSUMED, path: null }], true);
  }
  return null;
}

/** The places that {@link findUsualPlace} looks at. */
export const USUAL_CERTIFICATES: readonly string[] = USUAL_PLACES.map(({ cert }) => cert);
