// What the scripts beside this one share: one JSON document a line, and an exit code.
import { SystemError } from 'podprobe';

/** 0 nothing was found; 1 something was; 5 something could not be seen, so that nobody knows. */
export type Code = 0 | 1 | 5;

/** Text that processes chose does not reach a terminal as escape sequences. */
function plain(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Prints what was found. Names are cut after 500 characters; one that someone made of a value of `secrets` is null. */
export function print(document: object, secrets: readonly Buffer[] = []): void {
  const tell = (_: string, value: unknown): unknown => {
    if (typeof value !== 'string') return value;
    return secrets.some((secret) => value.includes(`${secret}`)) ? null : value.slice(0, 500);
  };
  console.log(plain(JSON.stringify(document, tell)));
}

/** Tells what is not known, and why. */
export function doubt(message: string): Code {
  console.error(plain(message));
  return 5;
}

/** Namespace, pod and container, or whatever of it is known; null where nothing is. */
export function nameOf(...parts: readonly (string | null | undefined)[]): string | null {
  return parts.filter(Boolean).join('/') || null;
}

/** Found counts before not known. */
export function worst(codes: Iterable<Code>): Code {
  const all = new Set(codes);
  return all.has(1) ? 1 : all.has(5) ? 5 : 0;
}

/** Looks at each in turn: one that cannot be looked at costs its own row, and who has exited holds nothing. */
export async function examineAll<Item>(items: readonly Item[], examine: (item: Item) => Promise<Code>): Promise<Code> {
  const codes = new Set<Code>();
  for (const item of items) {
    const code = await examine(item).catch((error: unknown) => {
      if (!(error instanceof SystemError)) throw error;
      return error.code === 'ESRCH' ? 0 : doubt(error.message);
    });
    codes.add(code);
  }
  return worst(codes);
}

/** Ends the script with the code that it came to; 5 where it failed. */
export async function answer(script: () => Promise<Code>): Promise<void> {
  process.exitCode = await script().catch((error: unknown) => doubt(String(error)));
}
