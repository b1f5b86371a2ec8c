import type { KnownSecret } from '../known-secret.ts';

/** Adds what overwrites the values of all versions. */
export function toKnown(content: Omit<KnownSecret, typeof Symbol.dispose>): KnownSecret {
  return {
    ...content,
    [Symbol.dispose](): void {
      for (const { data } of content.versions) for (const value of data.values()) value.fill(0);
    },
  };
}
