import type { PodContainer, StoredPod } from '../../etcd/kubernetes/pod.ts';
import type { ClusterView } from '../cluster.ts';
import type { ExpectedContainer } from '../expectation.ts';
import type { KnownSecret } from '../known-secret.ts';
import { expectMounts } from './mounts.ts';
import { VariableMaker } from './variables.ts';

/** `containerd://0123…` without the runtime. */
function bareId(id: string | null): string | null {
  return id === null ? null : id.slice(id.lastIndexOf('/') + 1);
}

function expectContainer(
  { container, pod }: { readonly container: PodContainer; readonly pod: StoredPod },
  known: KnownSecret,
  cluster: ClusterView,
  maker: VariableMaker,
): ExpectedContainer[] {
  const variables = maker.make(container, pod);
  const mounts = expectMounts(container, pod, known);
  if (variables.length + mounts.length === 0) return [];
  const { uid, namespace, name } = pod.metadata;
  return [
    {
      podUid: uid,
      namespace,
      pod: name,
      container: container.name,
      containerId: bareId(container.containerId),
      startedAt: container.startedAt,
      owner: cluster.ownerOf(pod),
      variables,
      mounts,
    },
  ];
}

/**
 * Where the containers of this node should have a Secret: variables, with their value under each version of it, and mounts.
 * Empty where it is not known which pods there are. The values of derived variables are new, and secret: overwrite them with
 * {@link eraseExpected}.
 */
export function expectContainers(known: KnownSecret, cluster: ClusterView): ExpectedContainer[] {
  if (known.name === '') return [];
  const maker = new VariableMaker(known, cluster);
  return cluster.pods
    .filter(({ metadata }) => metadata.namespace === known.namespace)
    .flatMap((pod) =>
      pod.containers.flatMap((container) => expectContainer({ container, pod }, known, cluster, maker)),
    );
}

/** Overwrites what was put together for {@link expectContainers}; the values of single keys are the Secret's own. */
export function eraseExpected(expected: readonly ExpectedContainer[]): void {
  const derived = expected.flatMap(({ variables }) => variables).filter((variable) => variable.derived);
  for (const value of derived.flatMap(({ values }) => values)) value?.fill(0);
}
