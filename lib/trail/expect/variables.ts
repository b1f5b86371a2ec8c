import type { PodContainer, StoredPod } from '../../etcd/kubernetes/pod.ts';
import type { ClusterView } from '../cluster.ts';
import type { ExpectedVariable } from '../expectation.ts';
import { isOfHistory } from '../history.ts';
import type { KnownSecret, SecretVersion } from '../known-secret.ts';
import {
  type MadeVariable,
  type ObjectKey,
  resolveEnvironment,
  type ValuesOf,
  valueOfVariable,
} from './environment.ts';

/** Of more versions, only the newest are compared. */
export const MOST_VERSIONS = 1000;

type Values = ExpectedVariable['values'];
/** A variable under each set of keys that the Secret has had; null where it is not set. */
type Forms = readonly (MadeVariable | null)[];

/** Who remembers an old value of one key says nothing of the others: they are taken for those of the newest version. */
function dataOf(version: SecretVersion, { versions }: KnownSecret): SecretVersion['data'] {
  const newest = versions.findLast(isOfHistory);
  return isOfHistory(version) ? version.data : new Map([...(newest?.data ?? []), ...version.data]);
}

/** Makes the variables of containers that have something of a Secret in them. */
export class VariableMaker {
  readonly #known: KnownSecret;
  /** The values of each version that is compared, and which set of keys it has. */
  readonly #versions: { readonly valuesOf: ValuesOf; readonly keys: number }[] = [];
  /** A version of each set of keys: which variables there are depends on nothing else. */
  readonly #keySets: ValuesOf[] = [];
  /** Values by what they consist of: replicas have the same. */
  readonly #values = new Map<string, Values>();

  constructor(known: KnownSecret, cluster: ClusterView) {
    this.#known = known;
    const sets = new Map<string, number>();
    for (const version of known.versions.slice(-MOST_VERSIONS)) {
      const data = dataOf(version, known);
      const valuesOf: ValuesOf = (of, name) =>
        of === 'secret' && name === known.name ? data : cluster.valuesOf(of, known.namespace, name);
      const id = JSON.stringify([...data.keys()].toSorted());
      const keys = sets.get(id) ?? this.#keySets.push(valuesOf) - 1;
      sets.set(id, keys);
      this.#versions.push({ valuesOf, keys });
    }
  }

  /** The variables of a container, by name. */
  make(container: PodContainer, pod: StoredPod): ExpectedVariable[] {
    const { env, envFrom } = container;
    if (![...envFrom, ...env].some(({ from }) => from?.of === 'secret' && from.name === this.#known.name)) return [];
    const environments = this.#keySets.map((valuesOf) => resolveEnvironment(container, pod, valuesOf));
    const all = environments.flatMap((environment) => [...(environment ?? [])]);
    const names = new Set(all.filter(([, one]) => this.#keysIn(one).length > 0).map(([name]) => name));
    return [...names].toSorted().map((name) => {
      return this.#toVariable(
        name,
        environments.map((environment) => environment?.get(name) ?? null),
      );
    });
  }

  #isOwn({ of, name }: ObjectKey): boolean {
    return of === 'secret' && name === this.#known.name;
  }

  #keysIn({ parts }: MadeVariable): string[] {
    return parts.flatMap((part) => (part === null || Buffer.isBuffer(part) || !this.#isOwn(part) ? [] : [part.key]));
  }

  /** Nothing in it can have been different when the container was started, but the Secret itself. */
  #isFixed({ parts, certain }: MadeVariable): boolean {
    return certain && parts.every((part) => Buffer.isBuffer(part) || (part !== null && this.#isOwn(part)));
  }

  #toVariable(name: string, made: Forms): ExpectedVariable {
    const own = made.map((one) => (one !== null && this.#keysIn(one).length > 0 ? one : null));
    const present = own.filter((one) => one !== null);
    const isComplete = this.#versions.length === this.#known.versions.length;
    const isElsewhere = made.some((one, keys) => one !== null && own[keys] === null);
    return {
      name,
      keys: [...new Set(present.flatMap((one) => this.#keysIn(one)))].toSorted(),
      derived: present.some(({ parts }) => parts.length > 1),
      certain: isComplete && !isElsewhere && present.every((one) => this.#isFixed(one)),
      values: this.#valuesOf(own),
    };
  }

  #valuesOf(forms: Forms): Values {
    const id = JSON.stringify(forms.map((one) => one?.parts));
    const known = this.#values.get(id);
    if (known !== undefined) return known;
    const compared = this.#versions.map(({ valuesOf, keys }) => {
      const made = forms[keys] ?? null;
      return made === null ? null : valueOfVariable(made, valuesOf);
    });
    const cut = Array.from({ length: this.#known.versions.length - compared.length }, () => null);
    const values = [...cut, ...compared];
    this.#values.set(id, values);
    return values;
  }
}
