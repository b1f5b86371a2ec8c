import { opendirSync } from 'node:fs';
import { type JsonObject, toObject, toTexts } from '../document/json.ts';
import { type BundleConfig, podByLabels, readBundleConfig, runtimeOf } from './bundle-config.ts';
import type { ContainerRuntime } from './cgroup-path.ts';
import type { Finding } from './finding.ts';
import { codeOf, readHostFile } from './host-file.ts';
import { parseObject } from './json.ts';
import { existing, type StateDirectories } from './state-directories.ts';

/** The bundle of a container, as its runtime wrote it. */
export interface Bundle extends BundleConfig {
  /** Of its `config.json`. */
  readonly path: string;
  /** Whose it is; null where the place does not tell. */
  readonly runtime: ContainerRuntime | null;
  /** Namespace of containerd, `k8s.io` for pods; null for others. */
  readonly runtimeNamespace: string | null;
}

/** What was found of a bundle. */
export interface BundleSearch {
  /** Null where there is none, or a finding says why it cannot be used. */
  readonly bundle: Bundle | null;
  /** What was wrong on the way. */
  readonly findings: readonly Finding[];
}

/** Where a bundle may be, and what that tells. */
interface Place {
  readonly path: string;
  readonly kind: 'containerd' | 'storage' | 'runc';
  readonly runtimeNamespace: string | null;
}

/** 16 MiB: Kubernetes' own limit for an object is 1.5 MiB, and an environment has at most 6 MiB. */
const MOST_BYTES = 2 ** 24;
const MOST_NAMESPACES = 64;
const TASKS = ['io.containerd.runtime.v2.task', 'io.containerd.runtime.v1.linux'];
const STORES = ['overlay-containers', 'vfs-containers', 'btrfs-containers', 'zfs-containers'];
/** Of containerd, which is the widest: pkg/identifiers/validate.go. */
const ID = /^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$/;
const LONGEST_ID = 76;

/** @internal Whether it can be the id of a container, and so a name in a path. */
export function isContainerId(id: string): boolean {
  return id.length <= LONGEST_ID && ID.test(id);
}

/** The names in a directory, at most 64; none where it does not exist. */
function listNames(path: string, findings: Finding[]): string[] {
  const names: string[] = [];
  try {
    // of root, short, and listed for each container: the way over other threads takes longer
    const directory = opendirSync(path);
    try {
      for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
        if (names.push(entry.name) === MOST_NAMESPACES) break;
      }
    } finally {
      directory.closeSync();
    }
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      const message = `it could not be listed (${code})${code === 'EACCES' ? ': run as root' : ''}`;
      findings.push({ code: 'unreadable-directory', message, path });
    }
  }
  return names;
}

function placesOfContainerd(state: string, id: string, findings: Finding[]): Place[] {
  const places: Place[] = [];
  for (const directory of TASKS.map((task) => `${state}/${task}`)) {
    for (const runtimeNamespace of listNames(directory, findings)) {
      places.push({ path: `${directory}/${runtimeNamespace}/${id}/config.json`, kind: 'containerd', runtimeNamespace });
    }
  }
  return places;
}

function placesOfStorage(directory: string, id: string, findings: Finding[]): Place[] {
  const stores = listNames(directory, findings).filter((name) => STORES.includes(name));
  return stores.map((store) => ({
    path: `${directory}/${store}/${id}/userdata/config.json`,
    kind: 'storage',
    runtimeNamespace: null,
  }));
}

async function readObject(path: string, findings: Finding[]): Promise<JsonObject | null> {
  const { bytes, finding } = await readHostFile(path, MOST_BYTES);
  if (finding !== null) findings.push(finding);
  if (bytes === null) return null;
  const parsed = parseObject(bytes, path);
  if (parsed.finding !== null) findings.push(parsed.finding);
  return parsed.value;
}

