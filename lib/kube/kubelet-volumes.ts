import type { HostSecretVolume } from '../mounts/host-volumes.ts';
import type { ProcessFiles } from './process-files.ts';

/** A volume of a pod, as kubelet keeps it. */
export interface KubeletVolume {
  /** What kind it is: `secret`, `projected`, `configmap`, `downward-api`, `empty-dir`, `csi`; others whole, `vendor~name`. */
  readonly plugin: string;
  /** Name of the volume in the pod; for CSI, of the persistent volume. */
  readonly volume: string;
  /** Where kubelet has it. */
  readonly path: string;
  /** Whether there is a file system of its own for a Secret or projected volume; null for others. */
  readonly mounted: boolean | null;
  /** What `..data` leads to; null where there is none, or it may not be read. */
  readonly generation: string | null;
  /** Visible names in it, of a volume with generations; null for others, and where it may not be read. */
  readonly keys: readonly Buffer[] | null;
}

/** A file or directory of a volume that kubelet has mounted for one container: what it holds is never updated. */
export interface KubeletSubPath {
  /** Name of the volume. */
  readonly volume: string;
  /** Name of the container. */
  readonly container: string;
  /** Place among the mounts of the container. */
  readonly index: number;
  /** Where kubelet has it. */
  readonly path: string;
}

/** The node's mounts of Secret and projected volumes, by {@link volumeKey}. */
export type MountedVolumes = ReadonlyMap<string, HostSecretVolume>;

const MOST_NAMES = 1024;
const MOST_KEYS = 10_000;
/** Those that kubelet writes by generations. */
const WRITTEN = new Set(['secret', 'projected', 'configmap', 'downward-api']);
const ON_TMPFS = new Set(['secret', 'projected']);
const OWN = 'kubernetes.io~';
const GENERATION = /^\.\.[^/]+$/;

/** @internal */
export function volumeKey(podUid: string, plugin: string, volume: string): string {
  return `${podUid}/${plugin}/${volume}`;
}

/** @internal Names of the directories in a directory, sorted; null where there is no such directory. */
export async function directoriesIn(path: string, files: ProcessFiles): Promise<string[] | null> {
  const entries = await files.list(path, MOST_NAMES);
  return entries?.filter(({ type }) => type === 'directory').map(({ name }) => name.toString()) ?? null;
}

/** What is in a volume that is not mounted, or not of the kind that {@link MountedVolumes} has. */
async function readContent(path: string, files: ProcessFiles): Promise<Pick<KubeletVolume, 'generation' | 'keys'>> {
  const link = (await files.link(`${path}/..data`))?.toString() ?? null;
  if (link !== null && !GENERATION.test(link)) {
    files.add('odd-generation', 'its ..data leads out of it, which kubelet never does', path);
    return { generation: null, keys: null };
  }
  const names = await files.list(path, MOST_KEYS);
  return { generation: link, keys: names?.map(({ name }) => name).filter((name) => !isHidden(name)) ?? null };
}

function isHidden(name: Buffer): boolean {
  return name.toString('latin1').startsWith('..');
}

async function readVolume(
  place: { readonly podUid: string; readonly plugin: string; readonly volume: string; readonly path: string },
  mounts: MountedVolumes,
  files: ProcessFiles,
): Promise<KubeletVolume> {
  const { podUid, plugin, volume, path } = place;
  const base = { plugin, volume, path, mounted: null, generation: null, keys: null };
  if (!WRITTEN.has(plugin)) return base;
  if (!ON_TMPFS.has(plugin)) return { ...base, ...(await readContent(path, files)) };
  const mount = mounts.get(volumeKey(podUid, plugin, volume));
  if (mount !== undefined) return { ...base, mounted: true, generation: mount.generation, keys: mount.keys };
  files.add('unmounted-volume', `no tmpfs is mounted there: a ${plugin} volume that is being set up or removed`, path);
  return { ...base, mounted: false, ...(await readContent(path, files)) };
}

/** @internal Reads what is in `volumes` of a pod's directory. */
export async function readVolumes(
  pod: { readonly podUid: string; readonly directory: string },
  mounts: MountedVolumes,
  files: ProcessFiles,
): Promise<KubeletVolume[] | null> {
  const plugins = await directoriesIn(`${pod.directory}/volumes`, files);
  if (plugins === null) return null;
  const volumes: KubeletVolume[] = [];
  for (const name of plugins) {
    const directory = `${pod.directory}/volumes/${name}`;
    const plugin = name.startsWith(OWN) ? name.slice(OWN.length) : name;
    for (const volume of (await directoriesIn(directory, files)) ?? []) {
      const place = { podUid: pod.podUid, plugin, volume, path: `${directory}/${volume}` };
      volumes.push(await readVolume(place, mounts, files));
    }
  }
  return volumes;
}

/** @internal Reads `volume-subpaths/<volume>/<container>/<index>` of a pod's directory. */
export async function readSubPaths(directory: string, files: ProcessFiles): Promise<KubeletSubPath[]> {
  const root = `${directory}/volume-subpaths`;
  const found: KubeletSubPath[] = [];
  for (const volume of (await directoriesIn(root, files)) ?? []) {
    for (const container of (await directoriesIn(`${root}/${volume}`, files)) ?? []) {
      const names = (await files.list(`${root}/${volume}/${container}`, MOST_NAMES)) ?? [];
      const indexes = names.map(({ name }) => name.toString()).filter((name) => /^\d{1,9}$/.test(name));
      found.push(
        ...indexes.map((name) => {
          const path = `${root}/${volume}/${container}/${name}`;
          return { volume, container, index: Number(name), path };
        }),
      );
    }
  }
  return found;
}
