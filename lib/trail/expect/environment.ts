import type { ObjectUse, PodContainer, PodVariable, StoredPod } from '../../etcd/kubernetes/pod.ts';
import { mayTellOfService } from '../../kube/service-variables.ts';
import type { ObjectValues } from '../cluster.ts';
import { parseReferences } from './expansion.ts';
import { readPodField } from './field.ts';

/** A key of a Secret or ConfigMap in the namespace of the pod. */
export interface ObjectKey {
  /** Which of the two. */
  readonly of: ObjectUse['of'];
  /** Of the object. */
  readonly name: string;
  /** In the object. */
  readonly key: string;
}

/** A variable of a container, as kubelet makes it. */
export interface MadeVariable {
  /** What its value consists of, in order: bytes, the value of a key, or null for what is not known. */
  readonly parts: readonly (Buffer | ObjectKey | null)[];
  /** Kubelet set it, and to this: false where that follows from its version, or from an object that is not known. */
  readonly certain: boolean;
}

/** The values that an object of the pod's namespace holds. */
export type ValuesOf = (of: ObjectUse['of'], name: string) => ObjectValues;

type Environment = Map<string, MadeVariable>;

/** Longer than any string that execve(2) takes: MAX_ARG_STRLEN. */
const MOST_BYTES = 131_072;
const MOST_PARTS = 4096;

/** Names that kubelets of all versions take from `envFrom`; before 1.34 (1.32 with a feature gate) they left out the others. */
function isUsualName(name: string): boolean {
  return /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name) && name !== '.' && !name.startsWith('..');
}

class Maker {
  readonly #environment: Environment = new Map();
  readonly #unknownPrefixes: string[] = [];
  readonly #pod: StoredPod;
  readonly #valuesOf: ValuesOf;

  constructor(pod: StoredPod, valuesOf: ValuesOf) {
    this.#pod = pod;
    this.#valuesOf = valuesOf;
  }

  /** Null where kubelet does not start the container, for want of an object or key. */
  make({ envFrom, env }: PodContainer): Environment | null {
    const complete =
      envFrom.every(({ prefix, from }) => this.#addAll(prefix, from)) && env.every((one) => this.#add(one));
    return complete ? this.#environment : null;
  }

  #addAll(prefix: string, { of, name, optional }: ObjectUse): boolean {
    const values = this.#valuesOf(of, name);
    if (values === null) return optional;
    if (values === undefined) this.#doubt(prefix);
    for (const key of values?.keys() ?? []) {
      const variable = `${prefix}${key}`;
      this.#environment.set(variable, { parts: [{ of, name, key }], certain: isUsualName(variable) });
    }
    return true;
  }

  /** An object of which nothing is known may set any name with this prefix. */
  #doubt(prefix: string): void {
    this.#unknownPrefixes.push(prefix);
    for (const [name, { parts }] of this.#environment) {
      if (name.startsWith(prefix)) this.#environment.set(name, { parts, certain: false });
    }
  }

  #add({ name, value, from, fieldPath }: PodVariable): boolean {
    if (value !== null) this.#environment.set(name, this.#expand(value));
    else if (from !== null) return this.#addKey(name, from);
    else this.#environment.set(name, this.#ofField(fieldPath));
    return true;
  }

  #addKey(variable: string, { of, name, keys: [key = ''], optional }: ObjectUse): boolean {
    const values = this.#valuesOf(of, name);
    // an optional one that is missing leaves what envFrom or an earlier line has set
    if (values === null || values?.has(key) === false) return optional;
    this.#environment.set(variable, { parts: [{ of, name, key }], certain: values !== undefined });
    return true;
  }

  #ofField(fieldPath: string | null): MadeVariable {
    const field = fieldPath === null ? null : readPodField(this.#pod, fieldPath);
    if (field === null) return { parts: [null], certain: false };
    return { parts: [Buffer.from(field.value)], certain: !field.changes };
  }

  #expand(value: string): MadeVariable {
    const found = parseReferences(Buffer.from(value).toString('latin1')).map((piece) =>
      'text' in piece ? { parts: [Buffer.from(piece.text, 'latin1')], certain: true } : this.#lookUp(piece.reference),
    );
    // references to references grow without end
    if (found.reduce((sum, { parts }) => sum + parts.length, 0) > MOST_PARTS) return { parts: [null], certain: false };
    return { parts: found.flatMap(({ parts }) => parts), certain: found.every(({ certain }) => certain) };
  }

  #lookUp(reference: string): MadeVariable {
    const name = Buffer.from(reference, 'latin1').toString();
    const variable = this.#environment.get(name);
    if (variable !== undefined) return variable;
    const unknown = mayTellOfService(name) || this.#unknownPrefixes.some((prefix) => name.startsWith(prefix));
    return unknown
      ? { parts: [null], certain: false }
      : { parts: [Buffer.from(`$(${reference})`, 'latin1')], certain: true };
  }
}

/**
 * The variables that kubelet makes for a container by `envFrom` and `env`, by name; null where it does not start it, because
 * an object or key is missing that is not optional. What Services, the image and the runtime add is not among them.
 *
 * All keys of `envFrom`, of which later ones win; then `env` in its order, which wins over them, `$(NAME)` in it replaced by
 * what was set before; a name that is not set stays as it is written.
 *
 * Source: kubernetes, makeEnvironmentVariables of pkg/kubelet/kubelet_pods.go.
 */
export function resolveEnvironment(
  container: PodContainer,
  pod: StoredPod,
  valuesOf: ValuesOf,
): ReadonlyMap<string, MadeVariable> | null {
  return new Maker(pod, valuesOf).make(container);
}

/** What a program gets: the bytes up to the first NUL, where execve(2) ends a string. */
export function untilNul(value: Buffer): Buffer {
  const end = value.indexOf(0);
  return end < 0 ? value : value.subarray(0, end);
}

/** The value of a variable; null where a part of it is not known, or it is longer than execve(2) takes. It may be secret. */
export function valueOfVariable({ parts }: MadeVariable, valuesOf: ValuesOf): Buffer | null {
  const values = parts.map((part) => {
    if (part === null || Buffer.isBuffer(part)) return part;
    return valuesOf(part.of, part.name)?.get(part.key) ?? null;
  });
  if (!values.every((value) => value !== null)) return null;
  const length = values.reduce((sum, value) => sum + value.length, 0);
  if (length > MOST_BYTES) return null;
  const [first] = values;
  return untilNul(values.length === 1 && first !== undefined ? first : Buffer.concat(values));
}
