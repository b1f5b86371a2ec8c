import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { UsageError } from '../errors.ts';
import type { Finding } from '../kube/finding.ts';
import type { PodList } from '../kube/pod-list.ts';
import { trailHtml } from '../report/trail-html.ts';
import { trailDocument } from '../report/trail-json.ts';
import { waitProgress } from '../report/trail-progress.ts';
import { trailText } from '../report/trail-text.ts';
import { trail } from '../trail.ts';
import { type ClusterView, NO_CLUSTER } from '../trail/cluster.ts';
import { judgeGate } from '../trail/gate.ts';
import { listNodeProcesses } from '../trail/scan/node-processes.ts';
import type { Trail } from '../trail/trail-result.ts';
import { readClusterFromManifests } from '../trail/truth/cluster-from-manifest.ts';
import type { SecretName } from '../trail/truth/secret-name.ts';
import { toDisclosure } from './disclosure.ts';
import { parseDuration } from './duration.ts';
import { EXIT } from './exit-code.ts';
import { type OutputOptions, print, printJson, terminalStyle } from './output.ts';
import { ProgressLine } from './progress-line.ts';
import { toScanOptions } from './trail-options.ts';
import { type ClusterRecord, openRecord } from './trail-record.ts';
import { manifestsOf, parseSecretName, readGivenValue, readKnown } from './trail-secret.ts';
import { waitUntilClear, watchNode } from './trail-wait.ts';
import { version } from './version.ts';

const EXITS = { clear: EXIT.done, stale: EXIT.found, unproved: EXIT.incomplete } as const;

/** Looks at one Secret again and again; keeps what record it has found. */
class Follower implements AsyncDisposable {
  readonly #name: SecretName | null;
  readonly #given: ReadonlyMap<string, Buffer> | null;
  readonly #options: OutputOptions;
  readonly #progress: ProgressLine;
  #record: ClusterRecord | null = null;
  #findings: readonly Finding[] = [];
  #isOpen = false;

  constructor(
    name: SecretName | null,
    given: ReadonlyMap<string, Buffer> | null,
    options: OutputOptions,
    progress: ProgressLine,
  ) {
    this.#name = name;
    this.#given = given;
    this.#options = options;
    this.#progress = progress;
  }

  readonly look = async (): Promise<Trail> => {
    const scanOptions = toScanOptions(this.#options, this.#progress);
    const { stateDirectories = {} } = scanOptions;
    const node = await listNodeProcesses({ stateDirectories });
    using cluster = await this.#readCluster(node.pods);
    const sources = { record: this.#record, cluster, pods: node.pods, findings: this.#findings };
    const known = await readKnown(this.#name, this.#given, sources, this.#options);
    try {
      const found = await trail(known, { ...scanOptions, cluster, node });
      this.#progress.clear();
      return { ...found, findings: [...this.#findings, ...found.findings] };
    } catch (error) {
      known[Symbol.dispose]();
      throw error;
    }
  };

  async #readCluster(pods: PodList): Promise<ClusterView> {
    const look = (record: ClusterRecord) => record.readCluster(pods, this.#name);
    if (this.#isOpen && this.#record !== null) return look(this.#record);
    if (!this.#isOpen) {
      const { record, cluster, findings } = await openRecord(this.#options, look);
      [this.#record, this.#findings, this.#isOpen] = [record, findings, true];
      if (cluster !== null) return cluster;
    }
    const manifests = manifestsOf(this.#options);
    return manifests.length === 0 ? NO_CLUSTER : readClusterFromManifests(manifests, pods);
  }

  readonly changes = (signal: AbortSignal): AsyncIterable<unknown>[] => {
    const ofSecret = this.#name === null ? undefined : this.#record?.watchSecret?.(this.#name, signal);
    return [watchNode(signal), ...(ofSecret === undefined ? [] : [ofSecret])];
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#record?.[Symbol.asyncDispose]();
  }
}

function writePage(path: string, found: Trail, options: OutputOptions): void {
  const context = { made: new Date(), node: hostname(), version: version() };
  try {
    writeFileSync(path, trailHtml(found, toDisclosure({ ...options, reveal: false }), context), { mode: 0o600 });
  } catch (cause) {
    throw new UsageError('--report', `cannot be written: ${(cause as Error).message}`);
  }
}

function checkOptions(name: string | undefined, options: OutputOptions): void {
  if (name === undefined && options['valueFromStdin'] === undefined)
    throw new UsageError('secret', 'NAMESPACE/SECRET, --all or --value-from-stdin KEY must be given');
  const truths = ['from', 'fromVolume'].filter((one) => options[one] !== undefined);
  if (name === undefined && truths.length > 0) throw new UsageError('secret', 'must be named, as NAMESPACE/SECRET');
  if (truths.length > 1) throw new UsageError('--from', 'and --from-volume cannot both be given');
}

/** `podprobe trail`. */
export async function runTrail(text: string | undefined, options: OutputOptions): Promise<number> {
  if (options['all'] === true) return (await import('./trail-all.ts')).runTrailAll(text, options);
  checkOptions(text, options);
  const { wait, report } = options;
  const name = text === undefined ? null : parseSecretName(text);
  const patience = typeof wait === 'string' ? parseDuration('--wait', wait) : 0;
  const disclosure = toDisclosure(options);
  const progress = new ProgressLine();
  await using follower = new Follower(name, await readGivenValue(options), options, progress);
  const found = await waitUntilClear({
    patience,
    look: follower.look,
    isClear: (seen) => judgeGate(seen).gate === 'clear',
    changes: patience === 0 ? () => [] : follower.changes,
    onTick: ({ summary }, sinceLook, left) => {
      if (patience > 0) progress.log(waitProgress({ stale: summary.verdicts.stale, sinceLook, left }));
    },
  });
  progress.clear();
  using _ = found.secret;
  if (typeof report === 'string') writePage(report, found, options);
  if (options['json'] === true) printJson(trailDocument(found, disclosure));
  else print(trailText(found, disclosure, terminalStyle()));
  return EXITS[judgeGate(found).gate];
}
