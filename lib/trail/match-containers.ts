import type { PodList } from '../kube/pod-list.ts';
import type { ExpectedContainer } from './expectation.ts';

/**
 * Which containers of this node the expected ones are, by id: the one that the pod's status names, which may have been started
 * again since, and those of the same name in the same pod.
 */
export function matchContainers(
  expected: readonly ExpectedContainer[],
  pods: PodList | null,
): ReadonlyMap<string, ExpectedContainer> {
  const byName = new Map(expected.map((one) => [JSON.stringify([one.podUid, one.container]), one]));
  const listed = (pods?.pods ?? []).flatMap(({ uid, containers }) =>
    containers.flatMap(({ id, name }): [string, ExpectedContainer][] => {
      const one = byName.get(JSON.stringify([uid, name]));
      return id === null || one === undefined ? [] : [[id, one]];
    }),
  );
  const told = expected.flatMap((one): [string, ExpectedContainer][] =>
    one.containerId === null ? [] : [[one.containerId, one]],
  );
  return new Map([...listed, ...told]);
}
