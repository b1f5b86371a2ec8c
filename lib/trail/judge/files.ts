import type { ExpectedMount } from '../expectation.ts';
import type { Evidence, Holder } from '../holder.ts';
import type { ScannedFile } from '../sighting.ts';
import { findByValue, findOfKeys, type Spot } from './found.ts';
import { timeOfGeneration } from './generation-time.ts';
import { type Case, type Owner, toHolder } from './holding.ts';
import { type Standing, strangerStanding, unknownStanding } from './standing.ts';
import { judgeByValue } from './variables.ts';

/** What a path should be. */
interface Asked {
  readonly key: string;
  readonly reference: string;
}

function askedAt(mount: ExpectedMount | undefined, path: string): Asked | null {
  const key = mount?.keys.get(path) ?? (mount?.whole === true ? path : undefined);
  if (mount === undefined || key === undefined) return null;
  return { key, reference: `the pod mounts key ${key} of the Secret by its volume ${mount.volume}` };
}

function generationEvidence({ generation, removed }: Spot, isStale: boolean): Evidence[] {
  const name = generation ?? 'that it is of';
  if (removed === true) {
    const message = `kubelet has replaced the generation ${name}: nothing updates what is mounted or open of it`;
    return [{ by: 'generation', message }];
  }
  if (removed !== false || !isStale) return [];
  return [
    { by: 'generation', message: `the generation ${name} is the newest of the volume: kubelet has not updated it yet` },
  ];
}

/** What a file is whose contents are no known version of its key. */
function judgeStranger({ key }: Asked, { generation, removed }: Spot, { truth }: Case): Standing {
  const standing = strangerStanding([key], timeOfGeneration(generation), truth);
  const isOld = removed === true && !truth.known.complete;
  return isOld ? { ...standing, verdict: 'stale' } : standing;
}

function judgeSpot(spot: Spot, asked: Asked | null, owner: Owner, one: Case): Holder[] {
  const written = timeOfGeneration(spot.generation);
  const heldSince = spot.place === 'volume' ? written : undefined;
  const own = asked === null ? [] : findOfKeys(spot, [asked.key], one.asked, one.truth);
  const found = own.length > 0 ? own : findByValue(spot, one.asked, one.truth);
  const isUnexpected = asked === null || (own.length === 0 && found.length > 0);
  const all =
    isUnexpected || found.length > 0
      ? found
      : [{ key: asked.key, derived: false, standing: judgeStranger(asked, spot, one) }];
  return all.map(({ standing, ...rest }) => {
    const evidence = [...standing.evidence, ...generationEvidence(spot, standing.verdict === 'stale')];
    const reference = isUnexpected ? null : asked.reference;
    return toHolder(spot, owner, { ...rest, standing: { ...standing, evidence } }, reference, heldSince);
  });
}

/** A file of a secret volume of a container. */
export function judgeFile(file: ScannedFile, owner: Owner, one: Case): Holder[] {
  const mount = owner.expected?.mounts.find(({ volume }) => volume === file.volume);
  const { place, containerPath: name, generation, removed, value } = file;
  const wholes = value === null ? [] : [value];
  const spot: Spot = { place, name, generation, removed, through: null, wholes, parts: [] };
  return judgeSpot(spot, askedAt(mount, file.path), owner, one);
}

/** The path in a volume of what a container has by a path, which may lead through a generation. */
function pathIn({ mountPath, subPath }: ExpectedMount, path: string): string {
  const rest = path.slice(mountPath.length).replace(/ \(deleted\)$/, '');
  const inside = rest.replace(/^\/+(?:\.\.[^/]+\/+)?/, '');
  return [subPath, inside].filter((part) => part !== '').join('/');
}

function mountOf(path: string, mounts: readonly ExpectedMount[]): ExpectedMount | undefined {
  const bare = path.replace(/ \(deleted\)$/, '');
  return mounts
    .filter(({ mountPath }) => bare === mountPath || bare.startsWith(`${mountPath.replace(/\/+$/, '')}/`))
    .toSorted((a, b) => b.mountPath.length - a.mountPath.length)[0];
}

/** A file that a process has open or mapped. */
export function judgeOpenFile(spot: Spot, owner: Owner, one: Case): Holder[] {
  const mount = mountOf(spot.name, owner.expected?.mounts ?? []);
  // what is no file of a volume was not written by kubelet, whatever its path
  if (mount === undefined || spot.removed === null) return judgeByValue(spot, owner, one);
  return judgeSpot(spot, askedAt(mount, pathIn(mount, spot.name)), owner, one);
}

/** The mounts that a container should have, where they could not be read. */
export function judgeUnreadMounts(place: ScannedFile['place'], reason: string, owner: Owner): Holder[] {
  const mounts = (owner.expected?.mounts ?? []).filter(({ subPath }) => (subPath === '') === (place === 'volume'));
  const standing = unknownStanding(`could not be read: ${reason}`);
  return mounts.map(({ volume, mountPath, keys }) => {
    const key = keys.size === 1 ? ([...keys.values()][0] ?? null) : null;
    const location = { place, name: mountPath, generation: null };
    const reference = `the pod mounts the Secret by its volume ${volume}`;
    return toHolder(location, owner, { key, derived: false, standing }, reference);
  });
}
