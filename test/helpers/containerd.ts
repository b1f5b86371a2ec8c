import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Client, createClient } from '@connectrpc/connect';
import type { StateDirectories } from '../../lib/index.ts';
import { openTransport, type SocketTransport } from '../../lib/kube/cri/transport.ts';
import { CgroupTree, cgroupsMissing } from './cgroup.ts';
import { RuntimeService } from './cri/run_pb.ts';
import { type ImageConfig, makeImage } from './image.ts';
import { pauseProgram } from './made-process.ts';
import { eventually } from './threads.ts';
import { locate, missing } from './toolchain.ts';

const run = promisify(execFile);
const START_MS = 20_000;
const PAUSE = 'localhost/pause:1';
export const BUSYBOX = 'localhost/busybox:1';
const APPLETS = ['sh', 'cat', 'sleep', 'env', 'ls', 'id'];

/** Why no containerd can be started here. */
export function containerdMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root';
  return missing(['containerd', 'ctr', 'containerd-shim-runc-v2', 'runc', 'busybox', 'gcc', 'tar']) ?? cgroupsMissing();
}

/** A pod to run. */
export type PodSpec = {
  uid: string;
  name: string;
  namespace?: string;
  /** `guaranteed` has no level of its own. */
  qos?: 'besteffort' | 'burstable' | 'guaranteed';
};

/** A container to run. */
export type ContainerSpec = {
  name: string;
  image?: string;
  command?: string[];
  envs?: Record<string, string>;
  mounts?: { containerPath: string; hostPath: string; readonly?: boolean }[];
};

/** A sandbox that runs. */
export type RunningPod = PodSpec & { sandboxId: string };

/** A container that runs. */
export type RunningContainer = { id: string; pid: number };

/**
 * A containerd of its own, with runc: its sockets, state and images are in a directory of its own, its control groups below
 * one of the test's. Pods share the network of the machine, so that no CNI is needed. Ends all that it started.
 */
export class Containerd implements AsyncDisposable {
  /** Short, since sockets are in it. */
  readonly folder = mkdtempSync(join(tmpdir(), 'podprobe-ctrd-'));
  readonly groups = new CgroupTree();
  readonly socket = join(this.folder, 'ctrd.sock');
  readonly #log = join(this.folder, 'log');
  #child: ChildProcess | null = null;
  #cri: { socket: SocketTransport; client: Client<typeof RuntimeService> } | null = null;
  readonly #pods: RunningPod[] = [];

  /** For the option `stateDirectories`: none of this machine's own. */
  get stateDirectories(): StateDirectories {
    return {
      containerd: [join(this.folder, 'state')],
      storage: [],
      docker: [],
      runc: [join(this.folder, 'runc/k8s.io')],
    };
  }

