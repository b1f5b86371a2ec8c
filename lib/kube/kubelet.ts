import { SystemError } from '../errors.ts';
import type { HostOptions } from '../mounts/host-volumes.ts';
import { checkWaitOptions } from '../options.ts';
import { checkPid, openProcess, type Process } from '../process.ts';
import type { Finding } from './finding.ts';
import { findFlag } from './flag-layer.ts';
import { readKubeletConfig } from './kubelet-config.ts';
import { assume, gatherFacts, type KubeletFact, type KubeletFacts, noFacts, PATHS } from './kubelet-facts.ts';
import { readKubeletFlags } from './kubelet-flags.ts';
import { findRootDirectory, findUsualEndpoint, USUAL_ROOTS } from './kubelet-places.ts';
import { findKubeletProcess, type KubeletCandidate, type KubeletProcess } from './kubelet-process.ts';
import { PathResolver, readWorkingDirectory } from './path-resolver.ts';
import { readStat } from './proc-file.ts';
import { ProcessFiles } from './process-files.ts';

/** How to find kubelet. */
export interface FindKubeletOptions extends HostOptions {
  /** Looks at no other process. */
  readonly pid?: number;
  /** Where its root directory may be when it does not run and no volume is mounted. Default: where distributions have it. */
  readonly usualRoots?: readonly string[];
}

/** The kubelet of this node, and how it was set up. */
export interface Kubelet extends KubeletFacts {
  /** Null when it does not run, or cannot be seen. Paths are as this process sees them, else as the node does. */
  readonly process: KubeletProcess | null;
  /** What was not as it should be. */
  readonly findings: readonly Finding[];
}

function assumed(value: string | null): KubeletFact | null {
  return value === null ? null : assume(value);
}

async function readRunning(held: Process, candidate: KubeletCandidate, options: HostOptions): Promise<Kubelet> {
  const files = new ProcessFiles(held, options);
  const { process, words, hidden } = candidate;
  if (hidden)
    files.add('hidden-flags', 'its command line is overwritten or empty: what it was told there is not known');
  const { layers, defaults } = await readKubeletFlags(process.program, words, files);
  const paths = new PathResolver(await readWorkingDirectory(process.pid), files);
  const file = paths.resolve(findFlag(layers, 'config'));
  const directory = paths.resolve(findFlag(layers, 'config-dir'))?.value ?? defaults.configDirectory;
  const config = await readKubeletConfig(file?.value ?? null, directory, files);
  const facts = gatherFacts(layers, config, config.complete && !hidden);
  const resolved = Object.fromEntries(PATHS.map((name) => [name, paths.resolve(facts[name])]));
  const usual = defaults.endpoint === null ? await findUsualEndpoint(held, options) : assume(defaults.endpoint);
  return {
    process,
    ...facts,
    ...resolved,
    rootDirectory: facts.rootDirectory === null ? assume(defaults.rootDirectory) : (resolved['rootDirectory'] ?? null),
    kubeconfig: facts.kubeconfig === null ? assumed(defaults.kubeconfig) : (resolved['kubeconfig'] ?? null),
    containerRuntimeEndpoint: facts.containerRuntimeEndpoint ?? usual,
    findings: files.findings,
  };
}

async function findRunning(options: FindKubeletOptions, findings: Finding[]): Promise<Kubelet | null> {
  const only = options.pid === undefined ? null : checkPid(options.pid);
  const candidate = await findKubeletProcess(options, only, findings);
  if (candidate === null) return null;
  const { pid, startTime } = candidate.process;
  try {
    await using held = await openProcess(pid);
    if ((await readStat(pid))?.startTime !== startTime) return null;
    return await readRunning(held, candidate, options);
  } catch (error) {
    if (!(error instanceof SystemError) || error.code !== 'ESRCH') throw error;
    findings.push({ code: 'kubelet-ended', message: `pid ${pid} ended while it was looked at` });
    return null;
  }
}

/**
 * Finds the kubelet of this node: its process, by name, and what its flags, the files that hold flags, and its configuration
 * say; alone, in kubelite, k3s, k0s or hyperkube. Files are read as that process sees them.
 *
 * Where none runs, its root directory is told by the node's mounts of pods' volumes, or by those that are usual.
 *
 * Only a process of root outside of all containers is believed; what only calls itself kubelet is a finding.
 *
 * Errors: as {@link listProcesses} and, where none runs, {@link listMounts} of the host. Whatever else could not be read is a
 * finding.
 * Race: the process is held while it is looked at. Its files may say something else by now than when it read them.
 */
export async function findKubelet(options: FindKubeletOptions = {}): Promise<Kubelet> {
  checkWaitOptions(options);
  const findings: Finding[] = [];
  const running = await findRunning(options, findings);
  if (running !== null) return { ...running, findings: [...findings, ...running.findings] };
  const found = await findRootDirectory(options, options.usualRoots ?? USUAL_ROOTS);
  return {
    process: null,
    ...noFacts(),
    rootDirectory: found.root,
    containerRuntimeEndpoint: await findUsualEndpoint(found.viewer, options),
    findings: [...findings, ...found.findings],
  };
}
