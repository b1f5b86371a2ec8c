import type { Finding } from '../finding.ts';
import type { EtcdProcess } from './candidates.ts';
import type { EtcdFact, EtcdFacts } from './fact.ts';
import type { EtcdListener } from './listeners.ts';
import type { EtcdParty } from './party.ts';

/** A fact that was chosen, and whose it is. */
export interface ChosenFact extends EtcdFact {
  /** Who was told it; null where no process was. */
  readonly process: EtcdProcess | null;
  /** The process below whose root it is, where it is a path. */
  readonly viewer: number;
}

/** Whose certificate a client could show. */
export type EtcdClientOwner = 'apiserver' | 'health check' | 'etcd itself';

/** A certificate that a client could show, and its key. */
export interface EtcdClientFiles {
  /** Whose it is. */
  readonly owner: EtcdClientOwner;
  /** The certificate. */
  readonly certFile: ChosenFact;
  /** Its key. */
  readonly keyFile: ChosenFact;
}

/** How an etcd is reached, and what is kept in it how. */
export interface EtcdChoice {
  /** URLs, separated by commas. */
  readonly endpoints: ChosenFact | null;
  /** Who must have signed etcd's certificate. */
  readonly caFile: ChosenFact | null;
  /** The better ones first. */
  readonly clients: readonly EtcdClientFiles[];
  /** What all keys of the API server begin with. */
  readonly prefix: ChosenFact | null;
  /** Resources that are kept elsewhere. */
  readonly overrides: ChosenFact | null;
  /** How objects are written. */
  readonly mediaType: ChosenFact | null;
  /** The file of the EncryptionConfiguration. */
  readonly encryptionConfig: ChosenFact | null;
  /** The API server was told of no EncryptionConfiguration: it writes in clear. False where that is not known. */
  readonly writesInClear: boolean;
  /** Where that etcd listens. */
  readonly listenUrls: ChosenFact | null;
  /** Whether etcd says that it asks for a client's certificate. */
  readonly clientCertAuth: ChosenFact | null;
  /** Where etcd keeps its data. */
  readonly dataDir: ChosenFact | null;
}

/** URLs, or what comes close, of a list of them. */
export function splitUrls(list: string): string[] {
  return list
    .split(',')
    .map((url) => url.trim())
    .filter((url) => url !== '');
}

/** An address to come to, of one to listen on: that of all interfaces is the machine itself. */
export function toEndpoint(url: string): string {
  return url.replace('://0.0.0.0:', '://127.0.0.1:').replace('://[::]:', '://[::1]:');
}

/** Port of an URL, or path of its socket; null where it has none. */
export function portOf(url: string): number | string | null {
  const [, path] = /^unixs?:\/\/(.+)$/.exec(url) ?? [];
  if (path !== undefined) return path;
  const [, port] = /:(\d{1,5})\/?$/.exec(url) ?? [];
  return port === undefined ? null : Number(port);
}

function ofParty(party: EtcdParty, name: keyof EtcdFacts): ChosenFact | null {
  const fact = party.facts[name];
  return fact === null ? null : { ...fact, process: party.process, viewer: party.viewer };
}

function clientOf(party: EtcdParty, owner: EtcdClientOwner): EtcdClientFiles[] {
  const [certFile, keyFile] = [ofParty(party, 'certFile'), ofParty(party, 'keyFile')];
  return certFile === null || keyFile === null ? [] : [{ owner, certFile, keyFile }];
}

function healthCheckOf(party: EtcdParty): EtcdClientFiles[] {
  const certFile = ofParty(party, 'certFile');
  if (party.healthCheck === null || certFile === null) return [];
  const at = (value: string): ChosenFact => ({ ...certFile, value, source: 'assumed', path: null });
  const { certFile: cert, keyFile: key } = party.healthCheck;
  return [{ owner: 'health check', certFile: at(cert), keyFile: at(key) }];
}

/** The etcd that the API server uses: that which listens at one of its endpoints. */
function findServer(parties: readonly EtcdParty[], apiserver: EtcdParty | undefined): EtcdParty | undefined {
  const servers = parties.filter(({ role }) => role !== 'apiserver');
  if (apiserver === undefined) return servers[0];
  const ports = splitUrls(apiserver.facts.servers?.value ?? '').map(portOf);
  return servers.find(({ facts }) =>
    splitUrls(facts.listenUrls?.value ?? '').some((url) => ports.includes(portOf(url))),
  );
}

