import type { ContainerRuntime, QosClass } from './cgroup-path.ts';

/**
 * Who said it. In the order in which they are believed: the kernel and kubelet (`cgroup`), the runtime (`bundle`, `docker`,
 * `shim`), and last what whoever may mount in the container can forge (`mountinfo`).
 */
export type IdentitySource = 'cgroup' | 'bundle' | 'docker' | 'shim' | 'mountinfo';

/** What is known of the container of a process; null what is not. */
export interface IdentityFacts {
  /** Uid of the pod. */
  readonly podUid: string | null;
  /** Namespace of the pod. */
  readonly namespace: string | null;
  /** Name of the pod. */
  readonly podName: string | null;
  /** Name of the container in the pod; a sandbox has none. */
  readonly containerName: string | null;
  /** Id of the container, whole. */
  readonly containerId: string | null;
  /** Id of the sandbox of the pod. */
  readonly sandboxId: string | null;
  /** Which program made the container. */
  readonly runtime: ContainerRuntime | null;
  /** `sandbox`: it holds the pod's namespaces, and runs `pause`. */
  readonly containerType: 'sandbox' | 'container' | null;
  /** The image, as it was asked for. */
  readonly image: string | null;
  /** Whether the pod comes from a file of the node. */
  readonly staticPod: boolean | null;
  /** How kubelet ranks the pod when memory is short. */
  readonly qosClass: QosClass | null;
}

/** Name of a fact. */
export type FactName = keyof IdentityFacts;

/** What one source says. */
export interface Claim {
  readonly source: IdentitySource;
  readonly facts: Partial<IdentityFacts>;
}

/** What sources say of one fact, when they do not say the same. */
export interface Disagreement {
  /** Which fact. */
  readonly fact: FactName;
  /** What each says, the one that was believed first. */
  readonly values: readonly {
    /** Who. */
    readonly source: IdentitySource;
    /** What. */
    readonly value: string | boolean;
  }[];
}

/** What came of all claims. */
export interface Verdict {
  readonly facts: IdentityFacts;
  readonly sources: Partial<Record<FactName, IdentitySource>>;
  readonly disagreements: readonly Disagreement[];
}

const NO_FACTS: IdentityFacts = {
  podUid: null,
  namespace: null,
  podName: null,
  containerName: null,
  containerId: null,
  sandboxId: null,
  runtime: null,
  containerType: null,
  image: null,
  staticPod: null,
  qosClass: null,
};

/** Believes, for each fact, the first claim that knows it; says where later ones differ. */
export function weigh(claims: readonly Claim[]): Verdict {
  const facts: Record<string, unknown> = { ...NO_FACTS };
  const sources: Partial<Record<FactName, IdentitySource>> = {};
  const disagreements: Disagreement[] = [];
  for (const fact of Object.keys(NO_FACTS) as FactName[]) {
    const values = claims.flatMap(({ source, facts: said }) => {
      const value = said[fact] ?? null;
      return value === null ? [] : [{ source, value }];
    });
    const [first] = values;
    if (first === undefined) continue;
    facts[fact] = first.value;
    sources[fact] = first.source;
    if (values.some(({ value }) => value !== first.value)) disagreements.push({ fact, values });
  }
  return { facts: facts as unknown as IdentityFacts, sources, disagreements };
}
