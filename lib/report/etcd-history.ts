import type { KeyChange, RecordHistory, RecordVersion } from '../etcd/history.ts';
import { bytesDocument, type Disclosure } from './entry.ts';
import { recordDocument, valueDocument, writerDocument } from './etcd-record-json.ts';
import { encryptionText, shownValue, writerText } from './etcd-record-text.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';

function changeDocument({ key, change, by, before, after }: KeyChange, disclosure: Disclosure): object {
  return {
    key,
    change,
    by: writerDocument(by),
    before: before && valueDocument(before, disclosure),
    after: after && valueDocument(after, disclosure),
  };
}

function versionDocument({ revision, event, record, changes, by }: RecordVersion, disclosure: Disclosure): object {
  return {
    revision: Number(revision),
    event,
    by: writerDocument(by),
    changes: changes?.map((change) => changeDocument(change, disclosure)) ?? null,
    record: record && recordDocument(record, disclosure),
  };
}

/** The document of `podprobe etcd history --json`: docs/schema/etcd-history.schema.json. */
export function etcdHistoryDocument(key: string, history: RecordHistory, disclosure: Disclosure): object {
  return {
    schema: 'podprobe/etcd-history/v1',
    ...bytesDocument('key', Buffer.from(key)),
    compactRevision: history.compactRevision === null ? null : Number(history.compactRevision),
    truncated: history.truncated,
    versions: history.versions.map((version) => versionDocument(version, disclosure)),
  };
}

/** A line of `podprobe etcd history --watch --json`: docs/schema/etcd-version.schema.json. */
export function etcdVersionDocument(key: string, version: RecordVersion, disclosure: Disclosure): object {
  return {
    schema: 'podprobe/etcd-version/v1',
    ...bytesDocument('key', Buffer.from(key)),
    ...versionDocument(version, disclosure),
  };
}

const SIGNS = { added: '+', changed: '~', removed: '-' } as const;
const COLOURS = {
  created: 'green',
  recreated: 'green',
  updated: 'cyan',
  deleted: 'red',
  retained: 'dim',
} as const;

function changeLine({ key, change, by, before, after }: KeyChange, disclosure: Disclosure): string {
  const values = [before, after].filter((value) => value !== null).map((value) => shownValue(value, disclosure));
  return `  ${SIGNS[change]}${printable(key)}  ${values.join(' -> ')}  ${writerText(by)}`.trimEnd();
}

function versionNotes({ event, record, changes }: RecordVersion): string[] {
  if (record === null) return [];
  if (record.problem !== null) return [`  not read: ${printable(record.problem.message)}`];
  if (event === 'retained') return ['  what it replaced has been compacted'];
  if (changes === null) return ['  what changed cannot be told'];
  return changes.length === 0 && event === 'updated' ? ['  no value changed'] : [];
}

/** A version for people. */
export function etcdVersionLines(version: RecordVersion, disclosure: Disclosure, style: Style): string[] {
  const { revision, event, record, changes, by } = version;
  const encryption = record?.encryption == null ? 'in clear' : encryptionText(record.encryption);
  const how = record === null ? '' : `  ${encryption}`;
  const who = by === null ? '' : `  ${writerText(by)}`;
  return [
    `${style('bold', `revision ${revision}`)}  ${style(COLOURS[event], event)}${who}${how}`,
    ...(changes ?? []).map((change) => changeLine(change, disclosure)),
    ...versionNotes(version),
  ];
}

/** A history for people. */
export function etcdHistoryText(history: RecordHistory, disclosure: Disclosure, style: Style): string[] {
  const { versions, compactRevision, truncated } = history;
  const cut =
    compactRevision === null
      ? 'nothing has been compacted: this is all there ever was'
      : `what was before revision ${compactRevision} has been compacted`;
  return [
    style('dim', cut),
    ...(truncated ? [style('yellow', 'older versions were left out: there are too many')] : []),
    ...versions.flatMap((version) => etcdVersionLines(version, disclosure, style)),
  ];
}
