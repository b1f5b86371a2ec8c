import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import { LONGEST_YAML } from '../../document/yaml.ts';
import { type EtcdCertificate, matchesKey, readCertificates } from '../../etcd/certificate.ts';
import type { WaitOptions } from '../../options.ts';
import { findCertificateFault } from '../certificate-fault.ts';
import type { Finding } from '../finding.ts';
import { holdKubelet } from '../held-kubelet.ts';
import type { Kubelet } from '../kubelet.ts';
import { ProcessFiles } from '../process-files.ts';
import type { ApiConnection } from './client.ts';
import { type Kubeconfig, type KubeconfigPart, parseKubeconfig } from './kubeconfig.ts';

/** What kubelet shows to its API server. Holds a private key or a token: dispose of it. */
export interface ApiCredentials extends Disposable {
  /** How the API server is reached; null where a finding says why it cannot be. */
  readonly connection: ApiConnection | null;
  /** Of this node: by kubelet's certificate, else as kubelet makes it of its flag or the machine's name. */
  readonly nodeName: string;
  /** What its certificate says; null where it shows none. */
  readonly certificate: EtcdCertificate | null;
  /** What could not be read or used. */
  readonly findings: readonly Finding[];
}

const LONGEST_PEM = 2 ** 18;

/** Files that a kubeconfig names are relative to where it is. */
class PartReader {
  readonly #files: ProcessFiles;
  readonly #directory: string;

  constructor(files: ProcessFiles, kubeconfig: string) {
    this.#files = files;
    this.#directory = dirname(kubeconfig);
  }

  async file(path: string): Promise<Buffer | null> {
    return this.#files.readNamed(resolve(this.#directory, path), LONGEST_PEM);
  }

  async read(part: KubeconfigPart | null): Promise<Buffer | null> {
    if (part === null) return null;
    return 'path' in part ? this.file(part.path) : Buffer.from(part.base64, 'base64');
  }

  async token(token: Kubeconfig['token']): Promise<Buffer | null> {
    if (token === null) return null;
    return 'path' in token ? this.file(token.path) : Buffer.from(token.text);
  }
}

/** Null where something of it cannot be read, or used. */
async function readConnection(config: Kubeconfig, path: string, files: ProcessFiles): Promise<ApiConnection | null> {
  const parts = new PartReader(files, path);
  const [ca, cert] = [await parts.read(config.ca), await parts.read(config.cert)];
  const [key, token] = [await parts.read(config.key), await parts.token(config.token)];
  const fault = cert === null ? null : findCertificateFault(readCertificates(cert)[0], key && matchesKey(cert, key));
  const isWhole = (config.ca === null || ca !== null) && (cert !== null || token !== null);
  if (fault !== null) files.add('unusable-certificate', fault, path);
  if (fault !== null || !isWhole) {
    key?.fill(0);
    token?.fill(0);
    return null;
  }
  return {
    server: config.server,
    ...(config.serverName === null ? {} : { serverName: config.serverName }),
    ...(ca === null ? {} : { ca }),
    ...(cert === null || key === null ? {} : { cert, key }),
    ...(token === null ? {} : { token }),
  };
}

async function readKubeconfig(path: string, files: ProcessFiles): Promise<ApiConnection | null> {
  const bytes = await files.readNamed(path, LONGEST_YAML);
  const object = bytes === null ? null : await files.parse(bytes, path);
  bytes?.fill(0);
  if (object === null) return null;
  const config = parseKubeconfig(object);
  if (typeof config !== 'string') return readConnection(config, path, files);
  files.add('unusable-kubeconfig', config, path);
  return null;
}

/** Source: kubernetes, pkg/util/node `GetHostname`; the Node authorizer goes by the certificate. */
function nodeNameOf(certificate: EtcdCertificate | null, { hostnameOverride }: Kubelet): string {
  const [, proved] = /(?:^|,)CN=system:node:([^,]+)/.exec(certificate?.subject ?? '') ?? [];
  return proved ?? (hostnameOverride?.value ?? hostname()).trim().toLowerCase();
}

function toCredentials(
  connection: ApiConnection | null,
  kubelet: Kubelet,
  findings: readonly Finding[],
): ApiCredentials {
  const [certificate = null] = connection?.cert === undefined ? [] : readCertificates(connection.cert);
  return {
    connection,
    nodeName: nodeNameOf(certificate, kubelet),
    certificate,
    findings,
    [Symbol.dispose](): void {
      connection?.key?.fill(0);
      connection?.token?.fill(0);
    },
  };
}

function without(kubelet: Kubelet, code: string, message: string): ApiCredentials {
  return toCredentials(null, kubelet, [{ code, message }]);
}

/**
 * Reads how kubelet reaches its API server, and what it shows to it, from the kubeconfig that it was told of, as it sees the
 * files. With them a node reads its own pods, and the Secrets and ConfigMaps that those use: the Node authorizer allows no more.
 *
 * Only of a kubelet that {@link findKubelet} believes. No program is started for them, and no server is asked.
 *
 * Errors: `ESRCH` kubelet ended meanwhile; AbortError. Whatever else could not be read is a finding.
 */
export async function readApiCredentials(kubelet: Kubelet, wait: WaitOptions = {}): Promise<ApiCredentials> {
  const { kubeconfig } = kubelet;
  if (kubelet.process === null)
    return without(kubelet, 'no-kubelet', 'no kubelet runs here, whose credentials could be used');
  if (kubeconfig === null)
    return without(kubelet, 'no-kubeconfig', 'kubelet was told of no kubeconfig, or of one that is not known');
  await using held = await holdKubelet(kubelet);
  if (held === null) return without(kubelet, 'kubelet-ended', 'kubelet ended while it was looked at');
  const files = new ProcessFiles(held, wait);
  return toCredentials(await readKubeconfig(kubeconfig.value, files), kubelet, files.findings);
}
