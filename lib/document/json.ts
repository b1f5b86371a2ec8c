/** An object of JSON whose members may be of any type. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Nothing but an object is one. */
export function toObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** The elements of an array, at most so many. */
export function toArray(value: unknown, most: number): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, most) : [];
}

/** A string that is not empty, else null. */
export function toText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The strings of an array, at most so many. */
export function toTexts(value: unknown, most: number): string[] {
  return toArray(value, most).filter((one) => typeof one === 'string');
}

/** The members of an object that are strings, at most so many. */
export function toTextMap(value: unknown, most: number): Map<string, string> {
  const entries = Object.entries(toObject(value)).slice(0, most);
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
