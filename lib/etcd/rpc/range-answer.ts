import type { EtcdRecord } from '../record.ts';
import { Cursor, type Place } from './cursor.ts';

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

/** Records of a chunk: as many as die before a collection of garbage would have to move them. */
const CHUNK = 1_000;

/**
 * A message `RangeResponse`: etcd.proto. It is decoded by hand and bit by bit, since it can hold very many records, and
 * the objects of all at once take longer to make room for than to make. Keys and values are parts of `message`.
 *
 * Errors: `ERR_ETCD_ANSWER` where it is none.
 */
export class RangeAnswer {
  /** In which it was read, where none was asked for: the newest. */
  readonly revision: bigint;
  readonly more: boolean;
  /** Of all keys in the range, also those that are not in this answer. */
  readonly count: bigint;
  /** Number of records in this answer. */
  readonly length: number;
  /** Null without records. */
  readonly lastKey: Uint8Array | null;
  readonly #message: Uint8Array;

  constructor(message: Uint8Array) {
    const cursor = new Cursor(message);
    let revision = 0n;
    let more = false;
    let count = 0n;
    let length = 0;
    let last: Place | null = null;
    while (cursor.next()) {
      if (cursor.field === 2) {
        last = cursor.place();
        length += 1;
      } else if (cursor.field === 1) revision = readRevision(new Cursor(message, cursor.place()));
      else if (cursor.field === 3) more = cursor.varint() !== 0n;
      else if (cursor.field === 4) count = cursor.varint();
      else cursor.skip();
    }
    this.#message = message;
    this.revision = revision;
    this.more = more;
    this.count = count;
    this.length = length;
    this.lastKey = last === null ? null : readRecord(new Cursor(message, last)).key;
  }

  /** Its records, some at a time. */
  *chunks(): Generator<EtcdRecord[], void> {
    const cursor = new Cursor(this.#message);
    let records: EtcdRecord[] = [];
    const add = (): void => void records.push(readRecord(cursor));
    while (cursor.next()) {
      if (cursor.field !== 2) {
        cursor.skip();
        continue;
      }
      cursor.message(add);
      if (records.length < CHUNK) continue;
      yield records;
      records = [];
    }
    if (records.length > 0) yield records;
  }
}
