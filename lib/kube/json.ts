import type { JsonObject } from '../document/json.ts';
import type { Finding } from './finding.ts';

/** Parses an object. What is none is a finding: its text is not in it, since it could be of a secret. */
export function parseObject(bytes: Buffer, path: string): { value: JsonObject | null; finding: Finding | null } {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { value: value as JsonObject, finding: null };
    }
  } catch {
    // the parser's message quotes the text
  }
  const message = `its ${bytes.length} bytes are no object of JSON: it is half-written or damaged`;
  return { value: null, finding: { code: 'malformed-file', message, path } };
}
