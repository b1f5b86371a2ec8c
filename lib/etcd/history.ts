import type { EtcdClient } from './client.ts';
import { type DecodedRecord, type DecodeOptions, decodeRecord } from './decode.ts';
import { EtcdError } from './etcd-error.ts';
import { type FieldWriter, lastWriter, writerOf } from './field-writers.ts';
import { type StoredObject, valuesOf } from './kubernetes/objects.ts';
import type { EtcdRecord } from './record.ts';

/** What became of one key of a Secret or ConfigMap. */
export interface KeyChange {
  /** Of `data` or `binaryData`. */
  readonly key: string;
  /** What became of it. */
  readonly change: 'added' | 'changed' | 'removed';
  /** Who wrote it; null where nobody says, as of all that was removed. */
  readonly by: FieldWriter | null;
  /** Its value before; null where there was none. Secret, if the object is. */
  readonly before: Buffer | null;
  /** Its value now; null where there is none. */
  readonly after: Buffer | null;
}

/** A record as it was from one revision on. */
export interface RecordVersion {
  /** Of etcd. */
  readonly revision: bigint;
  /** `recreated`: after it had been deleted. `retained`: it is older than what etcd has kept; what it replaced is gone. */
  readonly event: 'created' | 'recreated' | 'updated' | 'deleted' | 'retained';
  /** Null where it was deleted. */
  readonly record: DecodedRecord | null;
  /** Null where it cannot be told: of a version that is gone or could not be read, and of kinds without `data`. */
  readonly changes: readonly KeyChange[] | null;
  /** Who wrote to the object last; null where nobody says. */
  readonly by: FieldWriter | null;
}

/** All that etcd has kept of a record. */
export interface RecordHistory {
  /** Oldest first. Empty where there is no such record, and none was deleted of late. */
  readonly versions: readonly RecordVersion[];
  /** What was before this revision has been compacted; null where all there ever was is there. */
  readonly compactRevision: bigint | null;
  /** Older versions were left out: there are more than 1,000, or they have more than 64 MiB. */
  readonly truncated: boolean;
}

/** What reading a history may be told. */
export interface HistoryOptions extends DecodeOptions {
  /** Gives up when it is aborted. */
  readonly signal?: AbortSignal;
  /** Milliseconds to wait for what was deleted of late, where there is no such record now. Default: 1000. */
  readonly settle?: number;
}

type Values = ReadonlyMap<string, Buffer>;
type Told = { readonly revision: bigint; readonly record: EtcdRecord | null };

const MOST_VERSIONS = 1000;
const MOST_BYTES = 2 ** 26;
const COMPACTIONS = 3;

/** What changed between two states of a Secret or ConfigMap; null where one is unknown. */
function compare(before: Values | null, now: StoredObject | null): KeyChange[] | null {
  const after = valuesOf(now);
  if (before === null || after === null || now === null) return null;
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key): KeyChange[] => {
    const [old = null, value = null] = [before.get(key), after.get(key)];
    if (value !== null && old?.equals(value) === true) return [];
    const change = old === null ? 'added' : value === null ? 'removed' : 'changed';
    return [{ key, change, by: value === null ? null : writerOf(now.metadata, key), before: old, after: value }];
  });
}

function eventOf(record: EtcdRecord, previous: RecordVersion | null): RecordVersion['event'] {
  if (record.version === 1n) return previous?.event === 'deleted' ? 'recreated' : 'created';
  return previous === null ? 'retained' : 'updated';
}

/** A version, beside the one before it; null where there is none, or it is not known. */
async function toVersion(
  { revision, record }: Told,
  previous: RecordVersion | null,
  options: DecodeOptions,
): Promise<RecordVersion> {
  if (record === null) return { revision, event: 'deleted', record, changes: null, by: null };
  const event = eventOf(record, previous);
  const decoded = await decodeRecord(record, options);
  const isNew = event === 'created' || event === 'recreated';
  const before = isNew ? new Map<string, Buffer>() : valuesOf(previous?.record?.object ?? null);
  const by = decoded.object === null ? null : lastWriter(decoded.object.metadata);
  return { revision, event, record: decoded, changes: compare(before, decoded.object), by };
}

/** Keeps the newest of what it is given. */
class Kept {
  readonly list: Told[] = [];
  truncated = false;
  #bytes = 0;

