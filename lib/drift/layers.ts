import { type Drift, effectiveEntries, environmentDrift } from '../drift.ts';
import type { ProcessEnvironment } from '../environ.ts';
import type { BundleEnvironment } from '../kube/bundle-environment.ts';
import type { BundleVariable } from '../kube/bundle-config.ts';
import { findServiceVariables } from '../kube/service-variables.ts';

/** Who put a variable into the bundle. */
export type VariableOrigin = 'image' | 'pod' | 'runtime' | 'unknown';

/** A variable of the bundle, and where it is from. */
export interface LayerEntry extends BundleVariable {
  /** Null where nobody has told. */
  readonly origin: VariableOrigin | null;
  /** It has a name as kubelet gives it to what tells of a Service, `KUBERNETES_SERVICE_HOST`, by the names around it. */
  readonly service: boolean;
}

/** A variable that is not in the environment of the start as the bundle has it. */
export interface StartChange {
  /** Its name. */
  readonly name: Buffer;
  /**
   * It is in the bundle and was not given, or was given and is not in the bundle, or has another value. `cut`: its value in
   * the bundle has a NUL byte, and what was given ends there.
   */
  readonly change: 'added' | 'removed' | 'changed' | 'cut';
  /** `runtime`: one that runtimes add where the bundle has none. Null: a hook, a plugin (NRI, CDI), or a wrapper. */
  readonly by: 'runtime' | null;
}

/** The three layers of an environment, and what changed from each to the next. */
export interface EnvironmentLayers {
  /** What the runtime was told; null where no bundle was read. */
  readonly bundle: readonly LayerEntry[] | null;
  /** From the bundle to the start of the program. Null where it cannot be known. */
  readonly start: readonly StartChange[] | null;
  /** From the start until now. Null where it cannot be known. */
  readonly run: readonly Drift[] | null;
}

/** What a runtime is told by whom, by name; bytes as latin1. */
export type VariableOrigins = ReadonlyMap<string, VariableOrigin>;

/** runc, libcontainer/init_linux.go; crun, `set_home_env`; the engines' own HOSTNAME. */
const ADDED_BY_RUNTIMES = ['HOME', 'HOSTNAME'];

/** As execve(2) takes it: up to the first NUL. */
function given(value: Buffer): Buffer {
  const end = value.indexOf(0);
  return end < 0 ? value : value.subarray(0, end);
}

/** Of each name, the last: runtimes set one after the other. A string that ends in its name gives no variable. */
function lastEntries(entries: readonly BundleVariable[]): Map<string, Buffer> {
  const byName = new Map<string, Buffer>();
  for (const { name, value } of entries) if (name?.includes(0) === false) byName.set(name.toString('latin1'), value);
  return byName;
}

function compare(planned: Buffer, value: Buffer): 'changed' | 'cut' | null {
  if (planned.equals(value)) return null;
  return given(planned).equals(value) ? 'cut' : 'changed';
}

function startChanges(bundle: BundleEnvironment, { initial }: ProcessEnvironment): StartChange[] | null {
  if (bundle.state !== 'read' || bundle.truncated || initial === null || initial.truncated) return null;
  if (initial.state !== 'intact' && initial.state !== 'empty') return null;
  const planned = lastEntries(bundle.entries);
  const started = effectiveEntries(initial);
  const changes: StartChange[] = [];
  const add = (name: string, change: StartChange['change']): void => {
    const by = change === 'added' && ADDED_BY_RUNTIMES.includes(name) ? 'runtime' : null;
    changes.push({ name: Buffer.from(name, 'latin1'), change, by });
  };
  for (const [name, value] of planned) {
    const entry = started.get(name);
    const change = entry === undefined ? 'removed' : compare(value, entry.value);
    if (change !== null) add(name, change);
  }
  for (const name of started.keys()) if (!planned.has(name)) add(name, 'added');
  return changes;
}

function toLayer(entries: readonly BundleVariable[], origins: VariableOrigins | undefined): LayerEntry[] {
  const names = entries.map(({ name }) => name?.toString('latin1') ?? null);
  const services = findServiceVariables(names.filter((name) => name !== null));
  return entries.map((entry, i) => {
    const name = names[i] ?? null;
    if (name === null) return { ...entry, origin: null, service: false };
    return { ...entry, origin: origins?.get(name) ?? null, service: services.has(name) };
  });
}

/**
 * Compares what the runtime was told, what the program was started with, and what it uses now, by name: order does not count,
 * since kubelet gives its variables in any. Of duplicates the last counts in a bundle, as runtimes set them, and the first in
 * a process, as getenv(3) finds it.
 *
 * `origins` tells who put each variable into the bundle, where that is known from elsewhere.
 */
export function environmentLayers(
  bundle: BundleEnvironment | null,
  environment: ProcessEnvironment,
  origins?: VariableOrigins,
): EnvironmentLayers {
  const isThere = bundle !== null && bundle.path !== null;
  return {
    bundle: isThere ? toLayer(bundle.entries, origins) : null,
    start: bundle === null ? null : startChanges(bundle, environment),
    run: environmentDrift(environment),
  };
}
