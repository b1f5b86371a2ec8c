import { type Census, takeCensus } from './census.ts';
import { type CensusKey, writeKey } from './census-findings.ts';
import type { EncryptionConfiguration } from './encryption/configuration.ts';
import type { EtcdReader, EtcdRecord } from './record.ts';
import { toStoragePrefix } from './storage-key.ts';

/** A way in which Secrets are encrypted, or not. */
export interface SampledKey extends CensusKey {
  /** How many of those that were looked at. */
  readonly records: number;
}

/** Whether Secrets are encrypted at rest, by what their records begin with. */
export interface SecretSample {
  /** `none`: there is no Secret; `mixed`: some are. */
  readonly state: 'encrypted' | 'in clear' | 'mixed' | 'none';
  /** The records that were looked at. */
  readonly records: number;
  /** There are no others. */
  readonly complete: boolean;
  /** With what they are encrypted, and how many. */
  readonly keys: readonly SampledKey[];
  /** What the API server writes new ones with; null where its configuration is not known. */
  readonly configured: CensusKey | null;
}

const MOST_RECORDS = 200;
const PAGE = 50;

async function* take(records: AsyncIterable<EtcdRecord>, most: number): AsyncGenerator<EtcdRecord, void> {
  let left = most;
  for await (const record of records) {
    yield record;
    if (--left === 0) return;
  }
}

function stateOf(keys: SecretSample['keys']): SecretSample['state'] {
  const clear = keys.filter(({ provider }) => provider === 'identity').length;
  if (keys.length === 0) return 'none';
  if (clear === 0) return 'encrypted';
  return clear === keys.length ? 'in clear' : 'mixed';
}

function keysOf({ resources }: Census): SecretSample['keys'] {
  return resources.flatMap(({ groups }) =>
    groups.map(({ provider, keyName, records }) => ({ provider, keyName, records })),
  );
}

/**
 * Looks at the first 200 Secrets, at how each record begins. `prefix`: the API server's `--etcd-prefix`.
 *
 * Errors: those of the reader.
 */
export async function sampleSecrets(
  reader: EtcdReader,
  prefix: string,
  configuration: EncryptionConfiguration | null,
): Promise<SecretSample> {
  const root = toStoragePrefix(prefix);
  const records = take(reader.range(`${root}secrets/`, { pageSize: PAGE }), MOST_RECORDS);
  const census = await takeCensus(records, configuration, { prefixes: [root] });
  const keys = keysOf(census);
  return {
    state: stateOf(keys),
    records: census.records,
    complete: census.records < MOST_RECORDS,
    keys,
    configured: configuration === null ? null : writeKey(configuration, 'secrets'),
  };
}
