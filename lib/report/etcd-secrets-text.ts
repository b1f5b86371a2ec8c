import type { Census } from '../etcd/census.ts';
import type { CensusKey } from '../etcd/census-findings.ts';
import type { EtcdReport } from './etcd-report.ts';
import { printable } from './printable.ts';
import { alignColumns, count } from './style.ts';

function named({ provider, keyName }: CensusKey): string {
  if (provider === 'identity') return 'in clear';
  return keyName === null ? provider : `${provider}, key ${printable(keyName)}`;
}

const STATES = {
  encrypted: 'encrypted',
  'in clear': 'in clear: whoever reads the database, or a backup of it, has them',
  mixed: 'some are encrypted, others in clear',
  none: 'there are none',
} as const;

/** Whether Secrets are encrypted at rest, by their records and by the API server's configuration. */
export function secretLines({ secrets }: EtcdReport): string[] {
  if (secrets === null) return ['not known: no record could be read'];
  const { state, records, complete, keys, configured } = secrets;
  const looked = complete ? count(records, 'record') : `the first ${count(records, 'record')}`;
  return [
    state === 'none' ? STATES.none : `${STATES[state]} (${looked})`,
    ...keys.map((key) => `${key.records} ${named(key)}`),
    configured === null
      ? 'no configuration says how new ones are written'
      : `new ones are written: ${named(configured)}`,
  ];
}

/** How many records of each resource are encrypted how. */
export function censusLines(census: Census | null): string[] {
  if (census === null) return [];
  const rows = census.resources.flatMap(({ resource, groups }) =>
    groups.map((group) => [printable(resource ?? '(no object)'), String(group.records), named(group)]),
  );
  return [...alignColumns(rows, 48), count(census.records, 'record')];
}
