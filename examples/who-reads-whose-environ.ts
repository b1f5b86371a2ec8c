// Who else can read the environments that hold credentials? For each process of a container that was started with variables
// called as credentials are: which processes of other containers could open its /proc/PID/environ now, and by what right.
// Nobody is asked to read, and no value is shown.
//
//   sudo npx tsx who-reads-whose-environ.ts | jq .
//
// One JSON document for each such process that others can read, or may. Programs of the node, where root reads all, are only
// counted; at most 100 kinds of readers are listed. Exit code: 0 no other container can; 1 one can; 5 that is not known, or not of all.
import { type EnvironReader, type ListedContainer, listPods, readersOf } from 'podprobe';
import { answer, type Code, doubt, examineAll, nameOf, print, worst } from './answer.ts';

/** Each costs a look at every process of the node. */
const MOST_PROCESSES = 500;
const MOST_READERS = 100;
const signal = AbortSignal.timeout(300_000);

interface Holder {
  readonly pid: number;
  readonly startTime: bigint;
  readonly comm: string;
  readonly container: string | null;
  readonly containerId: string | null;
  readonly variables: readonly string[];
}

function holdersIn({ name, id, processes }: ListedContainer, ...pod: readonly (string | null)[]): Holder[] {
  const place = { container: nameOf(...pod, name ?? id?.slice(0, 13)), containerId: id };
  return processes.flatMap(({ pid, startTime, comm, secretVariables: variables }) =>
    variables?.length ? [{ pid, startTime, comm, ...place, variables }] : [],
  );
}

/** One for the processes of a container that are judged alike, those of the holder's own pod first. */
function describe(readers: readonly EnvironReader[], ownPod: string): object[] {
  const groups = new Map<string, { container: string | null; pids: number[] }>();
  for (const { pid, comm, answer, reason, container: identity } of readers) {
    const { namespace, podName, podUid, containerName, containerId } = identity ?? {};
    const container = nameOf(namespace, podName ?? podUid, containerName ?? containerId?.slice(0, 13));
    const like = { container, answer, reason, comm };
    const group = groups.get(JSON.stringify(like)) ?? { ...like, pids: [] };
    if (group.pids.length < MOST_READERS) group.pids.push(pid);
    groups.set(JSON.stringify(like), group);
  }
  const isOwn = ({ container }: { container: string | null }): boolean => container?.startsWith(ownPod) ?? false;
  const all = [...groups.values()];
  return [...all.filter(isOwn), ...all.filter((one) => !isOwn(one))].slice(0, MOST_READERS);
}

async function examine({ startTime, containerId, ...holder }: Holder): Promise<Code> {
  const found = await readersOf(holder.pid, { signal });
  // another process has its number by now
  if (found.startTime !== startTime) return 0;
  const able = found.readers.filter(({ answer }) => answer !== 'no');
  const ofNode = able.filter(({ container }) => container?.kind === 'host');
  const others = able.filter((one) => !ofNode.includes(one) && one.container?.containerId !== containerId);
  const ownPod = holder.container?.replace(/[^/]*$/, '') ?? '';
  if (others.length > 0) print({ ...holder, readers: describe(others, ownPod), ofNode: ofNode.length });
  if (others.some(({ answer }) => answer === 'yes')) return 1;
  return found.complete && able.every(({ answer }) => answer === 'yes') ? 0 : 5;
}

await answer(async () => {
  const { pods, containers, findings } = await listPods({ secrets: true, signal });
  const holders = [
    ...pods.flatMap((pod) => pod.containers.flatMap((one) => holdersIn(one, pod.namespace, pod.name ?? pod.uid))),
    ...containers.flatMap((one) => holdersIn(one)),
  ];
  const doubts = findings.map(({ message }) => doubt(message));
  if (holders.length > MOST_PROCESSES) doubts.push(doubt(`only ${MOST_PROCESSES} of ${holders.length} are looked at`));
  return worst([...doubts, await examineAll(holders.slice(0, MOST_PROCESSES), examine)]);
});
