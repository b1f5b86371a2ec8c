import { isUtf8 } from 'node:buffer';
import { type EnvironmentBlock, type EnvironmentEntry, InitialEnvironment } from '../environ.ts';
import type { Fingerprint } from './fingerprint.ts';

/** How values are shown. */
export interface Disclosure {
  readonly fingerprint: Fingerprint;
  /** Show the values themselves. */
  readonly reveal: boolean;
}

/** An entry as it leaves the program: without its value, unless that was asked for. */
export interface EntryDocument {
  readonly name: string | null;
  readonly nameBase64?: string;
  /** Bytes of the value. */
  readonly length: number;
  readonly fingerprint: string;
  readonly value?: string;
  readonly valueBase64?: string;
}

/** In an area that is written over, what stands before a `=` need not be a name: all of it is taken for a value. */
export function shownEntries(block: EnvironmentBlock): readonly EnvironmentEntry[] {
  if (!(block instanceof InitialEnvironment) || block.state !== 'overwritten') return block.entries;
  return block.entries.map((entry) => {
    if (entry.name === null) return entry;
    return { ...entry, name: null, value: Buffer.concat([entry.name, Buffer.from('='), entry.value]) };
  });
}

/** Bytes as a member of a document: text where they are UTF-8, else base64 beside a null. */
export type BytesDocument<Member extends string> = { readonly [Key in Member]: string | null } & {
  readonly [Key in `${Member}Base64`]?: string;
};

/** Bytes under the name of a member; null where there are none. */
export function bytesDocument<Member extends string>(member: Member, bytes: Buffer | null): BytesDocument<Member> {
  const text = bytes !== null && isUtf8(bytes) ? bytes.toString() : null;
  const encoded = bytes === null || text !== null ? {} : { [`${member}Base64`]: bytes.toString('base64') };
  return { [member]: text, ...encoded } as BytesDocument<Member>;
}

/** A name: as text where it is UTF-8, else in base64 beside a null. */
export function nameDocument(name: Buffer | null): BytesDocument<'name'> {
  return bytesDocument('name', name);
}

export function entryDocument(
  { name, value }: EnvironmentEntry | Pick<EnvironmentEntry, 'name' | 'value'>,
  { fingerprint, reveal }: Disclosure,
): EntryDocument {
  const shown = { ...nameDocument(name), length: value.length, fingerprint: fingerprint(value) };
  if (!reveal) return shown;
  return isUtf8(value) ? { ...shown, value: value.toString() } : { ...shown, valueBase64: value.toString('base64') };
}
