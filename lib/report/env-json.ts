import { environmentLayers, type LayerEntry, type VariableOrigins } from '../drift/layers.ts';
import type { EnvironmentBlock, ProcessEnvironment } from '../environ.ts';
import type { BundleEnvironment } from '../kube/bundle-environment.ts';
import type { ContainerIdentity } from '../kube/identity.ts';
import type { EnvironReaders } from '../kube/readers.ts';
import { containerDocument } from './container-json.ts';
import { readersDocument } from './readers-json.ts';
import { type Disclosure, type EntryDocument, entryDocument, nameDocument, shownEntries } from './entry.ts';

/** What stands beside the two environments of a process. */
export interface EnvironmentContext {
  /** Which container it is of; null where that could not be told. */
  readonly identity?: ContainerIdentity | null;
  /** What the runtime was told; null where that was not asked for. */
  readonly bundle?: BundleEnvironment | null;
  /** Who put each variable into the bundle, where that is known. */
  readonly origins?: VariableOrigins;
  /** Who could read the initial one; null where that was not asked for. */
  readonly readers?: EnvironReaders | null;
}

function blockDocument(
  block: EnvironmentBlock,
  disclosure: Disclosure,
): { entries: EntryDocument[]; truncated: boolean; reason: string | null } {
  const entries = shownEntries(block).map((entry) => entryDocument(entry, disclosure));
  return { entries, truncated: block.truncated, reason: block.reason };
}

function layerDocument({ origin, service, ...entry }: LayerEntry, disclosure: Disclosure): object {
  return { ...entryDocument(entry, disclosure), origin, service };
}

/** The document of `podprobe env --json`: docs/schema/env.schema.json. */
export function envDocument(
  environment: ProcessEnvironment,
  disclosure: Disclosure,
  { identity = null, bundle = null, origins, readers = null }: EnvironmentContext = {},
): object {
  const { process, initial, live } = environment;
  const layers = environmentLayers(bundle, environment, origins);
  return {
    schema: 'podprobe/env/v1',
    process: { ...process, startTime: Number(process.startTime), container: identity && containerDocument(identity) },
    bundle: bundle && {
      state: bundle.state,
      reason: bundle.reason,
      path: bundle.path,
      runtime: bundle.runtime,
      entries: (layers.bundle ?? []).map((entry) => layerDocument(entry, disclosure)),
      truncated: bundle.truncated,
      changes: layers.start?.map(({ name, change, by }) => ({ ...nameDocument(name), change, by })) ?? null,
    },
    initial: initial && { state: initial.state, ...blockDocument(initial, disclosure) },
    live: live && {
      state: live.state,
      ...blockDocument(live, disclosure),
      locator: live.locator,
      runtime: live.runtime,
      address: live.address === null ? null : `0x${live.address.toString(16)}`,
      region: live.region,
      caveat: live.caveat,
    },
    drift: layers.run?.map(({ name, change }) => ({ ...nameDocument(name), change })) ?? null,
    readers: readers && readersDocument(readers),
  };
}
