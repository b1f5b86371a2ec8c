import { type GoFlags, lastValue } from './go-flags.ts';

/** Flags of a program that were given in one place. */
export interface FlagLayer<Source extends string> {
  readonly flags: GoFlags;
  readonly source: Source;
  /** The file they are in, as the program sees it; null for the command line. */
  readonly path: string | null;
}

/** What a flag says; null where it was not given. Of layers with the same flag the last counts. */
export function findFlag<Source extends string>(
  layers: readonly FlagLayer<Source>[],
  name: string,
): { value: string; source: Source; path: string | null } | null {
  for (const { flags, source, path } of [...layers].reverse()) {
    const value = lastValue(flags, name);
    if (value !== null) return value === '' ? null : { value, source, path };
  }
  return null;
}
