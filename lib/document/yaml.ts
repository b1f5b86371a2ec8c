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