function endpointsOf(apiserver: EtcdParty | undefined, server: EtcdParty | undefined): ChosenFact | null {
  const said = apiserver === undefined ? null : ofParty(apiserver, 'servers');
  if (said !== null || server === undefined) return said;
  const listens = ofParty(server, 'listenUrls') ?? ofParty(server, 'advertiseUrls');
  return listens && { ...listens, value: splitUrls(listens.value).map(toEndpoint).join(',') };
}

function sayOthers(parties: readonly EtcdParty[], taken: EtcdParty, findings: Finding[]): void {
  const others = parties.filter(({ role, facts, process }) => {
    const differs = facts.servers?.value !== taken.facts.servers?.value || process?.program === taken.process?.program;
    return role === 'apiserver' && process !== taken.process && facts.servers !== null && differs;
  });
  if (others.length === 0) return;
  const pids = others.map(({ process }) => process?.pid ?? 'a manifest').join(', ');
  const message = `several API servers: pid ${taken.process?.pid ?? 'none'} was taken, not ${pids}`;
  findings.push({ code: 'several-apiservers', message });
}

function sayOverrides(overrides: ChosenFact | null, findings: Finding[]): void {
  const secrets = splitUrls(overrides?.value ?? '').find((one) => one.startsWith('/secrets#'));
  if (secrets === undefined) return;
  const message = `Secrets are kept at ${secrets.slice('/secrets#'.length)} (--etcd-servers-overrides): give those with --endpoints`;
  findings.push({ code: 'secrets-elsewhere', message });
}

/**
 * Chooses, of what each program was told, how etcd is reached: as the API server does, else as etcd says itself.
 *
 * A client shows the API server's certificate, else that of etcd's health checks, else that of etcd itself, which is a
 * client's only where it says so.
 */
export function chooseEtcd(parties: readonly EtcdParty[], findings: Finding[]): EtcdChoice {
  const apiserver = parties.find(({ role, facts }) => role === 'apiserver' && facts.servers !== null);
  const server = findServer(parties, apiserver);
  if (apiserver !== undefined) sayOthers(parties, apiserver, findings);
  const ofApiserver = (name: keyof EtcdFacts) => (apiserver === undefined ? null : ofParty(apiserver, name));
  const ofServer = (name: keyof EtcdFacts) => (server === undefined ? null : ofParty(server, name));
  const overrides = ofApiserver('overrides');
  sayOverrides(overrides, findings);
  return {
    endpoints: endpointsOf(apiserver, server),
    caFile: ofApiserver('caFile') ?? ofServer('caFile'),
    clients: [
      ...(apiserver === undefined ? [] : clientOf(apiserver, 'apiserver')),
      ...(server?.role === 'etcd' ? [...healthCheckOf(server), ...clientOf(server, 'etcd itself')] : []),
    ],
    prefix: ofApiserver('prefix'),
    overrides,
    mediaType: ofApiserver('mediaType'),
    encryptionConfig: ofApiserver('encryptionConfig'),
    writesInClear: apiserver?.complete === true && apiserver.facts.encryptionConfig === null,
    listenUrls: ofServer('listenUrls'),
    clientCertAuth: ofServer('clientCertAuth'),
    dataDir: ofServer('dataDir'),
  };
}

/** Says who listens where the endpoints of this machine are, and is none of those that are believed. */
export function judgeListeners(
  listeners: readonly EtcdListener[],
  parties: readonly EtcdParty[],
  findings: Finding[],
): void {
  const pids = new Set(parties.map(({ process }) => process?.pid ?? null));
  for (const { address, port, pid, comm } of listeners) {
    if (pid === null || pids.has(pid)) continue;
    const where = port === 0 ? address : `${address}:${port}`;
    const message = `pid ${pid} (${comm ?? 'unknown'}) listens at ${where}, and is none of the processes that are believed`;
    findings.push({ code: 'other-listener', message });
  }
}
