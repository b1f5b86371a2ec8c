import type { ContainerIdentity } from '../kube/identity.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';

/** As much of an id as runtimes' own tools show. */
const ID_LENGTH = 13;

function describeContainer({ containerId, runtime, containerType }: ContainerIdentity): string {
  const what = containerType === 'sandbox' ? 'sandbox' : 'container';
  const by = runtime === null ? '' : ` of ${runtime}`;
  return containerId === null ? '' : `${what} ${printable(containerId.slice(0, ID_LENGTH))}${by}`;
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
  for (const { message, path } of identity.findings) {
    lines.push(style('yellow', printable(path === undefined ? message : `${path}: ${message}`)));
  }
  return lines;
}
