import { SystemError } from '../../errors.ts';
import { readBundleEnvironment } from '../../kube/bundle-environment.ts';
import type { StateDirectories } from '../../kube/state-directories.ts';
import { type SecretVolume, surveySecretVolumes } from '../../mounts/secret-volumes.ts';
import { deviceOf } from '../../mounts/table.ts';
import { openProcess, type Process } from '../../process.ts';
import { openIn } from '../../rootfs.ts';
import type { Finding } from '../../kube/finding.ts';
import type { Place, ScannedContainer, ScannedFile } from '../sighting.ts';
import { isGone } from './gone.ts';
import type { ProcessContext } from './process.ts';
import type { ContainerItem } from './protocol.ts';
import { nameOf, Report } from './report.ts';
import { matchVariables } from './variables.ts';
import { MOST_BYTES } from './volume-file.ts';
import type { ContentFile, VolumeContents } from './volume-content.ts';

/** What all looks at containers share. */
export interface ContainerContext extends ProcessContext {
  readonly contents: VolumeContents;
  readonly stateDirectories: Partial<StateDirectories>;
}

/** Of a container of which one process after the other ends, no more are tried. */
const MOST_ATTEMPTS = 4;
const NONE: ReadonlySet<string> = new Set();

/** Gives whose bundle it is. */
async function tellBundle(held: Process, context: ContainerContext, report: Report, wanted: ReadonlySet<string>) {
  const { timeout, stateDirectories, matcher } = context;
  using bundle = await readBundleEnvironment(held, { timeout, stateDirectories });
  const { state, reason, entries, truncated, identity } = bundle;
  if (state === 'unreadable') report.leave('bundle', reason ?? 'it could not be read');
  if (truncated) report.leave('bundle', 'it has more variables than are read');
  matchVariables(entries, { place: 'bundle', wanted, matcher }, report);
  const findings = state === 'none' ? [{ code: 'no-bundle', message: reason ?? 'no bundle of it was found' }] : [];
  return { startTime: identity.startTime, findings };
}

/** What a file of a volume is said to be, but for its path and value. */
function describe(volume: SecretVolume) {
  const isWhole = volume.subPath === null;
  return {
    place: isWhole ? ('volume' as const) : ('subPath' as const),
    volume: volume.volume,
    generation: isWhole ? volume.generation : volume.subPathGeneration,
    removed: isWhole ? false : volume.stale,
  };
}

function toFiles(volume: SecretVolume, files: readonly ContentFile[], generation: string | null): ScannedFile[] {
  const top = volume.subPath === null || volume.subPath.length === 0 ? '' : `${volume.subPath.toString()}/`;
  const point = nameOf(volume.containerPath);
  return files.map(({ path, value }) => {
    return { ...describe(volume), generation, path: `${top}${path}`, containerPath: `${point}/${path}`, value };
  });
}

/** The content of the file that is mounted, unlinked or not: through the container, of the volume's file system only. */
async function readMounted(held: Process, volume: SecretVolume, { timeout, matcher }: ContainerContext) {
  await using file = await openIn(held, volume.containerPath, { timeout });
  const { device, size } = await file.stat({ timeout });
  const error = (detail: string) =>
    new SystemError({ errno: -5, syscall: 'open', path: nameOf(volume.containerPath), detail }, held.pid);
  if (device !== deviceOf(volume.mounts.container.device)) throw error('something else is mounted over it');
  if (size > MOST_BYTES) throw error('it is too large for a Secret');
  const content = await file.read(0, MOST_BYTES, { timeout });
  const value = matcher.whole(content);
  content.fill(0);
  return value;
}

async function readSubPath(held: Process, volume: SecretVolume, context: ContainerContext): Promise<ScannedFile[]> {
  const path = volume.subPath?.toString() ?? '';
  const containerPath = nameOf(volume.containerPath);
  try {
    return [{ ...describe(volume), path, containerPath, value: await readMounted(held, volume, context) }];
  } catch (error) {
    if (!(error instanceof SystemError) || error.code !== 'EISDIR') throw error;
  }
  const host = context.volumes.at(volume.mounts.container.device);
  const root = volume.mounts.container.root.toString('latin1');
  // of a directory that was removed nothing is left
  if (host === undefined || root.endsWith('//deleted')) return [];
  const { files } = await context.contents.below(host, root);
  return toFiles(volume, files, volume.subPathGeneration);
}

async function readVolume(held: Process, volume: SecretVolume, context: ContainerContext, report: Report) {
  if (volume.subPath !== null) return readSubPath(held, volume, context);
  const host = context.volumes.at(volume.mounts.container.device);
  if (host === undefined) return [];
  const { generation, files, unread } = await context.contents.current(host);
  for (const reason of unread) report.leave('volume', `${volume.volume}: ${reason}`);
  return toFiles(volume, files, generation);
}

async function readFiles(held: Process, context: ContainerContext, report: Report) {
  const { timeout, volumes } = context;
  const survey = await surveySecretVolumes(held, { timeout, host: volumes.view.process });
  const files: ScannedFile[] = [];
  for (const volume of survey.volumes) {
    const place: Place = volume.subPath === null ? 'volume' : 'subPath';
    try {
      files.push(...(await readVolume(held, volume, context, report)));
    } catch (error) {
      if (!(error instanceof SystemError) || error.code === 'ESRCH') throw error;
      report.leave(place, `${volume.volume}: ${error.message}`);
    }
  }
  const findings = (survey.unmatched ?? []).map((point): Finding => {
    const message = 'it looks like a secret volume from inside, and no mount of the node is known to be its';
    return { code: 'unmatched-volume', message, path: nameOf(point) };
  });
  return { files, findings };
}

type Item = ContainerItem['processes'][number];

/** Null where another process has its number by now. */
async function scanThrough(held: Process, { startTime }: Item, containerId: string, context: ContainerContext) {
  const report = new Report(context.matcher);
  const attempt = async <Value>(places: readonly Place[], look: () => Promise<Value>): Promise<Value | null> => {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof SystemError) || isGone(error)) throw error;
      for (const place of places) report.leave(place, error.message);
      return null;
    }
  };
  const wanted = context.wanted.get(containerId) ?? NONE;
  const bundle = await attempt(['bundle'], () => tellBundle(held, context, report, wanted));
  if (bundle !== null && bundle.startTime !== startTime) return null;
  const volumes = await attempt(['volume', 'subPath'], () => readFiles(held, context, report));
  const findings = [...(bundle?.findings ?? []), ...(volumes?.findings ?? [])];
  return { containerId, bundle: report.sightings, files: volumes?.files ?? [], unread: report.unread, findings };
}

/** Looks at a container through the first of its processes that is there; null where none is. */
export async function scanContainer(item: ContainerItem, context: ContainerContext): Promise<ScannedContainer | null> {
  for (const one of item.processes.slice(0, MOST_ATTEMPTS)) {
    context.alive();
    try {
      await using held = await openProcess(one.pid);
      const scanned = await scanThrough(held, one, item.containerId, context);
      if (scanned !== null) return scanned;
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
  return null;
}
