import type { CriContainer, CriContainerStatus, CriListedContainer, CriSandbox } from '../cri-records.ts';
import { readContainerInfo } from './info.ts';
import type { Container, ContainerStatus, ContainerStatusResponse, PodSandbox, PodSandboxStatus } from './v1_pb.ts';

const SANDBOX_STATES = ['ready', 'not ready'] as const;
const CONTAINER_STATES = ['created', 'running', 'exited', 'unknown'] as const;

function toMap(fields: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(Object.entries(fields));
}

export function toSandbox(sandbox: PodSandbox | PodSandboxStatus): CriSandbox {
  const { metadata } = sandbox;
  return {
    id: sandbox.id,
    podName: metadata?.name ?? '',
    podUid: metadata?.uid ?? '',
    namespace: metadata?.namespace ?? '',
    attempt: metadata?.attempt ?? 0,
    state: SANDBOX_STATES[sandbox.state] ?? 'unknown',
    createdAt: sandbox.createdAt,
    labels: toMap(sandbox.labels),
    annotations: toMap(sandbox.annotations),
    runtimeHandler: sandbox.runtimeHandler,
  };
}

function toContainer(container: Container | ContainerStatus): CriContainer {
  const { metadata } = container;
  return {
    id: container.id,
    name: metadata?.name ?? '',
    attempt: metadata?.attempt ?? 0,
    image: container.image?.image ?? '',
    imageRef: container.imageRef,
    state: CONTAINER_STATES[container.state] ?? 'unknown',
    createdAt: container.createdAt,
    labels: toMap(container.labels),
    annotations: toMap(container.annotations),
  };
}

export function toListedContainer(container: Container): CriListedContainer {
  return { ...toContainer(container), sandboxId: container.podSandboxId };
}

/** Null where the runtime says nothing of it. */
export function toContainerStatus(
  { status, info }: ContainerStatusResponse,
  verbose: boolean,
): CriContainerStatus | null {
  if (status === undefined) return null;
  const { startedAt, finishedAt, exitCode, reason, message, logPath } = status;
  const mounts = status.mounts.map(({ containerPath, hostPath, readonly }) => {
    return { containerPath, hostPath, readOnly: readonly };
  });
  const all = { startedAt, finishedAt, exitCode, reason, message, mounts, logPath };
  return { ...toContainer(status), ...all, info: verbose ? readContainerInfo(info) : null };
}
