import type { ListedContainer, ListedPod, ListedProcess, ListedVolume, PodList } from '../kube/pod-list.ts';
import { describeAge } from './age.ts';
import { describeMade, shortId } from './container-text.ts';
import { findingLine } from './finding.ts';
import { printable } from './printable.ts';
import { ageOf, type PsMoment, userOf } from './ps-owner.ts';
import { alignColumns, count, type Style } from './style.ts';

function describeSecrets({ secretVariables, zombie }: ListedProcess): string {
  if (zombie) return 'has exited';
  if (secretVariables === null) return 'environment not known';
  return secretVariables.length === 0 ? '' : `env: ${secretVariables.map(printable).join(', ')}`;
}

function processRow(one: ListedProcess, container: ListedContainer, moment: PsMoment): string[] {
  const user = userOf(one, container, moment) ?? String(one.uid ?? '?');
  return [String(one.pid), printable(user), describeAge(ageOf(one, moment)), printable(one.comm), describeSecrets(one)];
}

function describeVolume({ kind, volume, containerPath, subPath }: ListedVolume): string {
  const part = subPath ? ', by subPath' : '';
  return `${kind} ${printable(volume)} at ${printable(containerPath)}${part}`;
}

/** One that has kubelet's directories mounted sees the volumes of all pods: these are counted. */
function volumeLines({ secretVolumes }: ListedContainer, podUid: string | null): string[] {
  if (secretVolumes === null) return ['secret volumes: not known'];
  const own = secretVolumes.filter((one) => one.podUid === podUid);
  const others = secretVolumes.length - own.length;
  const lines = own.map((one) => `volume: ${describeVolume(one)}`);
  return others === 0 ? lines : [...lines, `volumes: ${others} of other pods`];
}

function describeContainer({ name, id, runtime, sandbox }: ListedContainer): string {
  const made = id === null ? 'in no container of it' : describeMade(id, runtime, sandbox === true);
  return name === null ? made : `${printable(name)}  ${made}`;
}

function containerLines(container: ListedContainer, podUid: string | null, moment: PsMoment, style: Style): string[] {
  const rows = container.processes.map((one) => processRow(one, container, moment));
  const title = describeContainer(container);
  return [
    style(container.sandbox === true ? 'dim' : 'cyan', title),
    ...volumeLines(container, podUid).map((line) => `  ${line}`),
    ...container.findings.map((finding) => `  ${style('yellow', findingLine(finding))}`),
    ...alignColumns(rows, 24).map((line) => `  ${line}`),
  ];
}

function describePod({ namespace, name, uid, qosClass, staticPod, node, byMountsAlone }: ListedPod): string[] {
  const parts = [name === null ? `uid ${uid}` : `${printable(namespace ?? '?')}/${printable(name)}`];
  if (staticPod === true) parts.push('static');
  if (qosClass !== null) parts.push(qosClass);
  if (node !== null) parts.push(`of the node in container ${shortId(node.containerId)}`);
  if (byMountsAlone) parts.push('said by mounts alone');
  return parts;
}

function podLines(pod: ListedPod, moment: PsMoment, style: Style): string[] {
  const [title = '', ...parts] = describePod(pod);
  return [
    [style('bold', title), ...parts].join('  '),
    ...pod.containers.flatMap((one) => containerLines(one, pod.uid, moment, style)).map((line) => `  ${line}`),
    '',
  ];
}

function plainLines(containers: readonly ListedContainer[], moment: PsMoment, style: Style): string[] {
  if (containers.length === 0) return [];
  const lines = containers.flatMap((one) => containerLines(one, null, moment, style));
  return [style('bold', 'in no pod'), ...lines.map((line) => `  ${line}`), ''];
}

function countProcesses(containers: readonly ListedContainer[]): string {
  const sum = containers.reduce((all, { processes }) => all + processes.length, 0);
  return count(sum, 'process', 'processes');
}

function summaryLines({ pods, containers, other }: PodList): string[] {
  const inPods = pods.flatMap((pod) => pod.containers);
  const parts = [
    `${count(pods.length, 'pod')}, ${count(inPods.length, 'container')}, ${countProcesses(inPods)}`,
    `in no pod: ${count(containers.length, 'container')} with ${countProcesses(containers)}`,
  ];
  const counts: readonly (readonly [number, string])[] = [
    [other.host, 'of the host'],
    [other.kernelThreads, 'kernel threads'],
    [other.zombies, 'exited'],
    [other.unknown, 'of unknown place'],
  ];
  const others = counts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return [`${parts.join('; ')}${others.length === 0 ? '' : `; ${others.join(', ')}`}.`];
}

/** Pods, containers and processes as a tree, for people. */
export function psText(list: PodList, moment: PsMoment, style: Style): string[] {
  return [
    ...list.pods.flatMap((pod) => podLines(pod, moment, style)),
    ...plainLines(list.containers, moment, style),
    ...list.findings.map((finding) => style('yellow', findingLine(finding))),
    ...summaryLines(list),
  ];
}
