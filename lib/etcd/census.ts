import {
  type CensusCount,
  type CensusFinding,
  type CensusKey,
  IN_CLEAR,
  isSameKey,
  judgeCensus,
  MALFORMED,
  writeKey,
} from './census-findings.ts';
import { allKeyNames, type EncryptionConfiguration } from './encryption/configuration.ts';
import { parseEncryptionHeader } from './encryption/header.ts';
import { isEncrypted } from './envelope.ts';
import { RecordError } from './record-error.ts';
import type { EtcdRecord } from './record.ts';
import { parseStorageKey, USUAL_PREFIXES } from './storage-key.ts';

/** Records of a resource that are encrypted alike. */
export interface CensusGroup extends CensusKey {
  /** How many. */
  readonly records: number;
  /** Whether the configuration would write them so now; null where there is no configuration. */
  readonly current: boolean | null;
}

/** All records of a resource. */
export interface CensusResource {
  /** Such as `secrets`; null for keys that are of no stored object. */
  readonly resource: string | null;
  /** How many, of all groups. */
  readonly records: number;
  /** Most records first. */
  readonly groups: readonly CensusGroup[];
}

/** How the records of an etcd are encrypted. */
export interface Census {
  /** How many were counted. */
  readonly records: number;
  /** Resource by resource, in the order of their first record. */
  readonly resources: readonly CensusResource[];
  /** What is wrong, or worth knowing. */
  readonly findings: readonly CensusFinding[];
}

/** What a census needs of a record. */
export type CountedRecord = Pick<EtcdRecord, 'key' | 'value'>;

/** What {@link takeCensus} may be told. */
export interface CensusOptions {
  /** Where kube-apiserver keeps its objects. Default: the usual ones. */
  readonly prefixes?: readonly string[];
}

/** Resources times keys: who can write to etcd could make any number of either. */
const MOST_GROUPS = 4096;

function keyOf(value: Uint8Array, names: Iterable<string>): CensusKey {
  if (!isEncrypted(value)) return IN_CLEAR;
  try {
    const header = parseEncryptionHeader(value, names);
    return header === null ? IN_CLEAR : { provider: header.provider, keyName: header.keyName };
  } catch (error) {
    if (error instanceof RecordError) return MALFORMED;
    throw error;
  }
}

/** Counts, in memory that does not grow with the number of records. */
class Counter {
  readonly groups = new Map<string, CensusCount>();
  left = 0;

  add(resource: string | null, key: CensusKey): void {
    const id = JSON.stringify([resource, key.provider, key.keyName]);
    const group = this.groups.get(id);
    if (group !== undefined) group.records++;
    else if (this.groups.size < MOST_GROUPS) this.groups.set(id, { resource, key, records: 1 });
    else this.left++;
  }
}

function toResources({ groups }: Counter, configuration: EncryptionConfiguration | null): CensusResource[] {
  const resources = new Set([...groups.values()].map(({ resource }) => resource));
  return [...resources].map((resource) => {
    const counted = [...groups.values()].filter((group) => group.resource === resource);
    const write = configuration === null || resource === null ? null : writeKey(configuration, resource);
    return {
      resource,
      records: counted.reduce((sum, { records }) => sum + records, 0),
      groups: counted
        .sort((a, b) => b.records - a.records)
        .map(({ key, records }) => ({ ...key, records, current: write && isSameKey(key, write) })),
    };
  });
}

/**
 * Counts records by resource, provider and key, and judges them by the configuration that kube-apiserver has; null where that is
 * not known. Only the beginning of a value is looked at: nothing is decrypted.
 */
export async function takeCensus(
  records: Iterable<CountedRecord> | AsyncIterable<CountedRecord>,
  configuration: EncryptionConfiguration | null,
  { prefixes = USUAL_PREFIXES }: CensusOptions = {},
): Promise<Census> {
  const names = configuration === null ? [] : [...allKeyNames(configuration)];
  const counter = new Counter();
  let sum = 0;
  for await (const { key, value } of records) {
    counter.add(parseStorageKey(key, prefixes)?.resource ?? null, keyOf(value, names));
    sum++;
  }
  const findings = judgeCensus([...counter.groups.values()], counter.left, configuration);
  return { records: sum, resources: toResources(counter, configuration), findings };
}
