import { basename } from 'node:path';
import { parseGoFlags } from '../go-flags.ts';
import { type JsonObject, toArray, toObject, toText, toTexts } from '../../document/json.ts';
import { type EtcdFact, type EtcdFacts, type EtcdRole, gatherEtcdFacts, PATHS, valuedFlags } from './fact.ts';

/** What a manifest of a static pod would start. */
export interface ManifestProgram {
  readonly role: EtcdRole;
  /** Paths are those of the node, where a volume of its files has them; null where none has. */
  readonly facts: EtcdFacts;
}

/** Where distributions keep manifests of static pods: kubeadm and others, rke2. */
export const USUAL_MANIFESTS: readonly string[] = [
  '/etc/kubernetes/manifests',
  '/var/lib/rancher/rke2/agent/pod-manifests',
];

const MOST = 64;
const MOST_WORDS = 1024;
const ROLES: Readonly<Record<string, EtcdRole>> = { 'kube-apiserver': 'apiserver', etcd: 'etcd' };

/** Directories of the container, and what they are on the node; the longest first. */
function readVolumes(spec: JsonObject, container: JsonObject): [inside: string, outside: string][] {
  const paths = new Map<string, string>();
  for (const volume of toArray(spec['volumes'], MOST).map(toObject)) {
    const [name, path] = [toText(volume['name']), toText(toObject(volume['hostPath'])['path'])];
    if (name !== null && path !== null) paths.set(name, path);
  }
  const mounts = toArray(container['volumeMounts'], MOST).map(toObject);
  const pairs = mounts.flatMap((mount): [string, string][] => {
    const outside = paths.get(toText(mount['name']) ?? '');
    const inside = toText(mount['mountPath']);
    const plain = mount['subPath'] === undefined && mount['subPathExpr'] === undefined;
    return outside === undefined || inside === null || !plain ? [] : [[inside.replace(/\/$/, ''), outside]];
  });
  return pairs.sort(([a], [b]) => b.length - a.length);
}

function toNode(fact: EtcdFact | null, volumes: readonly [string, string][]): EtcdFact | null {
  if (fact === null) return null;
  const volume = volumes.find(([inside]) => fact.value === inside || fact.value.startsWith(`${inside}/`));
  if (volume === undefined) return null;
  const [inside, outside] = volume;
  return { ...fact, value: outside.replace(/\/$/, '') + fact.value.slice(inside.length) };
}

/** What a manifest would start of an API server and an etcd; empty for any other pod. */
export function readManifest(manifest: JsonObject, path: string): ManifestProgram[] {
  const spec = toObject(manifest['spec']);
  if (manifest['kind'] !== 'Pod') return [];
  const containers = toArray(spec['containers'], MOST).map(toObject);
  return containers.flatMap((container) => {
    const words = [...toTexts(container['command'], MOST_WORDS), ...toTexts(container['args'], MOST_WORDS)];
    const name = basename(words[0] ?? '');
    const role = Object.hasOwn(ROLES, name) ? ROLES[name] : undefined;
    if (role === undefined) return [];
    const flags = parseGoFlags(words.slice(1), valuedFlags(role));
    const facts = gatherEtcdFacts(role, [{ flags, source: 'manifest', path }], true);
    const volumes = readVolumes(spec, container);
    const paths = Object.fromEntries(PATHS.map((one) => [one, toNode(facts[one], volumes)]));
    return [{ role, facts: { ...facts, ...paths } }];
  });
}
