import type { ContainerIdentity } from '../kube/identity.ts';

/** Which container a process is of, as a part of documents: docs/schema/container.schema.json. */
export function containerDocument(identity: ContainerIdentity): object {
  return {
    kind: identity.kind,
    podUid: identity.podUid,
    namespace: identity.namespace,
    podName: identity.podName,
    containerName: identity.containerName,
    containerId: identity.containerId,
    sandboxId: identity.sandboxId,
    runtime: identity.runtime,
    containerType: identity.containerType,
    image: identity.image,
    staticPod: identity.staticPod,
    qosClass: identity.qosClass,
    helper: identity.helper,
    node: identity.node && { containerId: identity.node.containerId, runtime: identity.node.runtime },
    unit: identity.unit,
    cgroup: identity.cgroup,
    sources: identity.sources,
    disagreements: identity.disagreements,
    findings: identity.findings.map(({ code, message, path = null }) => ({ code, message, path })),
  };
}
