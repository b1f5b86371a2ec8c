import { createHash } from 'node:crypto';
import type { PodList } from '../kube/pod-list.ts';
import { isDistinctive } from './distinctive.ts';
import { untilNul } from './expect/environment.ts';
import type { ExpectedContainer, ExpectedVariable } from './expectation.ts';
import type { KnownSecret } from './known-secret.ts';
import { matchContainers } from './match-containers.ts';
import type { ScanRequest } from './sighting.ts';

/** What a value is. */
export interface ValueUse {
  /** Keys of the Secret that are in it: one, except of what is derived. */
  readonly keys: readonly string[];
  /** Numbers of the versions of the Secret in which it is that. */
  readonly versions: ReadonlySet<number>;
  /** It is put together for a variable, of the keys and more. */
  readonly derived: boolean;
}

/** What is looked for, and what it means to find it. Its values are secret. */
export interface TrailRequest {
  /** For the scan. */
  readonly request: ScanRequest;
  /** By the number of the value: all that it is. Most are one thing. */
  readonly uses: readonly (readonly ValueUse[])[];
  /** Numbers of the versions in which an expected variable is a value, by the value's number. */
  readonly versionsOf: (variable: ExpectedVariable) => ReadonlyMap<number, ReadonlySet<number>>;
}

interface Use {
  readonly keys: readonly string[];
  readonly versions: Set<number>;
  readonly derived: boolean;
}

/** Gives each value a number; the same bytes have the same one. */
class Values {
  readonly list: Buffer[] = [];
  readonly uses: Use[][] = [];
  readonly distinctive = new Set<number>();
  readonly #numbers = new Map<string, number>();
  /** Most values come again and again as the very same buffer. */
  readonly #seen = new Map<Buffer, number>();

  add(value: Buffer, keys: readonly string[], version: number, derived = false): number {
    const number = this.#seen.get(value) ?? this.#enter(value);
    const uses = this.uses[number] ?? [];
    const same = uses.find((use) => use.derived === derived && use.keys.join('\0') === keys.join('\0'));
    if (same === undefined) uses.push({ keys, versions: new Set([version]), derived });
    else same.versions.add(version);
    return number;
  }

  #enter(value: Buffer): number {
    const digest = createHash('sha256').update(value).digest('base64');
    const number = this.#numbers.get(digest) ?? this.list.push(value) - 1;
    this.#numbers.set(digest, number);
    this.#seen.set(value, number);
    this.uses[number] ??= [];
    return number;
  }
}

/** Tools and programs leave out the end of the last line. */
function withoutLineEnd(value: Buffer): Buffer {
  let end = value.length;
  while (end > 0 && (value[end - 1] === 0x0a || value[end - 1] === 0x0d)) end -= 1;
  return end === value.length ? value : value.subarray(0, end);
}

function addVersions(values: Values, { versions }: KnownSecret): void {
  for (const [index, { data }] of versions.entries()) {
    for (const [key, value] of data) {
      for (const form of new Set([value, withoutLineEnd(value)])) {
        const number = values.add(form, [key], index);
        if (isDistinctive(form)) values.distinctive.add(number);
      }
    }
  }
}

/** What is put together proves that the Secret is in it only where the Secret's part would prove it alone. */
function isProof(value: Buffer, { keys }: ExpectedVariable, { data }: KnownSecret['versions'][number]): boolean {
  const parts = keys.flatMap((key) => data.get(key) ?? []);
  return isDistinctive(value) && parts.some((part) => isDistinctive(untilNul(part)));
}

function addVariable(values: Values, variable: ExpectedVariable, { versions }: KnownSecret): Map<number, Set<number>> {
  const found = new Map<number, Set<number>>();
  for (const [index, version] of versions.entries()) {
    const value = variable.values[index];
    if (value === null || value === undefined) continue;
    const number = values.add(value, variable.keys, index, variable.derived);
    if (variable.derived ? isProof(value, variable, version) : isDistinctive(value)) values.distinctive.add(number);
    found.set(number, (found.get(number) ?? new Set()).add(index));
  }
  return found;
}

/**
 * What the scan has to look for: the values of all keys in all versions, with and without the end of their last line, and what
 * variables of containers are under each version; each once. Empty values are no proof of anything, but count where they are
 * expected.
 */
export function toScanRequest(
  known: KnownSecret,
  expected: readonly ExpectedContainer[],
  pods: PodList | null = null,
): TrailRequest {
  const values = new Values();
  addVersions(values, known);
  const variables = expected.flatMap((container) => container.variables);
  // replicas share the lists of their values
  const distinct = new Map(variables.map((variable) => [variable.values, variable]));
  const versions = new Map([...distinct].map(([list, variable]) => [list, addVariable(values, variable, known)]));
  const names = [...matchContainers(expected, pods)].map(([id, container]): [string, string[]] => {
    return [id, container.variables.map(({ name }) => name)];
  });
  return {
    request: { values: values.list, distinctive: values.distinctive, variables: new Map(names) },
    uses: values.uses,
    versionsOf: (variable) => versions.get(variable.values) ?? new Map<number, Set<number>>(),
  };
}
