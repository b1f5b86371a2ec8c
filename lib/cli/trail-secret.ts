import { TargetError, UsageError } from '../errors.ts';
import { describeFinding, type Finding } from '../kube/finding.ts';
import type { PodList } from '../kube/pod-list.ts';
import type { ClusterView } from '../trail/cluster.ts';
import type { KnownSecret } from '../trail/known-secret.ts';
import { readSecretFromManifest } from '../trail/truth/from-manifest.ts';
import { type PodVolumePlace, readSecretFromVolume, volumesOfSecret } from '../trail/truth/from-volume.ts';
import type { SecretName } from '../trail/truth/secret-name.ts';
import { knownValues, mergeKnown } from '../trail/truth/values.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import type { OutputOptions } from './output.ts';
import type { ClusterRecord } from './trail-record.ts';

/** Of a value of a Secret; Kubernetes' own limit for all of them. */
const LONGEST_VALUE = 2 ** 20;
const NAME = /^([a-z0-9-]{1,63})\/([a-z0-9.-]{1,253})$/;

/** Reads `NAMESPACE/SECRET`. */
export function parseSecretName(text: string): SecretName {
  const [, namespace, name] = NAME.exec(text) ?? [];
  if (namespace === undefined || name === undefined)
    throw new UsageError('secret', `must be NAMESPACE/SECRET, not '${text}'`);
  return { namespace, name };
}

/** The value of `--value-from-stdin KEY`, without the end of its last line. */
export async function readGivenValue(options: OutputOptions): Promise<ReadonlyMap<string, Buffer> | null> {
  const { valueFromStdin: key } = options;
  if (typeof key !== 'string') return null;
  if (process.stdin.isTTY) throw new UsageError('--value-from-stdin', 'wants the value through a pipe or a file');
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    if (chunks.reduce((sum, { length }) => sum + length, 0) > LONGEST_VALUE)
      throw new UsageError('--value-from-stdin', `must be given at most ${LONGEST_VALUE} bytes`);
  }
  const all = Buffer.concat(chunks);
  for (const chunk of chunks) chunk.fill(0);
  const value = all.subarray(0, all.at(-1) === 0x0a ? -1 : undefined);
  if (value.length === 0) throw new UsageError('--value-from-stdin', 'was given nothing');
  return new Map([[key, value]]);
}

/** The volume that `--from-volume NAMESPACE/POD/VOLUME` names. */
function placeOf(text: string, { pods }: PodList): PodVolumePlace {
  const [namespace, name, volume, ...more] = text.split('/');
  if (volume === undefined || more.length > 0)
    throw new UsageError('--from-volume', `must be NAMESPACE/POD/VOLUME, not '${text}'`);
  const pod = pods.find((one) => one.namespace === namespace && one.name === name);
  if (pod === undefined)
    throw new TargetError('ERR_TARGET_UNKNOWN', `no pod '${namespace}/${name}' runs on this node`, []);
  return { podUid: pod.uid, volume };
}

/** Where the versions of a Secret may come from. */
export interface SecretSources {
  readonly record: ClusterRecord | null;
  readonly cluster: ClusterView;
  readonly pods: PodList;
  /** Why there is no record. */
  readonly findings: readonly Finding[];
}

/** Where the record does not give the Secret, a volume of it may. */
async function readRecorded(name: SecretName, { record, cluster, findings }: SecretSources): Promise<KnownSecret> {
  if (record === null) {
    const reasons = findings.map(describeFinding).join('; ');
    const cure = 'give --endpoints, --from, --from-volume or --value-from-stdin';
    const message = `nobody tells what the Secret ${name.namespace}/${name.name} holds (${reasons}): ${cure}`;
    throw new TargetError('ERR_TARGET_UNKNOWN', message, []);
  }
  try {
    return await record.readSecret(name);
  } catch (error) {
    const places = volumesOfSecret(cluster, name);
    const code: number = exitCodeOf(error);
    // denied, or encrypted with a key that is not known
    if (places.length === 0 || (code !== EXIT.denied && code !== EXIT.incomplete)) throw error;
    const known = await readSecretFromVolume(name, places);
    const finding = {
      code: 'unreadable-record',
      message: `volumes told in place of the record: ${(error as Error).message}`,
    };
    return { ...known, findings: [finding, ...known.findings] };
  }
}

/** The files of `--from`; none where it was not given. */
export function manifestsOf({ from }: OutputOptions): readonly string[] {
  return from === undefined ? [] : [from].flat().map(String);
}

/** What the last of the manifests says is current, what those before say are older ones. */
async function readManifests([first = '', ...later]: readonly string[], name: SecretName): Promise<KnownSecret> {
  let known = await readSecretFromManifest(first, name);
  for (const path of later) known = mergeKnown(await readSecretFromManifest(path, name), known);
  return known;
}

async function readTruth(name: SecretName, sources: SecretSources, options: OutputOptions): Promise<KnownSecret> {
  const { fromVolume } = options;
  const manifests = manifestsOf(options);
  if (manifests.length > 0) return readManifests(manifests, name);
  if (typeof fromVolume === 'string') return readSecretFromVolume(name, [placeOf(fromVolume, sources.pods)]);
  return readRecorded(name, sources);
}

/**
 * The versions of a Secret, by whom the options name, else by the record; `given` adds an old one. `name` is null where only
 * values were given.
 */
export async function readKnown(
  name: SecretName | null,
  given: ReadonlyMap<string, Buffer> | null,
  sources: SecretSources,
  options: OutputOptions,
): Promise<KnownSecret> {
  // each look overwrites the values that it had
  const older = given === null ? null : new Map([...given].map(([key, value]) => [key, Buffer.from(value)]));
  if (name === null) return knownValues(older ?? new Map());
  const isTold = sources.record !== null || options['from'] !== undefined || options['fromVolume'] !== undefined;
  if (!isTold && older !== null) return knownValues(older, name);
  const known = await readTruth(name, sources, options);
  return older === null ? known : mergeKnown(known, knownValues(older, name));
}
