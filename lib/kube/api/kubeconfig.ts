import { type JsonObject, toArray, toObject, toText } from '../../document/json.ts';

/** Where a part of a kubeconfig is: in itself, as base64, or in a file. */
export type KubeconfigPart = { readonly base64: string } | { readonly path: string };

/** What the current context of a kubeconfig says, as far as it can be used without starting a program. */
export interface Kubeconfig {
  readonly server: string;
  /** Null where it is the server's. */
  readonly serverName: string | null;
  readonly ca: KubeconfigPart | null;
  readonly cert: KubeconfigPart | null;
  readonly key: KubeconfigPart | null;
  /** In clear, or in a file. */
  readonly token: { readonly text: string } | { readonly path: string } | null;
}

const MOST_ENTRIES = 1024;

/** The member `kind` of the entry of that name in a list of a kubeconfig. */
function entryOf(config: JsonObject, list: string, name: string | null, kind: string): JsonObject {
  const entries = toArray(config[list], MOST_ENTRIES).map(toObject);
  return toObject(entries.find((entry) => entry['name'] === name)?.[kind]);
}

/** What is in it counts before what it names. */
function partOf(object: JsonObject, name: string): KubeconfigPart | null {
  const [base64, path] = [toText(object[`${name}-data`]), toText(object[name])];
  if (base64 !== null) return { base64 };
  return path === null ? null : { path };
}

function tokenOf(user: JsonObject): Kubeconfig['token'] {
  const [path, text] = [toText(user['tokenFile']), toText(user['token'])];
  if (path !== null) return { path };
  return text === null ? null : { text };
}

function problemOf(cluster: JsonObject, user: JsonObject): string | null {
  if (toText(cluster['server']) === null) return 'its current context names no server';
  if (cluster['insecure-skip-tls-verify'] === true)
    return 'it has kubelet take any certificate (insecure-skip-tls-verify): its credentials are shown to nobody who is not proved';
  if (toText(cluster['proxy-url']) !== null) return 'it leads through a proxy (proxy-url), which is not done';
  const exec = toText(toObject(user['exec'])['command']);
  if (exec !== null) return `it gets its credentials from a program (exec: ${exec}), which is not started`;
  const hasAny = partOf(user, 'client-certificate') !== null || tokenOf(user) !== null;
  return hasAny ? null : 'it has no client certificate, and no token';
}

/**
 * Reads the current context of a kubeconfig. A text says why it cannot be used; nothing secret is in that.
 *
 * Source: kubernetes, client-go/tools/clientcmd/api/v1/types.go, client_config.go `getUserIdentificationPartialConfig`.
 */
export function parseKubeconfig(config: JsonObject): Kubeconfig | string {
  if (config['kind'] !== 'Config') return 'it is no kubeconfig: its kind is not Config';
  const context = entryOf(config, 'contexts', toText(config['current-context']), 'context');
  const cluster = entryOf(config, 'clusters', toText(context['cluster']), 'cluster');
  const user = entryOf(config, 'users', toText(context['user']), 'user');
  const problem = problemOf(cluster, user);
  if (problem !== null) return problem;
  return {
    server: toText(cluster['server']) ?? '',
    serverName: toText(cluster['tls-server-name']),
    ca: partOf(cluster, 'certificate-authority'),
    cert: partOf(user, 'client-certificate'),
    key: partOf(user, 'client-key'),
    token: tokenOf(user),
  };
}
