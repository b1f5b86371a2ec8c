/** What node:fs and the library say of a process, or a part of it, that is no longer there. */
export function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH');
}

/** What a look gives; null where there is nothing any more. */
export function unlessGone<Value>(look: () => Value): Value | null {
  try {
    return look();
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}
