import type { SecretVolume, SecretVolumeSurvey } from '../mounts/secret-volumes.ts';
import type { Mount, MountTable } from '../mounts/table.ts';
import { explainLine } from './mount-line.ts';
import { printable } from './printable.ts';
import { alignColumns, count, type Style } from './style.ts';

/** Cells are padded to so many characters at most. */
const WIDEST = 48;

function rowOf(mount: Mount): string[] {
  const { major, minor } = mount.device;
  return [
    `${mount.mountId}`,
    `${mount.parentMountId}`,
    `${major}:${minor}`,
    printable(mount.mountPoint),
    printable(mount.fsType),
    printable(mount.options),
    printable(mount.optionalFields.join(' ')),
    printable(mount.root),
    printable(mount.source),
    printable(mount.superOptions),
  ];
}

const HEADER = [
  'ID',
  'PARENT',
  'DEVICE',
  'MOUNT POINT',
  'TYPE',
  'OPTIONS',
  'OPTIONAL',
  'ROOT',
  'SOURCE',
  'SUPER OPTIONS',
];

function describeTable(pid: number, table: MountTable, style: Style): string[] {
  const lines = [`${style('bold', `process ${pid}`)}  ${count(table.length, 'mount')}`];
  if (table.source === 'listmount')
    lines.push(
      'Its root directory is no mount (chroot): these are the mounts of its namespace, seen from the root of that.',
    );
  if (table.length === 0) lines.push(style('yellow', 'It sees no mount: its root directory is none (chroot).'));
  if (table.malformed > 0)
    lines.push(style('yellow', `${count(table.malformed, 'line')} of its mountinfo could not be read.`));
  if (table.truncated) lines.push(style('yellow', 'The table was cut: it is larger than 32 MiB.'));
  return lines;
}

const access = (readOnly: boolean): string => (readOnly ? 'read-only' : 'read-write');

function describeStale({ stale, subPathGeneration, generation }: SecretVolume, style: Style): string {
  const of = subPathGeneration === null ? '' : `of ${printable(subPathGeneration)}`;
  if (stale === null) return style('yellow', `whether it is current is not known ${of}`.trimEnd());
  if (!stale) return 'current';
  const now = generation === null ? '' : `; the volume is at ${printable(generation)}`;
  return `${style('red', 'STALE')} ${of}${now}`;
}

function describeSwap({ noswap }: SecretVolume, swapOn: boolean | null): string {
  if (noswap) return 'never: mounted with noswap';
  if (swapOn === null) return 'without noswap; whether swap is on is not known';
  return swapOn ? 'possible: swap is on, and it is mounted without noswap' : 'none is on (without noswap)';
}

function describeKeys(keys: SecretVolume['keys']): string {
  if (keys === null) return 'not known: it may not be read';
  return keys.length === 0 ? 'none' : keys.map((key) => printable(key)).join(', ');
}

/** One volume, with all the mounts of it that the container has. */
function describeVolume(all: readonly SecretVolume[], swapOn: boolean | null, style: Style): string[] {
  const first = all[0] as SecretVolume;
  const views = all.map((view) => [
    view.subPath === null ? 'in the container' : 'by subPath',
    printable(view.containerPath),
    access(view.container.readOnly),
    view.subPath === null ? '' : `${printable(view.subPath)}, ${describeStale(view, style)}`,
  ]);
  const host = ['on the node', printable(first.hostPath), access(first.host.readOnly), ''];
  const generation = first.generation === null ? style('yellow', 'not known') : printable(first.generation);
  const swap = describeSwap(first, swapOn);
  return [
    '',
    `${style('bold', `${first.kind} ${printable(first.volume)}`)} of pod ${printable(first.podUid)}`,
    ...alignColumns([...views, host], WIDEST).map((line) => `  ${line}`),
    `  generation ${generation}`,
    `  keys ${describeKeys(first.keys)}`,
    `  swap ${!first.noswap && swapOn !== false ? style('yellow', swap) : swap}`,
  ];
}

function describeVolumes({ volumes, unmatched, swapOn }: SecretVolumeSurvey, style: Style): string[] {
  const groups = new Map<string, SecretVolume[]>();
  for (const volume of volumes) {
    const { major, minor } = volume.mounts.host.device;
    const key = `${major}:${minor}`;
    groups.set(key, [...(groups.get(key) ?? []), volume]);
  }
  const lines = [...groups.values()].flatMap((group) => describeVolume(group, swapOn, style));
  if (lines.length === 0) lines.push('', 'No secret volume is known among them.');
  if (unmatched === null) lines.push(style('yellow', 'Whether more of them look like secret volumes is not known.'));
  for (const path of unmatched ?? []) {
    const text = `${printable(path)} looks like a secret volume, but no mount of the node is known to share it (--host).`;
    lines.push(style('yellow', text));
  }
  return lines;
}

/** What `podprobe mounts` prints for people. */
export function mountsText(pid: number, table: MountTable, survey: SecretVolumeSurvey, style: Style): string[] {
  const [header = '', ...rows] = alignColumns([HEADER, ...table.mounts.map(rowOf)], WIDEST);
  return [
    ...describeTable(pid, table, style),
    '',
    ...(table.length === 0 ? [] : [style('dim', header), ...rows]),
    ...describeVolumes(survey, style),
  ];
}

/** What `podprobe mounts --explain` prints: a secret volume's line on both sides, else the line of the root. */
export function explainText(table: MountTable, survey: SecretVolumeSurvey, style: Style): string[] {
  const volume = survey.volumes.find(({ subPath }) => subPath === null) ?? survey.volumes[0];
  if (volume !== undefined) {
    return [
      style('bold', `${volume.kind} ${printable(volume.volume)}, as the container sees it`),
      ...explainLine(volume.mounts.container, style),
      '',
      style('bold', 'as the node sees it'),
      ...explainLine(volume.mounts.host, style),
      '',
      `One file system: both are ${volume.mounts.host.device.major}:${volume.mounts.host.device.minor}. It is ${access(volume.container.readOnly)} in the container, ${access(volume.host.readOnly)} on the node.`,
    ];
  }
  const root = table.mounts.findLast(({ mountPoint }) => mountPoint.toString('latin1') === '/') ?? table.mounts[0];
  if (root === undefined) return [style('yellow', 'There is no mount to explain.')];
  return [style('bold', 'the mount of its root directory'), ...explainLine(root, style)];
}
