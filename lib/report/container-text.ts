import type { ContainerRuntime } from '../kube/cgroup-path.ts';
import type { ContainerIdentity } from '../kube/identity.ts';
import { describeFinding } from '../kube/finding.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';

/** As much of an id as runtimes' own tools show. */
const ID_LENGTH = 13;

/** An id as people are shown it. */
export function shortId(id: string): string {
  return printable(id.slice(0, ID_LENGTH));
}

/** A container by its id: `container 0f0f0f0f0f0f0 of containerd`. */
export function describeMade(id: string, runtime: ContainerRuntime | null, isSandbox: boolean): string {
  return `${isSandbox ? 'sandbox' : 'container'} ${shortId(id)}${runtime === null ? '' : ` of ${runtime}`}`;
}

function describeContainer({ containerId, runtime, containerType }: ContainerIdentity): string {
  return containerId === null ? '' : describeMade(containerId, runtime, containerType === 'sandbox');
}

function describePod(identity: ContainerIdentity): string {
  const { namespace, podName, containerName, podUid, staticPod } = identity;
  const name = podName === null ? `uid ${podUid}` : `${namespace ?? '?'}/${podName}`;
  const container = containerName === null ? '' : `, container ${containerName}`;
  const id = describeContainer(identity);
  return `${staticPod === true ? 'static pod' : 'pod'} ${printable(name + container)}${id === '' ? '' : `, ${id}`}`;
}

/** Which container a process is of, in lines for people; none for a process of the host of which there is nothing to say. */
export function containerText(identity: ContainerIdentity, style: Style): string[] {
  const lines: string[] = [];
  if (identity.kind === 'pod') lines.push(describePod(identity));
  if (identity.kind === 'container') lines.push(describeContainer(identity));
  for (const { fact, values } of identity.disagreements) {
    const said = values.map(({ source, value }) => `${source} says ${printable(String(value))}`).join(', ');
    lines.push(style('yellow', `${fact} is in doubt: ${said}`));
  }
  for (const finding of identity.findings) lines.push(style('yellow', printable(describeFinding(finding))));
  return lines;
}
