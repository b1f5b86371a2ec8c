import {
  type HostOptions,
  type HostSecretVolume,
  listHostSecretVolumes,
  readHostView,
} from '../../mounts/host-volumes.ts';
import { SystemError } from '../../errors.ts';
import type { WaitOptions } from '../../options.ts';
import type { Process } from '../../process.ts';
import type { Finding } from '../../kube/finding.ts';
import { mapSideBySide } from '../../kube/side-by-side.ts';
import { watchSecretVolume } from '../../watch.ts';
import type { ClusterView } from '../cluster.ts';
import type { KnownSecret, SecretVersion } from '../known-secret.ts';
import { toKnown } from './known.ts';
import { noSuchSecret, type SecretName } from './secret-name.ts';

/** A volume of a pod. */
export interface PodVolumePlace {
  /** Of the pod. */
  readonly podUid: string;
  /** Name of the volume in the pod. */
  readonly volume: string;
}

const MOST_VOLUMES = 256;
const AT_ONCE = 4;
const DEFAULT_TIMEOUT = 2_000;

/** Volumes of pods in which the whole of a Secret is, and nothing else, by what the pods ask for. */
export function volumesOfSecret({ pods }: ClusterView, { namespace, name }: SecretName): PodVolumePlace[] {
  return pods
    .filter(({ metadata }) => metadata.namespace === namespace)
    .flatMap(({ metadata, volumes }) =>
      volumes
        .filter(({ from: [first, ...more] }) => {
          return more.length === 0 && first?.of === 'secret' && first.name === name && first.keys.length === 0;
        })
        .map((one) => ({ podUid: metadata.uid, volume: one.name })),
    );
}

/** What a volume holds, all of one generation. */
interface Content {
  /** Begins with the time at which kubelet wrote it: `..2026_11_25_09_23_14.123456789`. */
  readonly generation: string;
  readonly data: ReadonlyMap<string, Buffer>;
}

async function readEvent(
  host: Process | number,
  { hostPath }: HostSecretVolume,
  wait: WaitOptions,
): Promise<Content | Finding> {
  const target = host === process.pid ? hostPath : { process: host, path: hostPath };
  await using watch = watchSecretVolume(target, wait);
  const { value: event } = await watch.next();
  const path = hostPath.toString();
  using content = event ?? null;
  if (content === null || content.generation === null)
    return { code: 'unread-volume', message: 'it holds no generation any more', path };
  if (content.truncated) return { code: 'truncated-volume', message: 'it holds more than is read of a volume', path };
  const data = new Map(content.entries.map(({ name, value }) => [name.toString(), Buffer.from(value)]));
  return { generation: content.generation, data };
}

/** Reads a volume; a finding where it is gone by now, or cut. A watch would wait until there is a generation. */
async function readContent(
  host: Process | number,
  volume: HostSecretVolume,
  { timeout = DEFAULT_TIMEOUT, signal }: WaitOptions,
): Promise<Content | Finding> {
  const unread = (message: string): Finding => ({ code: 'unread-volume', message, path: volume.hostPath.toString() });
  if (volume.generation === null) return unread('it holds no generation');
  const late = AbortSignal.timeout(timeout);
  try {
    return await readEvent(host, volume, { timeout, signal: AbortSignal.any([late, ...(signal ? [signal] : [])]) });
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof SystemError) return unread(error.message);
    if (late.aborted) return unread(`it could not be read in ${timeout} ms`);
    throw error;
  }
}

function isSame({ data: one }: Content, other: Content | undefined): boolean {
  return one.size === other?.data.size && [...one].every(([key, value]) => other.data.get(key)?.equals(value) === true);
}

/** Contents in the order of their writing; what was written several times is there once, and the others are overwritten. */
function toDistinct(contents: readonly Content[]): Content[] {
  const ordered = contents.toSorted((a, b) => (a.generation < b.generation ? -1 : 1));
  const distinct = ordered.filter((content, i) => !isSame(content, ordered[i + 1]));
  for (const { data } of ordered.filter((one) => !distinct.includes(one))) {
    for (const value of data.values()) value.fill(0);
  }
  return distinct;
}

/** Names of generations have the second, and then digits that say nothing. */
function judgeOrder(distinct: readonly Content[]): Finding[] {
  const [newest, before] = distinct.slice(-2).map(({ generation }) => generation.split('.').slice(0, 3).join('.'));
  const message = 'two volumes were written in the same second, and differ: which is newer is not known';
  return newest === before ? [{ code: 'ambiguous-order', message }] : [];
}

function toVersion({ data }: Content, i: number, { length }: readonly Content[]): SecretVersion {
  return { source: 'volume', revision: null, current: i === length - 1, since: null, by: null, data };
}

/**
 * Reads a Secret from the volumes in which kubelet has it on this node: what the newest generation holds counts as what the Secret
 * holds now, what others hold, which are older, as older versions. Kubelet is behind by up to a minute or two, and does not tell
 * when the Secret was written.
 *
 * `places`: volumes with the whole Secret in them, as {@link volumesOfSecret} gives them; kubelet does not keep which Secret
 * a volume is of. Those that are projected, of which other things can be a part, are left out.
 *
 * Errors: as {@link listHostSecretVolumes}; a TargetError, where none of them is mounted here.
 */
export async function readSecretFromVolume(
  { namespace, name }: SecretName,
  places: readonly PodVolumePlace[],
  options: HostOptions = {},
): Promise<KnownSecret> {
  const host = (await readHostView(options)).process;
  const wanted = new Set(places.map(({ podUid, volume }) => `${podUid}/${volume}`));
  const volumes = (await listHostSecretVolumes({ ...options, host }))
    .filter(({ kind, podUid, volume }) => kind === 'secret' && wanted.has(`${podUid}/${volume}`))
    .sort((a, b) => ((a.generation ?? '') < (b.generation ?? '') ? -1 : 1))
    .slice(-MOST_VOLUMES);
  const read = await mapSideBySide(volumes, AT_ONCE, (volume) => readContent(host, volume, options));
  const distinct = toDistinct(read.filter((one) => 'generation' in one));
  if (distinct.length === 0)
    throw noSuchSecret({ namespace, name }, `a volume of this node (${wanted.size} were named)`);
  const findings = [...read.filter((one) => 'code' in one), ...judgeOrder(distinct)];
  const versions = distinct.map(toVersion);
  return toKnown({ namespace, name, uid: null, versions, complete: false, keyTimes: new Map(), findings });
}
