import type { KnownSecret } from '../../lib/trail/known-secret.ts';

/** What is known of a Secret, one line a version: its values, its revision, who wrote it, and whether it is current. */
export function versionLines({ versions }: KnownSecret): string[] {
  return versions.map(({ source, revision, current, by, data }) => {
    const values = [...data].map(([key, value]) => `${key}=${value.toString()}`).join(' ');
    return `${source} ${revision ?? '-'} ${values} ${by?.manager ?? '-'}${current ? ' current' : ''}`;
  });
}

/** Codes of its findings. */
export function findingCodes({ findings }: { readonly findings: readonly { readonly code: string }[] }): string[] {
  return findings.map(({ code }) => code);
}

/** Whether all its values are overwritten. */
export function isWiped({ versions }: KnownSecret): boolean {
  return versions.every(({ data }) => [...data.values()].every((value) => value.every((byte) => byte === 0)));
}
