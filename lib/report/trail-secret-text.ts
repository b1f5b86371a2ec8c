import type { Holder } from '../trail/holder.ts';
import type { KnownSecret, SecretVersion } from '../trail/known-secret.ts';
import type { Trail } from '../trail/trail-result.ts';
import { describeTime } from './age.ts';
import type { Disclosure } from './entry.ts';
import { shownValue } from './etcd-record-text.ts';
import { alignColumns, count, type Style } from './style.ts';
import { currentVersion, secretName, tellers, type VersionStep, versionSteps, versionTitle } from './trail-versions.ts';
import { shownName } from './trail-words.ts';

/** So many versions are told, the newest. */
const MOST = 20;
const SIGNS = { added: '+', changed: '~', removed: '-' } as const;

function keyLines({ version, changes }: VersionStep, disclosure: Disclosure): string[] {
  const keys = changes === null ? [...version.data.keys()].map((key) => ({ key, change: null })) : changes;
  const rows = keys.map(({ key, change }) => {
    const value = version.data.get(key);
    return [
      `${change === null ? ' ' : SIGNS[change]}${shownName(key)}`,
      value === undefined ? '' : shownValue(value, disclosure),
    ];
  });
  return rows.length === 0 ? ['   no value changed'] : alignColumns(rows, 40).map((row) => `  ${row}`);
}

function heldTimes({ revision }: SecretVersion, holders: readonly Holder[]): string[] {
  const number = revision === null ? 0 : holders.filter((holder) => holder.revision === revision).length;
  return number === 0 ? [] : [`${count(number, 'holder')}`];
}

function stepLines(step: VersionStep, holders: readonly Holder[], disclosure: Disclosure, style: Style): string[] {
  const { version } = step;
  const { since, by, current } = version;
  const title = [
    style(current ? 'green' : 'yellow', versionTitle(version)),
    ...(current && version.revision !== null ? ['current'] : []),
    ...(since === null ? [] : [describeTime(since)]),
    ...(by === null ? [] : [`by ${shownName(by.manager)}`]),
    ...heldTimes(version, holders),
  ];
  return [title.join('  '), ...keyLines(step, disclosure)];
}

function keyTimeLines({ keyTimes, complete }: KnownSecret): string[] {
  if (complete) return [];
  return [...keyTimes].map(([key, time]) => `key ${shownName(key)} was last written ${describeTime(time)}`);
}

/** What the versions are, and whether they are all there were. */
export function versionsText(secret: KnownSecret): string {
  const all = secret.complete ? 'all there ever were' : 'older ones are not known';
  return `${count(secret.versions.length, 'version')}, told by ${tellers(secret)}; ${all}`;
}

/** A Secret and its versions, for people. */
export function secretLines({ secret, holders }: Trail, disclosure: Disclosure, style: Style): string[] {
  const name = secretName(secret);
  const steps = versionSteps(secret);
  const left = Math.max(0, steps.length - MOST);
  const gone = name !== null && currentVersion(secret) === undefined;
  return [
    style('bold', name === null ? 'values that were given' : `Secret ${shownName(name)}`),
    versionsText(secret),
    ...(left === 0 ? [] : [`${count(left, 'older version')} not shown`]),
    ...steps.slice(left).flatMap((step) => stepLines(step, holders, disclosure, style)),
    ...(gone ? [style('yellow', 'it has no current version: it was deleted, or nobody tells')] : []),
    ...keyTimeLines(secret),
  ];
}
