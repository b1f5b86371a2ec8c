import {
  execIn,
  listSecretVolumes,
  openProcess,
  type Process,
  readEnvironment,
  readFileIn,
  type SecretVolume,
  type VolumeEvent,
  watchSecretVolume,
} from '../index.ts';
import { type MiniPod, startMiniPod } from './mini-pod.ts';

/** What the Secret holds at first, and after it was rotated. */
const BEFORE = { foo: 'bar', caz: 'baz' };
const AFTER = { foo: 'new', caz: 'newer' };

/** What the container holds of the Secret at one step. */
export interface PodLook {
  /** The whole volume, on both sides. */
  readonly volume: SecretVolume;
  /** The file that is mounted by subPath. */
  readonly subPath: SecretVolume;
  /** Content of the file `foo` in the volume. */
  readonly file: string;
  /** Content of the subPath file. */
  readonly subPathFile: string;
  /** FOO in the initial and in the live environment; undefined where it is not known. */
  readonly initial: string | undefined;
  readonly live: string | undefined;
}

/** What the watch of the volume said, without the values. */
export type WatchedStep = Pick<VolumeEvent, 'event' | 'generation'> & { readonly changed: readonly string[] };

/** What the experiment showed. */
export interface PodExperiment {
  /** It was made in a user namespace, for lack of privileges. */
  readonly userNamespace: boolean;
  readonly pod: Pick<MiniPod, 'uid' | 'nodePid' | 'containerPid' | 'hostPath' | 'containerPath'>;
  readonly before: PodLook;
  /** What a command run in the container said. */
  readonly entered: { readonly argv: readonly string[]; readonly output: string };
  readonly after: PodLook;
  /** The events of the watch: what there was, and the rotation. */
  readonly events: readonly WatchedStep[];
}

/** Why no pod can be made here: neither with these privileges nor in a user namespace. */
export class PodRefused extends Error {
  readonly code = 'EPERM';
}

async function look(container: Process, pod: MiniPod): Promise<PodLook> {
  const volumes = await listSecretVolumes(container, { host: pod.nodePid });
  const [volume, subPath] = [false, true].map((wanted) => volumes.find((one) => (one.subPath !== null) === wanted));
  if (volume === undefined || subPath === undefined) throw new Error('the volume of the pod is not among its mounts');
  const { initial, live } = await readEnvironment(container);
  return {
    volume,
    subPath,
    file: (await readFileIn(container, `${pod.containerPath}/foo`)).toString(),
    subPathFile: (await readFileIn(container, pod.subPath)).toString(),
    initial: initial?.get('FOO')?.toString(),
    live: live?.state === 'ok' ? live.get('FOO')?.toString() : undefined,
  };
}

async function enter(container: Process, argv: readonly string[]): Promise<string> {
  await using command = await execIn(container, argv, { stdio: ['ignore', 'pipe', 'ignore'] });
  const chunks: Buffer[] = [];
  for await (const chunk of command.stdout ?? []) chunks.push(chunk as Buffer);
  await command.exit;
  return Buffer.concat(chunks).toString();
}

async function nextStep(watch: AsyncIterator<VolumeEvent>): Promise<WatchedStep> {
  const { value, done } = await watch.next();
  if (done === true) throw new Error('the watch of the volume ended before the rotation');
  using event = value as VolumeEvent;
  return { event: event.event, generation: event.generation, changed: event.changed.map(String) };
}

async function experiment(pod: MiniPod, userNamespace: boolean): Promise<PodExperiment> {
  await using container = await openProcess(pod.containerPid);
  await using watch = watchSecretVolume({ process: pod.containerPid, path: pod.containerPath });
  const events = [await nextStep(watch)];
  const before = await look(container, pod);
  const argv = ['/bin/sh', '-c', `hostname; cat ${pod.containerPath}/foo`];
  const entered = { argv, output: await enter(container, argv) };
  const update = nextStep(watch);
  pod.rotate(AFTER);
  events.push(await update);
  return { userNamespace, pod, before, entered, after: await look(container, pod), events };
}

const CURE =
  'Run it as root with CAP_SYS_ADMIN, or let users make namespaces: `sysctl user.max_user_namespaces` says how many';

/** As root, or whoever may; else in a user namespace. */
async function startPod(): Promise<{ pod: MiniPod; userNamespace: boolean }> {
  const refusals: string[] = [];
  for (const userNamespace of [false, true]) {
    try {
      return { pod: await startMiniPod({ userNamespace, payload: BEFORE }), userNamespace };
    } catch (error) {
      refusals.push((error as Error).message);
    }
  }
  throw new PodRefused(`no namespaces can be made here. ${refusals.join('; in a user namespace: ')}. ${CURE}`);
}

/**
 * The second half of the article without a cluster: a Secret volume on the node and in the container, entered, rotated as
 * kubelet does it, and watched. All of it ends with this program, however that ends.
 *
 * Errors: {@link PodRefused}.
 */
export async function runPodExperiment(): Promise<PodExperiment> {
  const { pod, userNamespace } = await startPod();
  await using running = pod;
  return await experiment(running, userNamespace);
}
