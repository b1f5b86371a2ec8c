import { randomBytes, randomUUID } from 'node:crypto';
import type { CgroupTree } from './cgroup.ts';
import { containerdAnnotations, type StateTree } from './state-tree.ts';

export type MadeContainer = { readonly pid: number; readonly id: string; readonly path: string };

/** A pod as containerd leaves it on a node: processes in its control groups, and a bundle for each container. */
export class MadePod {
  readonly uid = randomUUID();
  readonly name: string;
  readonly #groups: CgroupTree;
  readonly #state: StateTree;
  readonly sandboxId = randomBytes(32).toString('hex');

  constructor(groups: CgroupTree, state: StateTree, name = `pod-${randomBytes(4).toString('hex')}`) {
    this.name = name;
    this.#groups = groups;
    this.#state = state;
  }

  /** The control group of a container, from the root of the test's own. */
  pathOf(id: string): string {
    return `/kubepods/burstable/pod${this.uid}/${id}`;
  }

  /** What containerd writes of a container. */
  writeBundle(id: string, more: Record<string, string>): void {
    this.#state.writeBundle(id, {
      annotations: containerdAnnotations(this.uid, {
        'sandbox-id': this.sandboxId,
        'sandbox-name': this.name,
        ...more,
      }),
      linux: { cgroupsPath: `${this.#groups.root}${this.pathOf(id)}` },
    });
  }

  /** A container with such a name, and such a program in it. */
  async start(name: string, argv?: readonly string[], options?: object): Promise<MadeContainer> {
    const id = randomBytes(32).toString('hex');
    this.writeBundle(id, { 'container-name': name });
    const path = this.pathOf(id);
    return { pid: await this.#groups.start(path, argv, options), id, path };
  }

  /** The sandbox, which comes first on a node. */
  async startSandbox(): Promise<MadeContainer> {
    this.writeBundle(this.sandboxId, { 'container-type': 'sandbox', 'container-name': '' });
    const path = this.pathOf(this.sandboxId);
    return { pid: await this.#groups.start(path), id: this.sandboxId, path };
  }
}

/** A list of pods, as far as it is of one pod. */
export function ofPod<Pod extends { readonly uid: string }>(pods: readonly Pod[], { uid }: MadePod): Pod[] {
  return pods.filter((pod) => pod.uid === uid);
}