  static async start(): Promise<Containerd> {
    const containerd = new Containerd();
    try {
      await containerd.#start();
      return containerd;
    } catch (error) {
      const log = existsSync(containerd.#log) ? readFileSync(containerd.#log, 'utf8').slice(-2000) : '';
      await containerd[Symbol.asyncDispose]();
      throw new Error(`containerd could not be started: ${String(error)}\n${log}`, { cause: error });
    }
  }

  async #start(): Promise<void> {
    const file = join(this.folder, 'config.toml');
    writeFileSync(file, this.#config());
    const log = createWriteStream(this.#log);
    await once(log, 'open');
    const child = spawn(locate('containerd'), ['--config', file], { stdio: ['ignore', log, log] });
    log.close();
    this.#child = child;
    await once(child, 'spawn');
    const ready = (): boolean => {
      if (child.exitCode !== null) throw new Error(`it exited with ${child.exitCode}`);
      return existsSync(this.socket) && readFileSync(this.#log, 'utf8').includes('containerd successfully booted');
    };
    await eventually(ready, () => 'it is not ready', START_MS);
    const socket = openTransport(this.socket);
    this.#cri = { socket, client: createClient(RuntimeService, socket.transport) };
    await this.#importPause();
  }

  /** restrict_oom_score_adj: pods start without CAP_SYS_RESOURCE, too. */
  #config(): string {
    const at = (name: string): string => JSON.stringify(join(this.folder, name));
    return `
version = 2
root = ${at('root')}
state = ${at('state')}
disabled_plugins = ["io.containerd.internal.v1.tracing", "io.containerd.snapshotter.v1.devmapper"]
[grpc]
  address = ${at('ctrd.sock')}
[plugins."io.containerd.internal.v1.opt"]
  path = ${at('opt')}
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE}"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "native"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        Root = ${at('runc')}
  [plugins."io.containerd.grpc.v1.cri".cni]
    conf_dir = ${at('cni')}
`;
  }

  async #importPause(): Promise<void> {
    const root = mkdtempSync(join(this.folder, 'pause-'));
    copyFileSync(await pauseProgram(), join(root, 'pause'));
    await this.importImage(PAUSE, root, { Entrypoint: ['/pause'] });
  }

  /** Makes an image of a directory. */
  async importImage(name: string, root: string, config: ImageConfig = {}): Promise<void> {
    const archive = makeImage(name, root, config);
    try {
      const to = ['--address', this.socket, '--namespace', 'k8s.io'];
      await run('ctr', [...to, 'images', 'import', '--snapshotter', 'native', archive]);
    } finally {
      rmSync(dirname(archive), { recursive: true });
    }
  }

  /** An image of busybox, with an environment. */
  async importBusybox(env: readonly string[] = [], name = BUSYBOX): Promise<void> {
    const root = mkdtempSync(join(this.folder, 'busybox-'));
    for (const directory of ['bin', 'proc', 'dev', 'sys', 'tmp', 'etc', 'mnt']) mkdirSync(join(root, directory));
    copyFileSync(locate('busybox'), join(root, 'bin/busybox'));
    for (const applet of APPLETS) symlinkSync('busybox', join(root, 'bin', applet));
    await this.importImage(name, root, { Env: [...env], Cmd: ['sleep', '600'] });
  }

  get #client(): Client<typeof RuntimeService> {
    if (this.#cri === null) throw new Error('containerd does not run');
    return this.#cri.client;
  }

  #podConfig({ uid, name, namespace = 'test', qos = 'besteffort' }: PodSpec) {
    const level = qos === 'guaranteed' ? '' : `/${qos}`;
    const labels = {
      'io.kubernetes.pod.name': name,
      'io.kubernetes.pod.namespace': namespace,
      'io.kubernetes.pod.uid': uid,
    };
    return {
      metadata: { name, uid, namespace, attempt: 0 },
      labels,
      linux: {
        cgroupParent: `${this.groups.root}/kubepods${level}/pod${uid}`,
        securityContext: { namespaceOptions: { network: 2 } },
      },
    };
  }

  /** Runs a sandbox, as kubelet does. */
  async runPod(pod: PodSpec): Promise<RunningPod> {
    const { podSandboxId } = await this.#client.runPodSandbox({ config: this.#podConfig(pod) });
    const running = { ...pod, sandboxId: podSandboxId };
    this.#pods.push(running);
    return running;
  }

  /** Runs a container in a sandbox; gives the process id of its first process. */
  async runContainer(pod: RunningPod, container: ContainerSpec): Promise<RunningContainer> {
    const { name, image = BUSYBOX, command = ['sleep', '600'], envs = {}, mounts = [] } = container;
    const sandboxConfig = this.#podConfig(pod);
    const config = {
      metadata: { name, attempt: 0 },
      image: { image },
      command,
      envs: Object.entries(envs).map(([key, value]) => ({ key, value })),
      mounts: mounts.map((mount) => ({ readonly: true, ...mount })),
      labels: { ...sandboxConfig.labels, 'io.kubernetes.container.name': name },
      linux: { securityContext: { namespaceOptions: { network: 2 } } },
    };
    const request = { podSandboxId: pod.sandboxId, config, sandboxConfig };
    const { containerId } = await this.#client.createContainer(request);
    await this.#client.startContainer({ containerId });
    return { id: containerId, pid: this.pidOf(containerId) };
  }

  /** The first process of a container or sandbox, as its shim wrote it down. */
  pidOf(id: string): number {
    const bundle = join(this.folder, 'state/io.containerd.runtime.v2.task/k8s.io', id);
    return Number(readFileSync(join(bundle, 'init.pid'), 'latin1'));
  }

  /** Also ends the containers in it, and its shim. */
  async removePod({ sandboxId }: RunningPod): Promise<void> {
    await this.#client.stopPodSandbox({ podSandboxId: sandboxId });
    await this.#client.removePodSandbox({ podSandboxId: sandboxId });
    this.#pods.splice(
      this.#pods.findIndex((pod) => pod.sandboxId === sandboxId),
      1,
    );
  }

  /** What is left mounted in its directory, the deepest first. */
  #unmount(): void {
    const lines = readFileSync('/proc/self/mounts', 'utf8').split('\n');
    const points = lines.map((line) => line.split(' ')[1] ?? '').filter((path) => path.startsWith(`${this.folder}/`));
    for (const point of points.reverse()) spawnSync('umount', ['-l', point], { stdio: 'ignore' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    for (const pod of [...this.#pods]) await this.removePod(pod).catch(() => undefined);
    this.#cri?.socket.close();
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
    this.#unmount();
    await this.groups[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
