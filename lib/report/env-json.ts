import { environmentDrift } from '../drift.ts';
import type { EnvironmentBlock, ProcessEnvironment } from '../environ.ts';
import type { ContainerIdentity } from '../kube/identity.ts';
import { containerDocument } from './container-json.ts';
import { type Disclosure, type EntryDocument, entryDocument, nameDocument, shownEntries } from './entry.ts';

function blockDocument(
  block: EnvironmentBlock,
  disclosure: Disclosure,
): { entries: EntryDocument[]; truncated: boolean; reason: string | null } {
  const entries = shownEntries(block).map((entry) => entryDocument(entry, disclosure));
  return { entries, truncated: block.truncated, reason: block.reason };
}

/** The document of `podprobe env --json`: docs/schema/env.schema.json. */
export function envDocument(
  environment: ProcessEnvironment,
  disclosure: Disclosure,
  identity: ContainerIdentity | null = null,
): object {
  const { process, initial, live } = environment;
  const drift = environmentDrift(environment);
  return {
    schema: 'podprobe/env/v1',
    process: { ...process, startTime: Number(process.startTime), container: identity && containerDocument(identity) },
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
    drift: drift?.map(({ name, change }) => ({ ...nameDocument(name), change })) ?? null,
  };
}
