import type { EtcdRecord } from '../etcd/record.ts';
import { resourceOf } from '../etcd/resource.ts';
import { printable } from './printable.ts';
import { alignColumns, count, type Style } from './style.ts';

const DEEPEST = 32;
const MOST_RESOURCES = 10_000;
/** Bytes of a key that can tell its resource. */
const LONGEST_DIRECTORY = 1_024;

/** The key as UTF-8; null where it is none. */
function textOf(key: Uint8Array): string | null {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.length);
  const text = bytes.toString();
  return text.includes('\ufffd') && !Buffer.from(text).equals(bytes) ? null : text;
}

/** One key of `podprobe etcd keys --json`. */
export function keyDocument({ key, createRevision, modRevision, version, lease }: EtcdRecord): object {
  const text = textOf(key);
  return {
    schema: 'podprobe/etcd-keys/v1',
    key: text,
    ...(text === null ? { keyBase64: Buffer.from(key).toString('base64') } : {}),
    createRevision: String(createRevision),
    modRevision: String(modRevision),
    version: String(version),
    lease: lease === 0n ? null : lease.toString(16),
  };
}

/** One key as text. */
export function keyText({ key }: EtcdRecord): string {
  return printable(key);
}

/** Shows keys as a tree while they come, in the order of their bytes: all of one directory follow each other. */
export class KeyTree {
  #before: readonly string[] = [];

  /** The lines that a key adds. */
  lines({ key }: EtcdRecord): string[] {
    const parts = Buffer.from(key).toString('latin1').split('/');
    // each line is indented: a key of a million slashes would make a million long lines
    if (parts.length > DEEPEST) parts.push(parts.splice(DEEPEST - 1).join('/'));
    const names = parts.map((part, i) => (i < parts.length - 1 ? `${part}/` : part));
    if (names[0] === '/' && names.length > 1) names.splice(0, 2, `/${names[1]}`);
    const same = names.findIndex((name, i) => name !== this.#before[i]);
    const from = same === -1 ? names.length - 1 : same;
    this.#before = names;
    return names
      .map((name, i) => '  '.repeat(i) + printable(Buffer.from(name, 'latin1')))
      .slice(from)
      .filter((line) => line.trim() !== '');
  }
}

/** Counts keys by their resources. */
export class KeyCount {
  #keys = 0;
  #others = 0;
  readonly #resources = new Map<string, { name: string; keys: number }>();

  add({ key }: EtcdRecord): void {
    this.#keys += 1;
    const { name, directory } = resourceOf(Buffer.from(key.subarray(0, LONGEST_DIRECTORY)).toString());
    const known = this.#resources.get(directory);
    if (known !== undefined) known.keys += 1;
    else if (this.#resources.size < MOST_RESOURCES) this.#resources.set(directory, { name, keys: 1 });
    else this.#others += 1;
  }

  /** `podprobe etcd keys --count --json`. */
  document(prefix: string, revision: bigint | null, complete: boolean): object {
    return {
      schema: 'podprobe/etcd-key-count/v1',
      prefix,
      revision: revision === null ? null : String(revision),
      complete,
      keys: this.#keys,
      resources: [...this.#resources].map(([directory, { name, keys }]) => ({ resource: name, directory, keys })),
      others: this.#others,
    };
  }

  text(style: Style): string[] {
    const rows = [...this.#resources].map(([directory, { name, keys }]) => [
      String(keys),
      printable(name),
      printable(directory),
    ]);
    const width = Math.max(...rows.map(([keys = '']) => keys.length));
    const lines = alignColumns(
      rows.map(([keys = '', ...rest]) => [keys.padStart(width), ...rest]),
      64,
    );
    const others = this.#others === 0 ? [] : [`${this.#others} in other directories`];
    return [...lines, ...others, style('bold', count(this.#keys, 'key'))];
  }
}
