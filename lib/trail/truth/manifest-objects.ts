import { open } from 'node:fs/promises';
import { type JsonObject, toArray, toObject, toText } from '../../document/json.ts';
import { parseYamlObjects } from '../../document/yaml.ts';
import { UsageError } from '../../errors.ts';

/** The text of a manifest. */
export interface ManifestText {
  /** YAML or JSON. It is secret, and is not overwritten here. */
  readonly text: Uint8Array;
  /** What it is called in messages. */
  readonly name: string;
}

/** A manifest: its text, or its file. */
export type ManifestSource = string | ManifestText;

/** In bytes: a Secret with a MiB of values has a third more as base64. */
const LONGEST_MANIFEST = 2 ** 22;
const MOST_OBJECTS = 10_000;

/** Whether an object is of a kind of the core group. */
export function isKind(object: JsonObject, kind: string): boolean {
  return object['apiVersion'] === 'v1' && object['kind'] === kind;
}

/** `List`, or one of a single kind. */
function itemsOf(object: JsonObject): readonly JsonObject[] {
  const items = toArray(object['items'], MOST_OBJECTS).map(toObject);
  if (isKind(object, 'List')) return items;
  // items of such a list need not say what they are
  return isKind(object, 'SecretList') ? items.map((item) => ({ apiVersion: 'v1', kind: 'Secret', ...item })) : [object];
}

/** Whatever kind of file it is, a pipe too; one byte more than is parsed tells that there is more. */
async function readManifestFile(path: string): Promise<Buffer> {
  await using file = await open(path);
  const chunks: Buffer[] = [];
  for await (const chunk of file.createReadStream({ autoClose: false, end: LONGEST_MANIFEST })) {
    chunks.push(chunk as Buffer);
  }
  const bytes = Buffer.concat(chunks);
  for (const chunk of chunks) chunk.fill(0);
  return bytes;
}

async function parse(text: Uint8Array, shown: string): Promise<JsonObject[]> {
  const { objects, problem } = await parseYamlObjects(text, LONGEST_MANIFEST);
  if (objects === null) throw new UsageError('manifest', `'${shown}' cannot be read: ${problem}`);
  return objects.flatMap(itemsOf);
}

/** What a manifest is called in messages. */
export function shownManifest(source: ManifestSource): string {
  return typeof source === 'string' ? source : source.name;
}

/** Reads the objects of a manifest, in any of its documents and lists. What was read of a file is overwritten. */
export async function readManifestObjects(source: ManifestSource): Promise<JsonObject[]> {
  if (typeof source !== 'string') return parse(source.text, source.name);
  const bytes = await readManifestFile(source);
  try {
    return await parse(bytes, source);
  } finally {
    bytes.fill(0);
  }
}

/** Who a manifest is of; empty strings where it does not say. */
export function nameOfManifest(object: JsonObject): { readonly namespace: string; readonly name: string } {
  const { namespace, name } = toObject(object['metadata']);
  return { namespace: toText(namespace) ?? '', name: toText(name) ?? '' };
}
