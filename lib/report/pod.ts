import type { PodExperiment, PodLook } from '../demo/pod.ts';
import { explainLine, mountLine } from './mount-line.ts';
import { printable } from './printable.ts';
import { alignColumns, type Style } from './style.ts';

const INDENT = '   ';
const indented = (lines: readonly string[]): string[] => lines.map((line) => (line === '' ? '' : INDENT + line));
const shown = (value: string | undefined): string => (value === undefined ? 'not known' : printable(value));

function access(readOnly: boolean): string {
  return readOnly ? 'read-only' : 'read-write';
}

function describeStart({ pod, userNamespace, before }: PodExperiment): string[] {
  const where = userNamespace ? ', in a user namespace: these privileges allow no more' : '';
  return [
    `The node's side is process ${pod.nodePid}, the container's first process is ${pod.containerPid} (/bin/sleep)${where}.`,
    `Secret: foo=${printable(before.file)}, caz=${printable(before.subPathFile)}; FOO=${shown(before.initial)} from its key foo.`,
  ];
}

function describeMounts({ before }: PodExperiment, style: Style): string[] {
  const { container, host } = before.volume.mounts;
  return [
    `in the container, ${access(before.volume.container.readOnly)}:`,
    ...explainLine(container, style),
    '',
    `on the node, ${access(before.volume.host.readOnly)}:`,
    ...explainLine(host, style),
    '',
    `One file system, ${host.device.major}:${host.device.minor}: kubelet writes there what the container reads here.`,
  ];
}

function describeEntering({ entered }: PodExperiment): string[] {
  const lines = entered.output.trimEnd().split('\n');
  return [`podprobe exec PID -- ${entered.argv.join(' ')}`, ...lines.map((line) => `  ${printable(line)}`)];
}

function describeEvents({ events }: PodExperiment): string[] {
  return events.map(({ event, generation, changed }) => {
    const what = changed.length > 0 ? `  changed: ${changed.map(printable).join(', ')}` : '';
    return `${event.padEnd(6)}  ${generation === null ? '' : printable(generation)}${what}`;
  });
}

function describeOutcome({ before, after, pod }: PodExperiment): string[] {
  const row = (what: string, value: (look: PodLook) => string | undefined): string[] => {
    const [then, now] = [value(before), value(after)];
    return [what, shown(then), '->', shown(now), then === now ? 'old' : 'new'];
  };
  return alignColumns([
    row(`file ${pod.containerPath}/foo`, ({ file }) => file),
    row('file by subPath, key caz', ({ subPathFile }) => subPathFile),
    row('FOO in /proc/PID/environ', ({ initial }) => initial),
    row('FOO in the live environ', ({ live }) => live),
  ]);
}

/** The experiment, told step by step. */
export function podText(experiment: PodExperiment, style: Style): string[] {
  const stale = printable(experiment.after.subPath.mounts.container.root);
  return [
    style('bold', 'A pod without a cluster: how a Secret reaches a process, and what of it is updated?'),
    '',
    style('cyan', '1  A node mounts a tmpfs, writes a Secret into it, and starts a container.'),
    ...indented(describeStart(experiment)),
    '',
    style('cyan', '2  The volume in mountinfo, from both sides:'),
    ...indented(describeMounts(experiment, style)),
    '',
    style('cyan', '3  A command in the namespaces of the container:'),
    ...indented(describeEntering(experiment)),
    '',
    style('cyan', "4  The Secret is rotated, in kubelet's own way. What a watch of the volume says:"),
    ...indented(describeEvents(experiment)),
    '',
    style('cyan', '5  What the container has of it now:'),
    ...indented(describeOutcome(experiment)),
    '',
    'The volume follows: its links lead through ..data, which kubelet renames. The environment is a copy made',
    `at the start, and the subPath file a mount of the old generation: ${stale}.`,
    'Only a restart gives them the new value.',
  ];
}

/** What is said instead where no pod can be made. */
export function podRefusedText(reason: string, style: Style): string[] {
  return [style('yellow', `The pod without a cluster is left out: ${printable(reason)}`)];
}

function lookDocument({ volume, subPath, file, subPathFile, initial, live }: PodLook): object {
  return {
    generation: volume.generation,
    containerReadOnly: volume.container.readOnly,
    hostReadOnly: volume.host.readOnly,
    containerLine: mountLine(volume.mounts.container),
    hostLine: mountLine(volume.mounts.host),
    subPathStale: subPath.stale,
    file,
    subPathFile,
    initial: initial ?? null,
    live: live ?? null,
  };
}

/** The document of `podprobe demo pod --json`: docs/schema/demo-pod.schema.json. */
export function podDocument({ pod, userNamespace, before, after, entered, events }: PodExperiment): object {
  const { uid, nodePid, containerPid, hostPath, containerPath } = pod;
  return {
    schema: 'podprobe/demo-pod/v1',
    userNamespace,
    pod: { uid, nodePid, containerPid, hostPath, containerPath },
    before: lookDocument(before),
    entered,
    events,
    after: lookDocument(after),
  };
}
