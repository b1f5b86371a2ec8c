import type { EtcdRecord } from '../record.ts';
import { Cursor } from './cursor.ts';

/** What a message `RangeResponse` says. */
export interface RangeAnswer {
  readonly records: readonly EtcdRecord[];
  /** In which it was read, where none was asked for: the newest. */
  readonly revision: bigint;
  readonly more: boolean;
  /** Of all keys in the range, also those that are not in this answer. */
  readonly count: bigint;
}

const NOTHING: Uint8Array = new Uint8Array();

function readRevision(cursor: Cursor): bigint {
  let revision = 0n;
  while (cursor.next()) {
    if (cursor.field === 3) revision = cursor.varint();
    else cursor.skip();
  }
  return revision;
}

function readRecord(cursor: Cursor): EtcdRecord {
  let key = NOTHING;
  let value = NOTHING;
  let createRevision = 0n;
  let modRevision = 0n;
  let version = 0n;
  let lease = 0n;
  while (cursor.next()) {
    if (cursor.field === 1) key = cursor.bytes();
    else if (cursor.field === 2) createRevision = cursor.varint();
    else if (cursor.field === 3) modRevision = cursor.varint();
    else if (cursor.field === 4) version = cursor.varint();
    else if (cursor.field === 5) value = cursor.bytes();
    else if (cursor.field === 6) lease = cursor.varint();
    else cursor.skip();
  }
  return { key, value, createRevision, modRevision, version, lease };
}

/**
 * Decodes a message `RangeResponse`: etcd.proto. By hand, since it can hold very many records, of which a reader of any
 * message makes more than is needed here. Keys and values are parts of `message`.
 *
 * Errors: `ERR_ETCD_ANSWER` where it is none.
 */
export function decodeRangeAnswer(message: Uint8Array): RangeAnswer {
  const cursor = new Cursor(message);
  const records: EtcdRecord[] = [];
  let revision = 0n;
  let more = false;
  let count = 0n;
  const addRecord = (): void => void records.push(readRecord(cursor));
  const takeRevision = (): void => {
    revision = readRevision(cursor);
  };
  while (cursor.next()) {
    if (cursor.field === 2) cursor.message(addRecord);
    else if (cursor.field === 1) cursor.message(takeRevision);
    else if (cursor.field === 3) more = cursor.varint() !== 0n;
    else if (cursor.field === 4) count = cursor.varint();
    else cursor.skip();
  }
  return { records, revision, more, count };
}
