import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { type Payload, writeGeneration } from './atomic-writer.ts';
import { packageRoot } from '../root.ts';
import { lineReader } from './child-lines.ts';

const program = `${packageRoot}build/Release/pod`;

/** How to make the pod. */
export interface MiniPodOptions {
  /** In a user namespace of its own: needs no privileges but to make one. Default: false. */
  readonly userNamespace?: boolean;
  /** Environment of the container's process. Default: that of the experiment, with FOO=bar. */
  readonly env?: Readonly<Record<string, string>>;
  /** First generation of the Secret volume. Default: foo=bar, caz=baz. */
  readonly payload?: Payload;
}

/** Environment that a runtime would give the container; FOO comes from the Secret. */
const CONTAINER_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOSTNAME: 'mypod',
  FOO: 'bar',
  KUBERNETES_PORT_443_TCP_PROTO: 'tcp',
};

/**
 * A pod without a cluster: real namespaces, a real tmpfs, kubelet's own way to write it.
 *
 * The node's side and the container's side each have a process; both end when this program does, however it does, and
 * with them all that was mounted.
 */
export class MiniPod implements AsyncDisposable {
  /** As Kubernetes would name the pod. */
  readonly uid: string;
  /** The process whose mount namespace is the node's. */
  readonly nodePid: number;
  /** First process of the container. */
  readonly containerPid: number;
  /** Where the volume is on the node: `/var/lib/kubelet/pods/<uid>/volumes/kubernetes.io~secret/foo`. */
  readonly hostPath: string;
  /** Where it is in the container. */
  readonly containerPath = '/mnt/foo';
  /** The file `caz` of its first generation, by subPath. */
  readonly subPath = '/mnt/caz';
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #exited: Promise<void>;

  private constructor(
    child: ChildProcessByStdio<Writable, Readable, null>,
    exited: Promise<void>,
    place: { uid: string; nodePid: number; hostPath: string; containerPid: number },
  ) {
    this.#child = child;
    this.#exited = exited;
    this.uid = place.uid;
    this.nodePid = place.nodePid;
    this.hostPath = place.hostPath;
    this.containerPid = place.containerPid;
  }

  /** @internal Use {@link startMiniPod}. */
  static async start(options: MiniPodOptions): Promise<MiniPod> {
    const { userNamespace = false, env = CONTAINER_ENVIRONMENT, payload = { foo: 'bar', caz: 'baz' } } = options;
    const uid = randomUUID();
    const child = spawn(program, [...(userNamespace ? ['--user'] : []), uid], {
      env,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const exited = new Promise<void>((resolve) => child.once('close', () => resolve()).once('error', () => resolve()));
    child.stdin.on('error', () => undefined);
    try {
      const next = lineReader(child, 'the pod');
      const volume = announced(await next(), 'volume') as { pid: number; path: string };
      writeGeneration(`/proc/${volume.pid}/root${volume.path}`, payload);
      child.stdin.write('start\n');
      const container = announced(await next(), 'ready') as { pid: number };
      return new MiniPod(child, exited, {
        uid,
        nodePid: volume.pid,
        hostPath: volume.path,
        containerPid: container.pid,
      });
    } catch (error) {
      child.kill('SIGKILL');
      await exited;
      throw error;
    }
  }

  /** The volume's directory as this process reaches it, writable. */
  get writablePath(): string {
    return `/proc/${this.nodePid}/root${this.hostPath}`;
  }

  /** Gives the Secret a new generation, as kubelet does; gives its name. */
  rotate(payload: Payload): string {
    return writeGeneration(this.writablePath, payload);
  }

  /** Ends all of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    await this.#exited;
  }
}

/** What stands behind a word of the pod's program. */
function announced(line: string, word: string): unknown {
  if (line.startsWith(`${word} `)) return JSON.parse(line.slice(word.length + 1));
  throw new Error(`a pod cannot be made here: ${line}`);
}

/**
 * Starts a pod without a cluster.
 *
 * Errors: the step that was refused, with its reason, where neither root nor a user namespace may do it.
 */
export function startMiniPod(options: MiniPodOptions = {}): Promise<MiniPod> {
  return MiniPod.start(options);
}
