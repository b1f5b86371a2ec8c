import { UsageError } from '../../errors.ts';
import type { HostOptions } from '../../mounts/host-volumes.ts';
import { checkWaitOptions, type WaitOptions } from '../../options.ts';
import { checkPid } from '../../process.ts';
import { listProcesses, type ProcessSummary } from '../../processes.ts';
import { statIn } from '../../rootfs.ts';
import type { Finding } from '../finding.ts';
import { ProcessFiles } from '../process-files.ts';
import { LONGEST_YAML, parseYamlObject } from '../../document/yaml.ts';
import { type DoubtedProcess, findCandidates } from './candidates.ts';
import { chooseEtcd, type EtcdChoice, judgeListeners, portOf, splitUrls } from './choice.ts';
import { type EtcdListener, findOwners, readListeners } from './listeners.ts';
import { readManifest, USUAL_MANIFESTS } from './manifest.ts';
import { type EtcdParty, findHealthCheck, readParty } from './party.ts';
import { findUsualPlace, USUAL_CERTIFICATES } from './usual-places.ts';

/** How to find an etcd. */
export interface FindEtcdOptions extends HostOptions {
  /** Looks at no other processes. */
  readonly pids?: readonly number[];
  /** Where manifests of static pods may be, when no API server runs. Default: where distributions have them. */
  readonly manifestDirectories?: readonly string[];
  /** When nothing is found, take the certificates that are where a distribution has them. Default: true. */
  readonly usualPlaces?: boolean;
}

/** The etcd of this node, how it is reached, and who said so. */
export interface FoundEtcd {
  /** Programs that take part, the better ones to ask first. */
  readonly parties: readonly EtcdParty[];
  /** Processes that only have such a name. */
  readonly doubted: readonly DoubtedProcess[];
  /** Who listens where the endpoints of this machine are. */
  readonly listeners: readonly EtcdListener[];
  /** How it is reached. */
  readonly choice: EtcdChoice;
  /** What was looked at, for people. */
  readonly looked: readonly string[];
  /** What was not as it should be. */
  readonly findings: readonly Finding[];
}

const MOST_MANIFESTS = 64;

/** The process below whose root the node's own files are. */
async function findViewer({ host, ...wait }: HostOptions): Promise<number> {
  if (host !== undefined) return typeof host === 'number' ? checkPid(host) : host.pid;
  return statIn(1, '/', wait).then(
    () => 1,
    () => process.pid,
  );
}

async function readManifests(
  directories: readonly string[],
  viewer: number,
  files: ProcessFiles,
): Promise<EtcdParty[]> {
  const parties: EtcdParty[] = [];
  for (const directory of directories) {
    for (const { name } of (await files.list(directory, MOST_MANIFESTS)) ?? []) {
      const path = `${directory}/${name.toString()}`;
      if (!/^[^.].*\.(?:ya?ml|json)$/.test(name.toString())) continue;
      const bytes = await files.read(path, LONGEST_YAML);
      const manifest = bytes === null ? null : await parseYamlObject(bytes);
      if (manifest === null) continue;
      for (const { role, facts } of readManifest(manifest, path)) {
        const healthCheck = role === 'etcd' ? await findHealthCheck(facts, files) : null;
        parties.push({ role, process: null, viewer, facts, complete: true, healthCheck });
      }
    }
  }
  return parties;
}

/** What the files of the node say, where no process does. */
async function findInFiles(options: FindEtcdOptions, wait: WaitOptions, findings: Finding[]) {
  const viewer = await findViewer({ ...wait, ...(options.host === undefined ? {} : { host: options.host }) });
  const files = new ProcessFiles(viewer, wait);
  const directories = options.manifestDirectories ?? USUAL_MANIFESTS;
  const parties = await readManifests(directories, viewer, files);
  const looked = directories.map((directory) => `manifests in ${directory}`);
  if (parties.length === 0 && options.usualPlaces !== false) {
    const facts = await findUsualPlace(files);
    looked.push(...USUAL_CERTIFICATES);
    if (facts !== null)
      parties.push({ role: 'apiserver', process: null, viewer, facts, complete: false, healthCheck: null });
  }
  findings.push(...files.findings);
  return { parties, looked };
}

/** Who listens at the endpoints that are of this machine, seen from where the first party is. */
async function findListeners(
  { endpoints }: EtcdChoice,
  parties: readonly EtcdParty[],
  all: readonly ProcessSummary[],
): Promise<EtcdListener[]> {
  const urls = splitUrls(endpoints?.value ?? '');
  const here = urls.filter((url) => /^unix|^(?:https?:\/\/)?(?:127\.|localhost|\[::1\])/.test(url));
  const ports = new Set(here.map(portOf));
  const sockets = await readListeners(endpoints?.process?.pid ?? process.pid);
  const wanted = sockets.filter(({ address, port }) => ports.has(port === 0 ? address : port));
  const pids = parties.map((party) => party.process?.pid);
  const first = all.filter(({ pid }) => pids.includes(pid));
  return findOwners(wanted, [...first, ...all.filter((one) => !first.includes(one))]);
}

function checkPids(pids: readonly number[] | undefined): readonly number[] | null {
  if (pids === undefined) return null;
  if (!Array.isArray(pids)) throw new UsageError('pids', 'must be a list of process ids');
  return pids.map((pid) => checkPid(pid));
}

/**
 * Finds the etcd of this node as the API server that uses it does: by what the processes of kube-apiserver, kubelite, k3s,
 * rke2, etcd, kine and k8s-dqlite were told on their command lines, in their environments and in their files; where none
 * runs, by the manifests of static pods, and at last by where distributions have their certificates. Files are read as those
 * processes see them.
 *
 * Only processes of root outside of all containers, services of systemd and static pods are believed; others that have such
 * a name are `doubted`. No key is read.
 *
 * Errors: as {@link listProcesses}; a UsageError. Whatever else could not be read is a finding.
 * Race: each process is held while it is looked at. It may end, or be told something else, afterwards.
 */
export async function findEtcd(options: FindEtcdOptions = {}): Promise<FoundEtcd> {
  checkWaitOptions(options);
  const only = checkPids(options.pids);
  const { timeout, signal } = options;
  const wait = { ...(timeout === undefined ? {} : { timeout }), ...(signal === undefined ? {} : { signal }) };
  const findings: Finding[] = [];
  const all = await listProcesses({ ...wait, namespaces: true });
  const { believed, doubted } = await findCandidates(all, only, wait, findings);
  const read: (EtcdParty | null)[] = [];
  for (const candidate of believed) read.push(await readParty(candidate, wait, findings));
  const running = read.filter((party) => party !== null);
  const inFiles = running.length === 0 ? await findInFiles(options, wait, findings) : { parties: [], looked: [] };
  const parties = [...running, ...inFiles.parties];
  const choice = chooseEtcd(parties, findings);
  const listeners = await findListeners(choice, parties, all);
  judgeListeners(listeners, parties, findings);
  return { parties, doubted, listeners, choice, looked: [`${all.length} processes`, ...inFiles.looked], findings };
}
