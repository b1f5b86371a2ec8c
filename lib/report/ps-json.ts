import type { ListedContainer, ListedPod, ListedProcess, PodList } from '../kube/pod-list.ts';
import { bytesDocument } from './entry.ts';
import { findingDocument } from './finding.ts';
import { ageOf, type PsMoment, userOf } from './ps-owner.ts';

function processDocument(one: ListedProcess, container: ListedContainer, moment: PsMoment): object {
  return {
    pid: one.pid,
    parentPid: one.parentPid,
    comm: one.comm,
    startTime: Number(one.startTime),
    age: ageOf(one, moment),
    uid: one.uid,
    user: userOf(one, container, moment),
    zombie: one.zombie,
    secretVariables: one.secretVariables,
  };
}

function containerDocument(container: ListedContainer, moment: PsMoment): object {
  const { name, id, runtime, sandbox, image, secretVolumes, processes, findings } = container;
  return {
    name,
    id,
    runtime,
    sandbox,
    image,
    secretVolumes:
      secretVolumes?.map(({ kind, volume, podUid, containerPath, subPath }) => ({
        kind,
        volume,
        podUid,
        ...bytesDocument('containerPath', containerPath),
        subPath,
      })) ?? null,
    processes: processes.map((one) => processDocument(one, container, moment)),
    findings: findings.map(findingDocument),
  };
}

function podDocument(pod: ListedPod, moment: PsMoment): object {
  const { namespace, name, uid, qosClass, staticPod, node, byMountsAlone, containers } = pod;
  return {
    namespace,
    name,
    uid,
    qosClass,
    staticPod,
    node: node && { containerId: node.containerId, runtime: node.runtime },
    byMountsAlone,
    containers: containers.map((one) => containerDocument(one, moment)),
  };
}

/** The document of `podprobe ps --json`: docs/schema/ps.schema.json. */
export function psDocument({ pods, containers, other, findings }: PodList, moment: PsMoment): object {
  return {
    schema: 'podprobe/ps/v1',
    pods: pods.map((pod) => podDocument(pod, moment)),
    containers: containers.map((one) => containerDocument(one, moment)),
    other,
    findings: findings.map(findingDocument),
  };
}
