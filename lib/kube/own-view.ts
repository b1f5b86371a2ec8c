import { readProcLink } from './proc-file.ts';

/** Number of the first control group namespace: PROC_CGROUP_INIT_INO. */
const INITIAL_CGROUP_NAMESPACE = 'cgroup:[4026531835]';

/** @internal This process is in the first control group namespace: `/` is the root of all groups. */
export async function seesAllGroups(): Promise<boolean> {
  const cgroup = await readProcLink(process.pid, 'ns/cgroup');
  return cgroup === null || cgroup === INITIAL_CGROUP_NAMESPACE;
}
