import { UsageError } from '../../errors.ts';
import type { Finding } from '../../kube/finding.ts';
import type { KnownSecret, SecretVersion } from '../known-secret.ts';
import { toKnown } from './known.ts';
import { type SecretName, shownName } from './secret-name.ts';

/**
 * A Secret of which somebody knows values that it once had, such as the credential that leaked last year: they are one version,
 * which is not current. The values are taken over: disposing of the answer overwrites them.
 *
 * `of`: null where it is not known which Secret they are of, or they are of none.
 */
export function knownValues(values: ReadonlyMap<string, Buffer>, of: SecretName | null = null): KnownSecret {
  if (values.size === 0) throw new UsageError('values', 'must have one or more');
  return toKnown({
    namespace: of?.namespace ?? '',
    name: of?.name ?? '',
    uid: null,
    versions: [{ source: 'values', revision: null, current: false, since: null, by: null, data: new Map(values) }],
    complete: false,
    keyTimes: new Map(),
    findings: [],
  });
}

function checkSame(truth: KnownSecret, older: KnownSecret): void {
  const [one, other] = [truth, older].map(shownName);
  const named = [truth, older].every(({ name }) => name !== '');
  if (named && one !== other) throw new UsageError('older', `must be of ${one}, and is of ${other}`);
}

/** What of a version no version of the Secret holds under the same key; null where that is nothing. */
function asOlder(version: SecretVersion, known: readonly SecretVersion[]): SecretVersion | null {
  const isKnown = (key: string, value: Buffer): boolean =>
    known.some(({ data }) => data.get(key)?.equals(value) === true);
  const data = new Map([...version.data].filter(([key, value]) => !isKnown(key, value)));
  return data.size === 0 ? null : { ...version, current: false, data };
}

/** What somebody who gives values may not have expected. */
function judgeValues({ versions }: KnownSecret, given: readonly SecretVersion[]): Finding[] {
  const current = versions.find((version) => version.current);
  return given.flatMap(({ data }) =>
    [...data].flatMap(([key, value]): Finding[] => {
      if (current?.data.get(key)?.equals(value) === true)
        return [
          { code: 'given-value-is-current', message: `the value that was given for '${key}' is the current one` },
        ];
      if (versions.some((version) => version.data.has(key))) return [];
      return [{ code: 'given-key-unknown', message: `no known version of the Secret has the key '${key}'` }];
    }),
  );
}

/**
 * Adds what another source knows of the same Secret to what one knows: its versions become older ones, before all others, but
 * for values that are known already. What is current is left to `truth`.
 *
 * Disposing of the answer overwrites the values of both. Errors: a UsageError, where they are of two Secrets.
 */
export function mergeKnown(truth: KnownSecret, older: KnownSecret): KnownSecret {
  checkSame(truth, older);
  const given = older.versions.filter(({ source }) => source === 'values');
  const added = older.versions.map((version) => asOlder(version, truth.versions)).filter((one) => one !== null);
  return {
    namespace: truth.namespace || older.namespace,
    name: truth.name || older.name,
    uid: truth.uid ?? older.uid,
    versions: [...added, ...truth.versions],
    complete: truth.complete,
    keyTimes: new Map([...older.keyTimes, ...truth.keyTimes]),
    findings: [...judgeValues(truth, given), ...older.findings, ...truth.findings],
    [Symbol.dispose](): void {
      truth[Symbol.dispose]();
      older[Symbol.dispose]();
    },
  };
}
