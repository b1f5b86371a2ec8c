// Are the Secrets of a pod anywhere else? Takes the values in its secret volumes, and in its variables that are called as
// credentials are, and looks for them in the command lines and environments of all processes that are not of the pod.
//
//   sudo npx tsx secrets-outside-their-pod.ts NAMESPACE/POD | jq .
//
// One JSON document for each place, with the value's fingerprint under a key of the run. What is short or ordinary is not looked
// for, nor are certificates: they can be there for another reason. Exit code: 0 nowhere; 1 found; 5 not everything was read.
import { createHmac, randomBytes } from 'node:crypto';
import * as podprobe from 'podprobe';
import { answer, type Code, doubt, examineAll, nameOf, print, worst } from './answer.ts';

const PLACES: readonly podprobe.Place[] = ['initial', 'live', 'commandLine'];
const signal = AbortSignal.timeout(300_000);
const key = randomBytes(32);
const values: Buffer[] = [];
const origins: string[] = [];

/** Keeps a copy of a value that is proof by itself. Files often end in a line feed that is not part of it. */
function add(value: Buffer, from: string): void {
  const bytes = value.subarray(0, value.at(-1) === 0x0a ? -1 : undefined);
  if (!podprobe.isDistinctive(bytes) || from.endsWith('.crt') || values.some((known) => known.equals(bytes))) return;
  values.push(Buffer.from(bytes));
  origins.push(from);
}

async function addVariables({ pid, startTime, secretVariables }: podprobe.ListedProcess): Promise<Code> {
  using environment = await podprobe.readEnvironment(pid, { live: false, signal });
  // another process has its number by now
  if (environment.process.startTime !== startTime) return 0;
  for (const name of secretVariables ?? []) add(environment.initial?.get(name) ?? Buffer.of(), `variable ${name}`);
  return 0;
}

async function addVolumes(uid: string): Promise<void> {
  const volumes = await podprobe.listHostSecretVolumes({ signal });
  const left = new Set(volumes.flatMap((one) => (one.podUid === uid && one.generation ? [`${one.hostPath}`] : [])));
  if (left.size === 0) return;
  for await (const { path, event, identity } of podprobe.watchSecretVolumesOfPod(uid, { signal })) {
    for (const { name, value } of event?.entries ?? []) add(value, `volume ${identity?.volume}, key ${name}`);
    event?.wipe();
    left.delete(`${path}`);
    if (left.size === 0) break;
  }
}

function tell({ pid, comm, sightings }: podprobe.ScannedProcess, container: string | null): Code {
  const found = sightings.filter(({ place }) => PLACES.includes(place));
  for (const { place, name, value, whole } of found) {
    const bytes = values[value ?? -1] ?? Buffer.of();
    const fingerprint = createHmac('sha256', key).update(bytes).digest('hex').slice(0, 16);
    print({ fingerprint, from: origins[value ?? -1], pid, comm, container, place, name, whole }, values);
  }
  return found.length > 0 ? 1 : 0;
}

await answer(async () => {
  const { uid } = await podprobe.resolvePod(process.argv[2] ?? '', { signal });
  const { pods } = await podprobe.listPods({ secrets: true, signal });
  const own = pods.flatMap((pod) => (pod.uid === uid ? pod.containers.flatMap(({ processes }) => processes) : []));
  const read = await examineAll(own, addVariables);
  await addVolumes(uid);

  const node = await podprobe.listNodeProcesses({ signal });
  const distinctive = new Set(values.keys());
  const scan = await podprobe.scanNode({ values, distinctive, variables: new Map() }, { node, signal });
  const all = node.pods.pods.flatMap((pod) => pod.containers.map(({ id, name }) => ({ pod, id, name })));
  const codes = scan.processes.map((one): Code => {
    const { pod, name } = all.find(({ id }) => id !== null && id === one.containerId) ?? {};
    if (pod?.uid === uid) return 0;
    return tell(one, nameOf(pod?.namespace, pod?.name ?? pod?.uid, name ?? one.containerId?.slice(0, 13)));
  });
  const unread = scan.processes.filter((one) => one.unread.some(({ place }) => PLACES.includes(place)));
  const doubts = unread.map(({ pid, unread: [first] }) => doubt(`process ${pid}: ${first?.place}: ${first?.reason}`));
  return worst([...doubts, ...scan.findings.map(({ message }) => doubt(message)), read, ...codes]);
});
