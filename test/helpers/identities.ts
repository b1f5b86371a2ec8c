import type { ContainerIdentity } from '../../lib/index.ts';

/** An identity as if a process had been looked at: of the host, unless told otherwise. */
export function identityOf(known: Partial<ContainerIdentity> = {}): ContainerIdentity {
  return {
    pid: 1234,
    startTime: 99n,
    kind: 'host',
    helper: null,
    node: null,
    unit: null,
    podUid: null,
    namespace: null,
    podName: null,
    containerName: null,
    containerId: null,
    sandboxId: null,
    runtime: null,
    containerType: null,
    image: null,
    staticPod: null,
    qosClass: null,
    cgroup: '/',
    sources: {},
    disagreements: [],
    findings: [],
    ...known,
  };
}