/** The bundle that runc's own record of a container names. */
async function placesOfRunc(directory: string, id: string, findings: Finding[]): Promise<Place[]> {
  const state = await readObject(`${directory}/${id}/state.json`, findings);
  if (state === null) return [];
  const label = toTexts(toObject(state['config'])['labels'], 1024).find((one) => one.startsWith('bundle=/'));
  if (label === undefined) return [];
  return [{ path: `${label.slice('bundle='.length)}/config.json`, kind: 'runc', runtimeNamespace: null }];
}

const NO_POD = podByLabels(() => null);

/**
 * Annotations tell of a pod only where a runtime of pods wrote them: podman takes an image's own into the bundle, and who
 * starts a container by hand gives any.
 */
function toBundle(config: JsonObject, { path, kind, runtimeNamespace }: Place): Bundle {
  const read = readBundleConfig(config);
  const annotated = runtimeOf(read.annotations);
  if (kind === 'containerd') {
    const runtime = runtimeNamespace === 'moby' ? 'docker' : 'containerd';
    const ofPod = runtimeNamespace === 'k8s.io' && annotated === 'containerd';
    return { ...read, pod: ofPod ? read.pod : NO_POD, path, runtime, runtimeNamespace };
  }
  const runtime = kind !== 'storage' ? null : annotated === 'cri-o' ? 'cri-o' : 'podman';
  return { ...read, pod: runtime === 'cri-o' ? read.pod : NO_POD, path, runtime, runtimeNamespace };
}

async function readPlaces(places: readonly Place[], findings: Finding[]): Promise<Bundle[]> {
  const bundles: Bundle[] = [];
  for (const place of places) {
    const config = await readObject(place.path, findings);
    if (config !== null) bundles.push(toBundle(config, place));
  }
  return bundles;
}

async function findPlaces(id: string, directories: StateDirectories, findings: Finding[]): Promise<Place[]> {
  const places: Place[] = [];
  const { containerd, storage, runc } = directories;
  for (const state of containerd) places.push(...placesOfContainerd(state, id, findings));
  for (const directory of storage) places.push(...placesOfStorage(directory, id, findings));
  for (const directory of runc) places.push(...(await placesOfRunc(directory, id, findings)));
  return places;
}

/** CRI-O and podman keep a copy of each, and runc's record can name a bundle of containerd; the first is the one in use. */
function choose(bundles: readonly Bundle[], id: string, findings: Finding[]): Bundle | null {
  const [first, ...others] = bundles;
  if (first === undefined) return null;
  const other = others.find(({ path, runtimeNamespace }) => {
    return path !== first.path && runtimeNamespace !== first.runtimeNamespace;
  });
  if (other !== undefined) {
    const message = `two containers have the id '${id}': '${first.path}' and '${other.path}'; neither was used`;
    findings.push({ code: 'ambiguous-bundle', message, path: other.path });
    return null;
  }
  if (first.truncated) {
    findings.push({ code: 'truncated-bundle', message: 'a list in it has more than 65,536 entries', path: first.path });
  }
  return first;
}

/** @internal The same in directories that all are there. */
export async function findBundleIn(containerId: string, directories: StateDirectories): Promise<BundleSearch> {
  if (!isContainerId(containerId)) return { bundle: null, findings: [] };
  const findings: Finding[] = [];
  const places = await findPlaces(containerId, directories, findings);
  const bundle = choose(await readPlaces(places, findings), containerId, findings);
  return { bundle, findings };
}

/**
 * Finds and reads the OCI bundle of a container in the directories of the runtimes of this host: containerd, CRI-O, podman,
 * docker (whose bundles containerd keeps), runc.
 *
 * Only files that none but root can have written are believed, of at most 16 MiB; nothing is read from inside a container.
 * Its environment holds Secrets: show no value of it.
 *
 * A bundle that is missing is none; one that is half-written, hostile, or may not be read is a finding. It never rejects.
 * Race: the container may end meanwhile, and another begin: the id is another one then.
 * Source: runtime-spec, bundle.md; containerd, core/runtime/v2/bundle.go; containers/storage, `userdata`.
 */
export async function findBundle(
  containerId: string,
  directories: Partial<StateDirectories> = {},
): Promise<BundleSearch> {
  return findBundleIn(containerId, existing(directories));
}
