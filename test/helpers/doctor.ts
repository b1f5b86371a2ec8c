/** Names of all checks of `podprobe doctor`, in their order. */
export const checkNames = [
  'kernel',
  'mapping query',
  'other processes',
  'exec',
  'yama',
  'hidepid',
  'files of containers',
  'live environment',
] as const;
