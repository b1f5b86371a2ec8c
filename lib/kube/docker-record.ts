import { toObject, toText } from '../document/json.ts';
import { type BundlePod, podByLabels } from './bundle-config.ts';
import { isContainerId } from './bundle.ts';
import type { Finding } from './finding.ts';
import { readHostFile } from './host-file.ts';
import { parseObject } from './json.ts';

const MOST_BYTES = 2 ** 24;
const NAME =
  /^\/k8s_([a-z0-9-]{1,63}|POD)_([a-z0-9.-]{1,253})_([a-z0-9-]{1,63})_([0-9a-f-]{32,36})_[0-9]+(?:_[0-9a-z]+)?$/;

/** What docker's record of a container says of its pod. */
export interface DockerRecord {
  /** Null where there is no record, or the container is of no pod. */
  readonly pod: BundlePod | null;
  /** There is a record: it is docker's. */
  readonly exists: boolean;
  /** What was wrong on the way. */
  readonly findings: readonly Finding[];
}

/** By the name that kubelet's side gave it: labels come with an image, too. */
function podByName(record: Readonly<Record<string, unknown>>): BundlePod | null {
  const match = NAME.exec(toText(record['Name']) ?? '');
  if (match === null) return null;
  const [, name = '', podName = '', namespace = '', podUid = ''] = match;
  const { Labels, Image } = toObject(record['Config']);
  const sandbox = name === 'POD';
  return {
    ...podByLabels(() => null),
    podUid,
    namespace,
    podName,
    containerName: sandbox ? null : name,
    containerType: sandbox ? 'sandbox' : 'container',
    sandboxId: sandbox ? null : toText(toObject(Labels)['io.kubernetes.sandbox.id']),
    image: toText(Image),
  };
}

/**
 * Reads `containers/<id>/config.v2.json` of docker: its bundles have no annotations of pods, but cri-dockerd and dockershim
 * name their containers `k8s_<container>_<pod>_<namespace>_<uid>_<attempt>`.
 *
 * It never rejects. Source: cri-dockerd, core/naming.go.
 */
export async function readDockerRecord(containerId: string, directories: readonly string[]): Promise<DockerRecord> {
  const findings: Finding[] = [];
  if (!isContainerId(containerId)) return { pod: null, exists: false, findings };
  for (const directory of directories) {
    const path = `${directory}/containers/${containerId}/config.v2.json`;
    const { bytes, finding } = await readHostFile(path, MOST_BYTES);
    if (finding !== null) findings.push(finding);
    if (bytes === null) continue;
    const parsed = parseObject(bytes, path);
    if (parsed.finding !== null) findings.push(parsed.finding);
    if (parsed.value !== null) return { pod: podByName(parsed.value), exists: true, findings };
  }
  return { pod: null, exists: false, findings };
}
