import { open } from 'node:fs/promises';
import { UsageError } from '../errors.ts';
import { EtcdError } from './etcd-error.ts';
import { keyBytes } from './prefix.ts';
import type { EtcdPage, EtcdRangeOptions, EtcdReader, EtcdReadOptions, EtcdRecord } from './record.ts';

/** 256 MiB: with its records in memory it takes some times that. */
const LONGEST_DUMP = 2 ** 28;
const KEYS_OF_A_PAGE = 10_000;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** Numbers of 64 bits that JavaScript's own would round: ids of leases. They stand in no string: those have `\"`. */
const LONG_NUMBER = /"([a-z_]+)":\s*(-?\d{16,20})(?=[,}\s])/g;

async function readLimited(path: string): Promise<string> {
  await using file = await open(path);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of file.createReadStream({ autoClose: false, end: LONGEST_DUMP }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    chunks.push(chunk);
  }
  if (length > LONGEST_DUMP) throw malformed(path, `has more than ${LONGEST_DUMP} bytes: dump a shorter prefix`);
  return Buffer.concat(chunks).toString();
}

function malformed(path: string, problem: string): EtcdError {
  return new EtcdError('ERR_ETCD_DUMP', `'${path}' ${problem}`);
}

function parse(path: string, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(LONG_NUMBER, '"$1":"$2"'));
  } catch {
    // what JSON.parse says quotes the text
    throw malformed(path, 'is no JSON: it must be what `etcdctl get / --prefix -w json` writes, all of it');
  }
  const header: unknown = value instanceof Object ? Reflect.get(value, 'header') : undefined;
  if (!(value instanceof Object) || !(header instanceof Object))
    throw malformed(path, 'has no "header": it must be what `etcdctl get / --prefix -w json` writes');
  return value as Record<string, unknown>;
}

/** Reads fields of one object of the dump, and says which one is not as it must be. */
class Fields {
  readonly #path: string;
  readonly #name: string;
  readonly #fields: Record<string, unknown>;

  constructor(path: string, name: string, value: unknown) {
    if (typeof value !== 'object' || value === null) throw malformed(path, `has a ${name} that is no object`);
    this.#path = path;
    this.#name = name;
    this.#fields = value as Record<string, unknown>;
  }

  /** Zero where it is missing: Go leaves out what is. */
  number(field: string): bigint {
    const value = this.#fields[field] ?? 0;
    if (typeof value === 'string' ? /^-?\d{1,19}$/.test(value) : Number.isSafeInteger(value))
      return BigInt(value as string);
    throw malformed(this.#path, `has a ${this.#name}.${field} that is no number`);
  }

  bytes(field: string): Uint8Array {
    const value = this.#fields[field] ?? '';
    if (typeof value === 'string' && BASE64.test(value)) return Buffer.from(value, 'base64');
    throw malformed(this.#path, `has a ${this.#name}.${field} that is no base64`);
  }
}

function toRecord(path: string, value: unknown, index: number): EtcdRecord {
  const fields = new Fields(path, `kvs[${index}]`, value);
  const key = fields.bytes('key');
  if (key.length === 0) throw malformed(path, `has a kvs[${index}] without a key`);
  return {
    key,
    value: fields.bytes('value'),
    createRevision: fields.number('create_revision'),
    modRevision: fields.number('mod_revision'),
    version: fields.number('version'),
    lease: fields.number('lease'),
  };
}

const nameOf = (key: Uint8Array): string => Buffer.from(key).toString('latin1');

class Dump implements EtcdReader {
  readonly source: string;
  readonly #revision: bigint;
  readonly #records: readonly EtcdRecord[];
  readonly #byKey: ReadonlyMap<string, EtcdRecord>;

  constructor(path: string, revision: bigint, records: readonly EtcdRecord[]) {
    this.source = path;
    this.#revision = revision;
    this.#byKey = new Map(records.map((record) => [nameOf(record.key), record]));
    this.#records = [...this.#byKey.values()].sort((a, b) => Buffer.compare(a.key, b.key));
  }

  async get(key: string | Uint8Array, options: EtcdReadOptions = {}): Promise<EtcdRecord | null> {
    this.#check(options);
    return this.#byKey.get(nameOf(keyBytes(key))) ?? null;
  }

  async count(prefix: string | Uint8Array, options: EtcdReadOptions = {}): Promise<number> {
    this.#check(options);
    return this.#below(prefix).length;
  }

  async *range(prefix: string | Uint8Array, options: EtcdRangeOptions = {}): AsyncGenerator<EtcdRecord, void> {
    for await (const { records } of this.pages(prefix, options)) yield* records;
  }

  async *pages(prefix: string | Uint8Array, options: EtcdRangeOptions = {}): AsyncGenerator<EtcdPage, void> {
    this.#check(options);
    const { pageSize = KEYS_OF_A_PAGE, keysOnly = false } = options;
    const all = this.#below(prefix);
    for (let from = 0; from < all.length; from += pageSize) {
      options.signal?.throwIfAborted();
      const records = all.slice(from, from + pageSize);
      yield { revision: this.#revision, records: keysOnly ? records.map(withoutValue) : records };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #below(prefix: string | Uint8Array): EtcdRecord[] {
    const bytes = keyBytes(prefix);
    return this.#records.filter(({ key }) => Buffer.compare(key.subarray(0, bytes.length), bytes) === 0);
  }

  #check({ revision, signal }: EtcdReadOptions): void {
    signal?.throwIfAborted();
    if (revision !== undefined && revision !== 0n && revision !== this.#revision)
      throw new UsageError('revision', `is not in this dump: it has revision ${this.#revision} only`);
  }
}

function withoutValue(record: EtcdRecord): EtcdRecord {
  return { ...record, value: new Uint8Array() };
}

/**
 * Opens a dump of an etcd: what `etcdctl get / --prefix -w json` writes, or its gateway answers, of at most 256 MiB. All of
 * it is read at once.
 *
 * Errors: those of `node:fs`; {@link EtcdError} `ERR_ETCD_DUMP` where it is something else.
 */
export async function openEtcdDump(path: string): Promise<EtcdReader> {
  const { header, kvs = [] } = parse(path, await readLimited(path));
  if (!Array.isArray(kvs)) throw malformed(path, 'has "kvs" that are no list');
  const revision = new Fields(path, 'header', header).number('revision');
  return new Dump(
    path,
    revision,
    kvs.map((value, index) => toRecord(path, value, index)),
  );
}
