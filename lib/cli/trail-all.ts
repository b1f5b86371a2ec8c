import { TargetError, UsageError } from '../errors.ts';
import { describeFinding, type Finding } from '../kube/finding.ts';
import { trailSummaryDocument, trailSummaryText } from '../report/trail-summary.ts';
import { trails } from '../trail.ts';
import type { ClusterView } from '../trail/cluster.ts';
import { referencesOf } from '../trail/expect/references.ts';
import { type GateAnswer, judgeGate } from '../trail/gate.ts';
import type { KnownSecret } from '../trail/known-secret.ts';
import { listNodeProcesses } from '../trail/scan/node-processes.ts';
import type { SecretName } from '../trail/truth/secret-name.ts';
import { complainOf } from './complaint.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import { type OutputOptions, print, printJson, terminalStyle } from './output.ts';
import { ProgressLine } from './progress-line.ts';
import { toScanOptions } from './trail-options.ts';
import { type ClusterRecord, openRecord } from './trail-record.ts';

const OF_ONE = ['from', 'fromVolume', 'valueFromStdin', 'wait', 'report'];

function namesIn({ pods }: ClusterView): SecretName[] {
  const names = pods.flatMap((pod) =>
    referencesOf(pod).map((name) => JSON.stringify({ namespace: pod.metadata.namespace, name })),
  );
  return [...new Set(names)].toSorted().map((text) => JSON.parse(text) as SecretName);
}

/** One that is not there, as an optional one may be, or may not be read, leaves the others. */
async function readSecrets(
  names: readonly SecretName[],
  record: ClusterRecord,
): Promise<{ secrets: KnownSecret[]; findings: Finding[] }> {
  const secrets: KnownSecret[] = [];
  const findings: Finding[] = [];
  for (const name of names) {
    try {
      secrets.push(await record.readSecret(name));
    } catch (error) {
      if (exitCodeOf(error) === EXIT.bug) throw error;
      findings.push({ code: 'unread-secret', message: (error as Error).message });
    }
  }
  return { secrets, findings };
}

function toExit(gates: readonly GateAnswer['gate'][], findings: readonly Finding[]): number {
  if (gates.includes('stale')) return EXIT.found;
  return gates.includes('unproved') || findings.length > 0 ? EXIT.incomplete : EXIT.done;
}

/** `podprobe trail --all`. */
export async function runTrailAll(named: string | undefined, options: OutputOptions): Promise<number> {
  const other = OF_ONE.find((one) => options[one] !== undefined);
  if (named !== undefined || other !== undefined)
    throw new UsageError('--all', 'is for all Secrets: leave out what is of one');
  const progress = new ProgressLine();
  const scanOptions = toScanOptions(options, progress);
  const { stateDirectories = {} } = scanOptions;
  const node = await listNodeProcesses({ stateDirectories });
  const opened = await openRecord(options, (record) => record.readCluster(node.pods, null));
  await using record = opened.record;
  using cluster = opened.cluster;
  if (record === null || cluster === null) {
    const reasons = opened.findings.map(describeFinding).join('; ');
    throw new TargetError(
      'ERR_TARGET_UNKNOWN',
      `nobody tells which Secrets the pods of this node use (${reasons})`,
      [],
    );
  }
  const { secrets, findings } = await readSecrets(namesIn(cluster), record);
  try {
    const found = await trails(secrets, { ...scanOptions, cluster, node });
    progress.clear();
    complainOf([...opened.findings, ...findings]);
    if (options['json'] === true) printJson(trailSummaryDocument({ trails: found }));
    else print(trailSummaryText({ trails: found }, terminalStyle()));
    return toExit(
      found.map((one) => judgeGate(one).gate),
      findings,
    );
  } finally {
    for (const secret of secrets) secret[Symbol.dispose]();
  }
}
