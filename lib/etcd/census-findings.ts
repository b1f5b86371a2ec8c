import { type EncryptionConfiguration, keyNames, ruleFor } from './encryption/configuration.ts';

/** Who encrypted some records, with which key; `identity` and null: they are in clear. */
export interface CensusKey {
  /** As in an EncryptionConfiguration. */
  readonly provider: string;
  /** Of kms that of the plugin. */
  readonly keyName: string | null;
}

/** What a census found. */
export interface CensusFinding {
  /** What it is, for programs. */
  readonly code:
    | 'plaintext-leftover'
    | 'not-under-write-key'
    | 'key-missing'
    | 'key-unused'
    | 'identity-first'
    | 'malformed-header'
    | 'too-many-groups';
  /** The same for people. */
  readonly message: string;
  /** Of a rule, all its resources; null where it is of none. */
  readonly resource: string | null;
  /** Of the key that it is about. */
  readonly provider: string | null;
  /** Of the key that it is about; null where that has none. */
  readonly keyName: string | null;
  /** How many records it is about. */
  readonly records: number;
}

/** @internal Records of a resource that are encrypted alike. */
export interface CensusCount {
  readonly resource: string | null;
  readonly key: CensusKey;
  records: number;
}

/** @internal The key of what is not encrypted. */
export const IN_CLEAR: CensusKey = { provider: 'identity', keyName: null };
/** @internal The key of what cannot be told. */
export const MALFORMED: CensusKey = { provider: 'malformed', keyName: null };

export function isSameKey(a: CensusKey, b: CensusKey): boolean {
  return a.provider === b.provider && a.keyName === b.keyName;
}

/** What new records of a resource are written with. */
export function writeKey(configuration: EncryptionConfiguration, resource: string): CensusKey {
  const first = ruleFor(configuration, resource)?.providers[0];
  if (first === undefined || first.provider === 'identity') return IN_CLEAR;
  return { provider: first.provider, keyName: keyNames(first)[0] ?? null };
}

function canRead(configuration: EncryptionConfiguration, { resource, key }: CensusCount): boolean {
  const providers = ruleFor(configuration, resource ?? '')?.providers ?? [{ provider: 'identity' as const }];
  return providers.some((one) => {
    const hasName = key.keyName === null || keyNames(one).includes(key.keyName);
    return one.provider === key.provider && hasName;
  });
}

function named({ provider, keyName }: CensusKey): string {
  return keyName === null ? provider : `${provider} key '${keyName}'`;
}

function finding(code: CensusFinding['code'], { resource, key, records }: CensusCount, message: string): CensusFinding {
  return { code, message, resource, ...key, records };
}

function judgeGroup(group: CensusCount, configuration: EncryptionConfiguration): CensusFinding[] {
  const { resource, key, records } = group;
  if (resource === null || key === MALFORMED) return [];
  const write = writeKey(configuration, resource);
  const some = `${records} of ${resource}`;
  if (key === IN_CLEAR) {
    if (isSameKey(key, write)) return [];
    const lost = canRead(configuration, group) ? '' : '; kube-apiserver cannot read them, since identity is not listed';
    const message = `${some} are in clear, but new ones are written with ${named(write)}: write them again${lost}`;
    return [finding('plaintext-leftover', group, message)];
  }
  if (!canRead(configuration, group)) {
    const message = `${some} need ${named(key)}, which the configuration lacks: kube-apiserver cannot read them, and they are lost with the key`;
    return [finding('key-missing', group, message)];
  }
  const message = `${some} are under ${named(key)}, not under ${named(write)}, which writes: write them again before it is dropped`;
  return isSameKey(key, write) ? [] : [finding('not-under-write-key', group, message)];
}

/** Without a configuration: records in clear beside others of the resource that are not. */
function judgeMixture(groups: readonly CensusCount[]): CensusFinding[] {
  const encrypted = new Set(groups.filter(({ key }) => key.keyName !== null).map(({ resource }) => resource));
  return groups
    .filter(({ resource, key }) => resource !== null && key === IN_CLEAR && encrypted.has(resource))
    .map((group) =>
      finding('plaintext-leftover', group, `${group.records} of ${group.resource} are in clear, and others are not`),
    );
}

function judgeRules(groups: readonly CensusCount[], configuration: EncryptionConfiguration): CensusFinding[] {
  return configuration.rules.flatMap((rule) => {
    const { resources, providers } = rule;
    const own = groups.filter(({ resource }) => resource !== null && ruleFor(configuration, resource) === rule);
    const where = resources.join(', ');
    const identity = { resource: where, key: IN_CLEAR, records: 0 };
    const first: CensusFinding[] =
      providers[0]?.provider === 'identity'
        ? [finding('identity-first', identity, `identity is first for ${where}: new records are written in clear`)]
        : [];
    const keys = providers.flatMap((one) => keyNames(one).map((keyName) => ({ provider: one.provider, keyName })));
    const unused = keys.slice(first.length === 0 ? 1 : 0).filter((key) => !own.some((one) => isSameKey(one.key, key)));
    return [
      ...first,
      ...unused.map((key) =>
        finding(
          'key-unused',
          { resource: where, key, records: 0 },
          `no record is under ${named(key)}: it can be dropped when no retained revision and no backup needs it`,
        ),
      ),
    ];
  });
}

/** What is wrong with how records are encrypted; `left`: how many were not counted by group. */
export function judgeCensus(
  groups: readonly CensusCount[],
  left: number,
  configuration: EncryptionConfiguration | null,
): CensusFinding[] {
  const rest = { resource: null, key: IN_CLEAR, records: left };
  const judged =
    configuration === null
      ? judgeMixture(groups)
      : [...judgeRules(groups, configuration), ...groups.flatMap((group) => judgeGroup(group, configuration))];
  const malformed = groups
    .filter(({ key }) => key === MALFORMED)
    .map((group) => finding('malformed-header', group, `${group.records} begin as encrypted ones, but name no key`));
  const uncounted = finding('too-many-groups', rest, `${left} records were counted only in the sum`);
  return [...judged, ...malformed, ...(left > 0 ? [uncounted] : [])];
}
