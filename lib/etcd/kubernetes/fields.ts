import { type JsonObject, toArray, toObject, toText } from '../../document/json.ts';

const MOST_SECONDS = 8_640_000_000_000n;

/** A time in protobuf; null where there is none, or none that a Date can hold. */
export function toTime(time: { readonly seconds: bigint; readonly nanos: number } | undefined): Date | null {
  if (time === undefined || time.seconds > MOST_SECONDS || time.seconds < -MOST_SECONDS) return null;
  const date = new Date(Number(time.seconds) * 1000 + Math.trunc(time.nanos / 1e6));
  return Number.isNaN(date.getTime()) ? null : date;
}

/** A time in JSON, such as `2026-11-25T00:50:57Z`; null where it is none. */
export function parseTime(value: unknown): Date | null {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT/.test(value)) return null;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** An object of JSON; an empty one where it is none. */
export function parseJsonFields(bytes: Uint8Array): JsonObject {
  try {
    return toObject(JSON.parse(Buffer.from(bytes).toString()));
  } catch {
    // the parser's message quotes the text
    return {};
  }
}

/** More elements than a record of etcd has room for: 1.5 MiB. */
export const MOST_ELEMENTS = 2 ** 20;

/** A string; an empty one where it is none. */
export function asText(value: unknown): string {
  return toText(value) ?? '';
}

/** The elements of an array, those that are no objects as empty ones. */
export function asObjects(value: unknown): JsonObject[] {
  return toArray(value, MOST_ELEMENTS).map(toObject);
}
