import type { CST } from 'yaml';
import { type JsonObject, toObject } from './json.ts';

/** Of aliases in one document, so that it cannot grow without end. */
const MOST_ALIASES = 100;
/** Of collections in each other: the parser recurses, and V8 can abort the whole program where its stack ends. */
const DEEPEST = 64;
/** The parser takes a second for a few times as much of what is hard to read. */
export const LONGEST_YAML = 2 ** 16;

type Node = {
  readonly value?: unknown;
  readonly items?: readonly { readonly key?: unknown; readonly value?: unknown }[];
};

function isDeep(tokens: Iterable<CST.Token>): boolean {
  const open: [token: unknown, depth: number][] = [...tokens].map((token) => [token, 0]);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [token, depth] = next;
    if (typeof token !== 'object' || token === null) continue;
    if (depth > DEEPEST) return true;
    const { value, items = [] } = token as Node;
    open.push(
      [value, depth + 1],
      ...items.flatMap((item): typeof open => [item.key, item.value].map((one) => [one, depth + 1])),
    );
  }
  return false;
}

/**
 * Parses one document of YAML, or JSON, of at most 64 KiB, whose top is an object; null for anything else. The parser is
 * loaded when it is needed.
 */
export async function parseYamlObject(bytes: Buffer): Promise<JsonObject | null> {
  if (bytes.length > LONGEST_YAML) return null;
  const { parse, Parser } = await import('yaml');
  const text = bytes.toString();
  if (isDeep(new Parser().parse(text))) return null;
  try {
    const value: unknown = parse(text, { logLevel: 'error', maxAliasCount: MOST_ALIASES });
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? toObject(value) : null;
  } catch {
    // the parser's message quotes the text
    return null;
  }
}

/** The documents of a text, or why they cannot be read; nothing of the text is in that. */
export type YamlDocuments =
  | { readonly objects: readonly JsonObject[]; readonly problem: null }
  | { readonly objects: null; readonly problem: string };

const refused = (problem: string): YamlDocuments => ({ objects: null, problem });

function tryJson(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? toObject(value) : null;
  } catch {
    // the parser's message quotes the text
    return null;
  }
}

/** Undefined where there are too many, or one that leads nowhere. */
function followAliases(make: () => unknown): unknown {
  try {
    return make();
  } catch {
    // the parser's message names what it has not found
    return undefined;
  }
}

/**
 * Parses all documents of a text of YAML, or one of JSON, of at most `longest` bytes, whose tops are objects; empty documents
 * are left out. It is for texts that can be trusted not to be hard to read. The parser is loaded when it is needed.
 */
export async function parseYamlObjects(bytes: Uint8Array, longest: number): Promise<YamlDocuments> {
  if (bytes.length > longest) return refused(`it has ${bytes.length} bytes: more than ${longest} are not read`);
  const text = Buffer.from(bytes).toString();
  const json = tryJson(text);
  if (json !== null) return { objects: [json], problem: null };
  const { parseAllDocuments, Parser } = await import('yaml');
  if (isDeep(new Parser().parse(text))) return refused(`it is nested deeper than ${DEEPEST}`);
  const objects: JsonObject[] = [];
  for (const document of [parseAllDocuments(text, { logLevel: 'silent' })].flat()) {
    const [error] = document.errors;
    const line = error?.linePos?.[0].line;
    if (error !== undefined) return refused(`line ${line ?? '?'} is no YAML (${error.code})`);
    const value = followAliases(() => document.toJS({ maxAliasCount: MOST_ALIASES }));
    if (value === null) continue;
    if (typeof value !== 'object' || Array.isArray(value))
      return refused(`its document ${objects.length + 1} is no object, or has more than ${MOST_ALIASES} aliases`);
    objects.push(toObject(value));
  }
  return { objects, problem: null };
}
