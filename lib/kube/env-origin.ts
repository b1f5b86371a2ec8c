import { type BundleVariable, parseVariable } from './bundle-config.ts';
import type { CriContainerInfo } from './cri-records.ts';

/** Who set a variable of a container: what kubelet sent, the image, the runtime by itself. */
export type VariableOrigin = 'pod' | 'image' | 'runtime' | 'unknown';

/** A variable, and who set it. */
export interface AttributedVariable extends BundleVariable {
  /** `unknown`: what is known of kubelet, image and runtime does not tell. */
  readonly origin: VariableOrigin;
}

/** What runtimes set without being asked, and which values; null: any. */
const OF_RUNTIMES: ReadonlyMap<string, string | null> = new Map([
  ['HOSTNAME', null],
  ['TERM', 'xterm'],
  ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
]);

type Values = ReadonlyMap<string, Buffer>;

/** Names as latin1, which keeps all bytes. The last of several values counts. */
function byName(variables: readonly BundleVariable[]): Values {
  return new Map(variables.map(({ name, value }) => [(name ?? Buffer.alloc(0)).toString('latin1'), value]));
}

/** A runtime that takes values for bytes shows them in base64. */
function isValue(sent: Buffer, value: Buffer): boolean {
  return sent.equals(value) || Buffer.from(sent.toString('latin1'), 'base64').equals(value);
}

function isOfRuntime(name: string, value: Buffer, terminal: boolean | null): boolean {
  const usual = OF_RUNTIMES.get(name);
  if (usual === undefined || (name === 'TERM' && terminal !== true)) return false;
  return usual === null || usual === value.toString('latin1');
}

/** What is known of who set variables; null what is not. */
interface Setters {
  readonly sent: Values | null;
  readonly image: Values | null;
  readonly terminal: boolean | null;
}

function originOf(name: string, value: Buffer, { sent, image, terminal }: Setters): VariableOrigin {
  const bySender = sent?.get(name);
  if (bySender !== undefined && isValue(bySender, value)) return 'pod';
  if (image?.get(name)?.equals(value) === true) return 'image';
  // else somebody has changed it on the way: a hook of the runtime, or a plugin
  const added = sent !== null && image !== null && bySender === undefined && !image.has(name);
  return added && isOfRuntime(name, value, terminal) ? 'runtime' : 'unknown';
}

/**
 * Tells, for each variable that a container was to be started with, who set it: the pod (what kubelet sent, Secrets among it),
 * the image, or the runtime. Null where the runtime does not say with which.
 *
 * `image`: as `Cri.imageEnvironment` gives it; null where it is not known. Without it, and with a runtime that does not say what
 * kubelet sent (CRI-O), more is unknown. A variable that pod and image both set can be there twice, of which the
 * later, the pod's, counts. What was no UTF-8 reached the
 * runtime's answer as U+FFFD, and is compared so.
 *
 * Source: containerd, internal/cri/server/container_create.go, pkg/oci/spec_opts.go; cri-o, server/container_create_linux.go.
 */
export function attributeEnvironment(
  { sent, environment, terminal }: CriContainerInfo,
  image: readonly string[] | null = null,
): AttributedVariable[] | null {
  if (environment === null) return null;
  const setters = { sent: sent && byName(sent), image: image && byName(image.map(parseVariable)), terminal };
  return environment.map(({ name, value }) => {
    return { name, value, origin: name === null ? 'unknown' : originOf(name.toString('latin1'), value, setters) };
  });
}
