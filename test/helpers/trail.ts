import { podFromManifest } from '../../lib/etcd/kubernetes/pod-from-manifest.ts';
import type { StoredPod } from '../../lib/etcd/kubernetes/pod.ts';
import type { PodList } from '../../lib/kube/pod-list.ts';
import type { ClusterView, ObjectValues } from '../../lib/trail/cluster.ts';
import { expectContainers } from '../../lib/trail/expect/containers.ts';
import type { Holder } from '../../lib/trail/holder.ts';
import { judge } from '../../lib/trail/judge/judge.ts';
import type { KnownSecret, SecretVersion } from '../../lib/trail/known-secret.ts';
import { toScanRequest, type TrailRequest } from '../../lib/trail/request.ts';
import type { ScannedContainer, ScannedFile, ScannedProcess, Sighting } from '../../lib/trail/sighting.ts';
import type { Trail } from '../../lib/trail/trail-result.ts';

// A Secret, the pods that ask for it and what was seen of it, made by hand.

export type Data = Readonly<Record<string, string | Buffer>>;

/** Versions are a minute from each other. */
export const BEGIN = Date.parse('2026-11-23T06:00:00Z');

export function minutes(count: number): Date {
  return new Date(BEGIN + count * 60_000);
}

export function toData(data: Data): Map<string, Buffer> {
  return new Map(Object.entries(data).map(([key, value]) => [key, Buffer.from(value)]));
}

/** The versions of etcd, oldest first: revision 100 in minute 0, 101 in minute 1 …; the last is the current one. */
export function history(...states: readonly Data[]): SecretVersion[] {
  return states.map((data, index) => ({
    source: 'etcd',
    revision: BigInt(100 + index),
    current: index === states.length - 1,
    since: minutes(index),
    by: { manager: `writer-${index}`, operation: 'Update', time: minutes(index) },
    data: toData(data),
  }));
}

/** Old values that somebody gave. */
export function given(data: Data): SecretVersion {
  return { source: 'values', revision: null, current: false, since: null, by: null, data: toData(data) };
}

export function secret(versions: readonly SecretVersion[], more: Partial<KnownSecret> = {}): KnownSecret {
  return {
    namespace: 'test',
    name: 'mysecret',
    uid: null,
    versions,
    complete: false,
    keyTimes: new Map(),
    findings: [],
    [Symbol.dispose]: () => undefined,
    ...more,
  };
}

/** The pod `test/web` of this spec; its container of the name `main` has the id that {@link ID} is. */
export function pod(spec: object, metadata: Partial<StoredPod['metadata']> = {}): StoredPod {
  const meta = {
    name: 'web',
    generateName: '',
    namespace: 'test',
    uid: 'pod-uid',
    generation: 0n,
    creationTimestamp: null,
    deletionTimestamp: null,
    deletionGracePeriodSeconds: null,
    labels: new Map<string, string>(),
    annotations: new Map<string, string>(),
    ownerReferences: [],
    finalizers: [],
    managedFields: [],
    ...metadata,
  };
  const running = { startedAt: minutes(30).toISOString() };
  const status = { containerStatuses: [{ name: 'main', containerID: `containerd://${ID}`, state: { running } }] };
  return podFromManifest(meta, { spec: { nodeName: 'node-1', serviceAccountName: 'web', ...spec }, status });
}

export const ID = 'a'.repeat(64);

/** A pod whose container has these variables, sources of variables and mounts. */
export function podOf(container: object, volumes: readonly object[] = []): StoredPod {
  return pod({ containers: [{ name: 'main', ...container }], volumes });
}

export function secretKey(name: string, key: string, more: object = {}): object {
  return { name, valueFrom: { secretKeyRef: { name: 'mysecret', key, ...more } } };
}

export type Objects = Readonly<Record<string, ObjectValues>>;

/** Objects by `configMap/NAME` or `secret/NAME`; those that are not named are not known. */
export function cluster(pods: readonly StoredPod[], objects: Objects = {}): ClusterView {
  return {
    source: 'etcd',
    pods,
    valuesOf: (kind, _namespace, name) => objects[`${kind}/${name}`],
    ownerOf: () => 'deployment/web',
    findings: [],
    [Symbol.dispose]: () => undefined,
  };
}

export function seen(place: Sighting['place'], name: string, more: Partial<Sighting> = {}): Sighting {
  return { place, name, value: null, whole: true, generation: null, removed: null, through: null, ...more };
}

export function process(sightings: readonly Sighting[], more: Partial<ScannedProcess> = {}): ScannedProcess {
  return {
    pid: 4242,
    parentPid: 1,
    startTime: 1000n,
    startedAt: minutes(30),
    comm: 'web',
    containerId: ID,
    sightings,
    unread: [],
    ...more,
  };
}

export function container(more: Partial<ScannedContainer> = {}): ScannedContainer {
  return { containerId: ID, bundle: [], files: [], unread: [], findings: [], ...more };
}

export function file(path: string, more: Partial<ScannedFile> = {}): ScannedFile {
  const containerPath = `/mnt/${path}`;
  return { place: 'volume', volume: 'vol', path, containerPath, generation: null, removed: null, value: null, ...more };
}

export const NO_PODS: PodList = {
  pods: [],
  containers: [],
  other: { host: 0, kernelThreads: 0, zombies: 0, unknown: 0 },
  findings: [],
};

/** What was seen, by the numbers of the values. */
export interface Seen {
  readonly processes?: readonly ScannedProcess[];
  readonly containers?: readonly ScannedContainer[];
}

type Scanned = (numberOf: (value: string | Buffer) => number, asked: TrailRequest) => Seen;

/** A trail of what was seen of a Secret in pods. */
export function follow(known: KnownSecret, view: ClusterView, scanned: Scanned, pods: PodList = NO_PODS): Trail {
  const expected = expectContainers(known, view);
  const asked = toScanRequest(known, expected, pods);
  const numbers = new Map(asked.request.values.map((value, number) => [value.toString('latin1'), number]));
  const numberOf = (value: string | Buffer): number => {
    const number = numbers.get(Buffer.from(value).toString('latin1'));
    if (number === undefined) throw new Error('the test has seen what nobody looks for');
    return number;
  };
  const { processes = [], containers = [] } = scanned(numberOf, asked);
  const scan = { processes, containers, findings: [] };
  return judge({ known, cluster: view, expected, asked, scan, pods });
}

/** What is mostly asserted of a holder. */
export function brief({ place, name, key, verdict, revision, expected, derived }: Holder): unknown[] {
  return [place, name, key, verdict, revision, expected ? 'expected' : 'by value', ...(derived ? ['derived'] : [])];
}
