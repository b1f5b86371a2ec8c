import { checkBoolean, checkWaitOptions } from '../options.ts';
import type { Process } from '../process.ts';
import { listProcesses } from '../processes.ts';
import type { IdentifyOptions } from './identity.ts';
import type { PodList } from './pod-list.ts';

/** How to list pods. */
export interface ListPodsOptions extends IdentifyOptions {
  /** Also which processes hold secrets: names of variables, and mounted volumes. Default: false. */
  readonly secrets?: boolean;
  /** A process whose mount table is the node's, where kubelet's volumes are. Default: as for `listHostSecretVolumes`. */
  readonly host?: Process | number;
}

/**
 * Lists the pods of this node, their containers and processes, without asking any API, and counts what belongs to none.
 *
 * One pass over /proc; then, for each container, what {@link identifyContainer} looks at, except that mounts are read of one
 * process, and only where the runtime's files do not tell the names. What a container can write outweighs nothing that the
 * host wrote. With `secrets`, environments of processes of containers are read for the names in them; values are overwritten.
 *
 * Errors: `ETIMEDOUT`, `EACCES` for /proc itself; AbortError. What else could not be read is a finding.
 * Race: a process or pod that ends meanwhile is listed as it was seen, or not at all.
 */
export async function listPods(options: ListPodsOptions = {}): Promise<PodList> {
  checkWaitOptions(options);
  const { secrets = false } = options;
  checkBoolean('secrets', secrets);
  const listing = listProcesses(options);
  // what reads the rest takes as long to load as the list does to be read
  const loading = import('./node-survey.ts').then(({ surveyNode }) => surveyNode(listing, options, secrets));
  const [list] = await Promise.all([loading, listing]);
  return list;
}