  add(told: Told): void {
    this.list.push(told);
    this.#bytes += told.record?.value.length ?? 0;
    while (this.list.length > 1 && (this.list.length > MOST_VERSIONS || this.#bytes > MOST_BYTES)) {
      this.#bytes -= this.list.shift()?.record?.value.length ?? 0;
      this.truncated = true;
    }
  }
}

type Beginning = { readonly compactRevision: bigint | null; readonly base: EtcdRecord | null };

/** Up to which revision all is gone, and what the record was then. */
async function findBeginning(client: EtcdClient, key: string, signal: AbortSignal | undefined): Promise<Beginning> {
  let asked = 1n;
  for (let times = 0; ; times++) {
    try {
      const base = await client.get(key, { revision: asked, ...(signal && { signal }) });
      return { compactRevision: asked === 1n ? null : asked, base };
    } catch (error) {
      // a compaction can come between two questions
      const isCompacted = error instanceof EtcdError && error.code === 'ERR_ETCD_COMPACTED';
      if (!isCompacted || error.compactRevision === null || times === COMPACTIONS) throw error;
      asked = error.compactRevision;
    }
  }
}

/** Adds what happened after the beginning, up to the version that is there now; null: as long as events come. */
async function collect(
  client: EtcdClient,
  key: string,
  kept: Kept,
  { compactRevision }: Beginning,
  last: bigint | null,
  { signal, settle = 1000 }: HistoryOptions,
): Promise<void> {
  // what is there now can be older than the last compaction, or have been deleted meanwhile and be gone with it
  if (last !== null && (compactRevision ?? 0n) >= last) return;
  const settled = AbortSignal.timeout(settle);
  const signals = [...(signal === undefined ? [] : [signal]), ...(last === null ? [settled] : [])];
  const startRevision = (compactRevision ?? 1n) + 1n;
  try {
    for await (const { type, record } of client.watch(key, { startRevision, signal: AbortSignal.any(signals) })) {
      kept.add({ revision: record.modRevision, record: type === 'delete' ? null : record });
      if (last !== null && record.modRevision >= last) return;
    }
  } catch (error) {
    if (!settled.aborted || last !== null || signal?.aborted === true) throw error;
  }
}

/**
 * Reads all versions of a record that etcd has kept: kube-apiserver has it compacted every five minutes, so that is what
 * happened in the last five to ten minutes, and the version before. It says what became of each key of a Secret or ConfigMap,
 * and by `managedFields` who did it.
 *
 * Errors: those of the client. Source: etcd, server/storage/mvcc; a range of a compacted revision is refused, the newest version
 * of it is kept.
 */
export async function readRecordHistory(
  client: EtcdClient,
  key: string,
  options: HistoryOptions = {},
): Promise<RecordHistory> {
  const current = await client.get(key, options.signal === undefined ? {} : { signal: options.signal });
  const beginning = await findBeginning(client, key, options.signal);
  const kept = new Kept();
  if (beginning.base !== null) kept.add({ revision: beginning.base.modRevision, record: beginning.base });
  await collect(client, key, kept, beginning, current?.modRevision ?? null, options);
  const versions: RecordVersion[] = [];
  for (const told of kept.list) versions.push(await toVersion(told, versions.at(-1) ?? null, options));
  return { versions, compactRevision: beginning.compactRevision, truncated: kept.truncated };
}

/**
 * Follows a record: every version after the last of its history, with what changed. Ends by an AbortError with the signal, or when
 * the caller leaves it.
 *
 * Errors: those of the client.
 */
export async function* watchRecord(
  client: EtcdClient,
  key: string,
  { versions, compactRevision }: RecordHistory,
  options: HistoryOptions = {},
): AsyncGenerator<RecordVersion, void> {
  let previous = versions.at(-1) ?? null;
  const seen = [previous?.revision ?? 0n, compactRevision ?? 0n].reduce((a, b) => (a > b ? a : b));
  const { signal } = options;
  for await (const { type, record } of client.watch(key, { startRevision: seen + 1n, ...(signal && { signal }) })) {
    const told = { revision: record.modRevision, record: type === 'delete' ? null : record };
    previous = await toVersion(told, previous, options);
    yield previous;
  }
}
