/** What a report of the addon is about. `look`: it takes a look that can wait. `mounts`: the mount table has changed. */
export const NEWS = { same: 0, read: 1, absent: 2, look: 3, exited: 4, mounts: 5 } as const;

/** Bits of a report's flags. */
export const FLAG = { overflowed: 1, replaced: 2, heard: 4, truncated: 8, differs: 16 } as const;
