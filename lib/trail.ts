import { type ClusterView, NO_CLUSTER } from './trail/cluster.ts';
import { eraseExpected, expectContainers } from './trail/expect/containers.ts';
import { judge } from './trail/judge/judge.ts';
import { joinRequests } from './trail/joined-request.ts';
import type { KnownSecret } from './trail/known-secret.ts';
import { toScanRequest } from './trail/request.ts';
import { scanNode, type ScanOptions } from './trail/scan.ts';
import { listNodeProcesses } from './trail/scan/node-processes.ts';
import type { Trail } from './trail/trail-result.ts';

/** How to follow a Secret. */
export interface TrailOptions extends ScanOptions {
  /** Which pods ask for it, as `readClusterFromEtcd` or `readClusterFromApi` tell. Default: nobody knows. */
  readonly cluster?: ClusterView;
  /** What could not be read counts wherever it is, not only where a pod asks for the Secret. Default: false. */
  readonly strict?: boolean;
}

/**
 * Follows several Secrets at once, as {@link trail} follows one: the node is scanned once. The trails are in the order of
 * `secrets`.
 */
export async function trails(secrets: readonly KnownSecret[], options: TrailOptions = {}): Promise<Trail[]> {
  const { cluster = NO_CLUSTER, strict = false, ...scanOptions } = options;
  const { signal, stateDirectories = {} } = options;
  const node = options.node ?? (await listNodeProcesses({ stateDirectories, ...(signal && { signal }) }));
  const cases = secrets.map((known) => {
    const expected = expectContainers(known, cluster);
    return { known, expected, asked: toScanRequest(known, expected, node.pods) };
  });
  try {
    const { request, split } = joinRequests(cases.map(({ asked }) => asked));
    const scans = split(await scanNode(request, { ...scanOptions, node }));
    return scans.map((scan, i) =>
      judge({ ...(cases[i] as (typeof cases)[0]), cluster, scan, pods: node.pods, strict }),
    );
  } finally {
    for (const { expected } of cases) eraseExpected(expected);
  }
}

/**
 * Follows a Secret to every process of this node that holds a version of it, and tells of each holder which version that is, by
 * value: in the environment that its container was given, that it was started with, that it uses now; in mounted volumes and
 * parts of them; in files that it has open; in its command line; also where nothing asked for it.
 *
 * The node is not changed, and no process is stopped. Reads are done by a child that is killed when it is kept waiting: that
 * costs a row, which is then in `unread`.
 *
 * Errors: as {@link scanNode}. Whatever else could not be read is in the answer: `judgeGate` tells whether it proves anything.
 * Race: as {@link scanNode}: one look. Look again before old values are given up.
 */
export async function trail(secret: KnownSecret, options: TrailOptions = {}): Promise<Trail> {
  const [only] = await trails([secret], options);
  return only as Trail;
}
