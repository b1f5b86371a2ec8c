import { SystemError } from '../../errors.ts';
import type { WaitOptions } from '../../options.ts';
import { openProcess, type Process } from '../../process.ts';
import type { Finding } from '../finding.ts';
import { PathResolver, readWorkingDirectory } from '../path-resolver.ts';
import { ProcessFiles } from '../process-files.ts';
import { readProcLink, readStat } from '../proc-file.ts';
import type { EtcdCandidate, EtcdProcess } from './candidates.ts';
import { type EtcdFacts, type EtcdRole, gatherEtcdFacts, PATHS } from './fact.ts';
import { readLayers } from './layers.ts';

/** A certificate and its key, by their paths. */
export interface HealthCheckFiles {
  /** The certificate. */
  readonly certFile: string;
  /** Its key. */
  readonly keyFile: string;
}

/** One that takes part: a process, or what a manifest would start; with what it was told. */
export interface EtcdParty {
  /** What it is. */
  readonly role: EtcdRole;
  /** Null for what a manifest says and no process was found for. */
  readonly process: EtcdProcess | null;
  /** The process below whose root its files are: itself, or one of the host. */
  readonly viewer: number;
  /** What it was told. */
  readonly facts: EtcdFacts;
  /** All that it was told could be read: a fact that is null is none. */
  readonly complete: boolean;
  /** A certificate that etcd's own health checks use, beside etcd's; kubeadm makes one. */
  readonly healthCheck: HealthCheckFiles | null;
}

const HEALTH_CHECK = 'healthcheck-client';

/** Source: kubernetes, cmd/kubeadm/app/constants `EtcdHealthcheckClientCertName`. */
export async function findHealthCheck(facts: EtcdFacts, files: ProcessFiles): Promise<EtcdParty['healthCheck']> {
  const directory = /^(.*)\/[^/]+$/.exec(facts.certFile?.value ?? '')?.[1];
  if (directory === undefined) return null;
  const [certFile, keyFile] = ['crt', 'key'].map((end) => `${directory}/${HEALTH_CHECK}.${end}`) as [string, string];
  const both = await Promise.all([certFile, keyFile].map((path) => files.stat(path)));
  return both.every((status) => status?.type === 'file') ? { certFile, keyFile } : null;
}

/** Facts with paths as they are below the root of the process. */
export function resolvePaths(facts: EtcdFacts, paths: PathResolver): EtcdFacts {
  return { ...facts, ...Object.fromEntries(PATHS.map((name) => [name, paths.resolve(facts[name])])) };
}

async function sayNetwork(pid: number, files: ProcessFiles): Promise<void> {
  const [own, its] = await Promise.all([readProcLink(process.pid, 'ns/net'), readProcLink(pid, 'ns/net')]);
  if (own === null || its === null || own === its) return;
  files.add('other-network', 'it is in another network namespace: its 127.0.0.1 is not that of this process');
}

async function readHeld(held: Process, candidate: EtcdCandidate, wait: WaitOptions, files: ProcessFiles) {
  const { process, recognized } = candidate;
  if (recognized.hidden) {
    files.add('hidden-flags', 'its command line is overwritten or empty: what it was told there is not known');
  }
  await sayNetwork(process.pid, files);
  const paths = new PathResolver(await readWorkingDirectory(process.pid), files);
  const layers = await readLayers(recognized, { process: held, files, paths, wait });
  const complete = !recognized.hidden && layers.length > 0;
  const facts = resolvePaths(gatherEtcdFacts(recognized.role, layers, complete), paths);
  const healthCheck = recognized.role === 'etcd' ? await findHealthCheck(facts, files) : null;
  return { role: recognized.role, process, viewer: process.pid, facts, complete, healthCheck };
}

/**
 * Reads what a process was told. Null when it has ended. What could not be read is a finding.
 *
 * Race: the process is held while it is looked at. Its files may say something else by now than when it read them.
 */
export async function readParty(
  candidate: EtcdCandidate,
  wait: WaitOptions,
  findings: Finding[],
): Promise<EtcdParty | null> {
  const { pid, startTime, program } = candidate.process;
  try {
    await using held = await openProcess(pid);
    if ((await readStat(pid))?.startTime !== startTime) return null;
    const files = new ProcessFiles(held, wait);
    const party = await readHeld(held, candidate, wait, files);
    findings.push(...files.findings.map((one) => ({ ...one, message: `${program}, pid ${pid}: ${one.message}` })));
    return party;
  } catch (error) {
    if (!(error instanceof SystemError) || error.code !== 'ESRCH') throw error;
    findings.push({ code: 'process-ended', message: `pid ${pid} ended while it was looked at` });
    return null;
  }
}
