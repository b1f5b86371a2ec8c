// Watches all secret volumes of the node, and alerts when a container has a file of one by subPath that is no longer the
// volume's: such a mount never follows an update, and only a new container has the new value.
//
//   sudo npx tsx alert-on-stale-subpath.ts          # now, and after each update, until Ctrl-C
//   sudo npx tsx alert-on-stale-subpath.ts --once   # exit code 0: none; 1: one is stale; 5: not known of all
//
// One JSON document for each stale mount, again after each update of its volume. No value is looked at.
import * as podprobe from 'podprobe';
import { answer, type Code, doubt, examineAll, nameOf, print, worst } from './answer.ts';

type Member = { readonly pod: podprobe.ListedPod; readonly container: podprobe.ListedContainer };

/** Volumes as pods have them, `UID/NAME`; null: all. */
type Wanted = ReadonlySet<string> | null;

async function examine({ pod, container }: Member, wanted: Wanted): Promise<Code> {
  const { name, id, secretVolumes, processes } = container;
  const where = nameOf(pod.namespace, pod.name ?? pod.uid, name ?? id);
  if (secretVolumes === null) return doubt(`the volumes of ${where} are not known`);
  const first = processes.find(({ zombie }) => !zombie);
  if (first === undefined || !secretVolumes.some(({ subPath }) => subPath)) return 0;
  await using held = await podprobe.openProcess(first.pid);
  // another process has its number by now
  if ((await podprobe.identifyContainer(held)).containerId !== id) return 0;
  const all = await podprobe.listSecretVolumes(held);
  const volumes = all.filter(
    ({ podUid, volume }) => podUid === pod.uid && wanted?.has(`${podUid}/${volume}`) !== false,
  );
  const codes = volumes.map(({ volume, stale, containerPath, subPath, subPathGeneration, generation }): Code => {
    if (stale === null) return doubt(`whether ${containerPath} of ${where} is stale is not known`);
    if (!stale) return 0;
    const mounted = { volume, path: `${containerPath}`, subPath: `${subPath}`, generation: subPathGeneration };
    print({ time: new Date(), alert: 'stale-subpath', container: where, pid: first.pid, ...mounted, now: generation });
    return 1;
  });
  return worst(codes);
}

async function check(wanted: Wanted): Promise<Code> {
  const { pods, findings } = await podprobe.listPods({ secrets: true });
  const members = pods
    .filter(({ uid }) => wanted === null || [...wanted].some((one) => one.startsWith(`${uid}/`)))
    .flatMap((pod) => pod.containers.map((container) => ({ pod, container })));
  const doubts = findings.map(({ message }) => doubt(message));
  return worst([...doubts, await examineAll(members, (one) => examine(one, wanted))]);
}

/** Each volume says that it is there when the watch begins. What is told during a check is looked at together by the next. */
async function follow(): Promise<Code> {
  const told = new Set<string>();
  let checking: Promise<void> | null = null;
  const checkTold = async (): Promise<void> => {
    while (told.size > 0) {
      const wanted = new Set(told);
      told.clear();
      await check(wanted).catch((error: unknown) => doubt(String(error)));
    }
    checking = null;
  };
  for await (const { identity, event, error } of podprobe.watchAllSecretVolumes()) {
    event?.wipe();
    if (error !== null) doubt(error.message);
    if (identity === null || event === null || event.event === 'gone') continue;
    told.add(`${identity.podUid}/${identity.volume}`);
    checking ??= checkTold();
  }
  return 0;
}

await answer(() => (process.argv.includes('--once') ? check(null) : follow()));
