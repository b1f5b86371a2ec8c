import { UsageError } from '../errors.ts';

/** @internal What a TARGET names. */
export type TargetName =
  | { readonly kind: 'process'; readonly pid: number }
  | { readonly kind: 'pod'; readonly namespace: string; readonly pod: string; readonly container: string | null }
  | { readonly kind: 'id'; readonly prefix: string };

/** All that Linux gives: PID_MAX_LIMIT is 2^22. */
const PID = /^[1-9]\d{0,6}$/;
const ID = /^[0-9a-f]{8,64}$/;
const LABEL = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
const SUBDOMAIN = '[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?';
const POD = new RegExp(`^(${LABEL})/(${SUBDOMAIN})(?:/(${LABEL}))?$`);

/** @internal Null for what is none: the names are those that Kubernetes takes (RFC 1123). */
export function parseTargetName(text: string): TargetName | null {
  if (PID.test(text)) return { kind: 'process', pid: Number(text) };
  if (ID.test(text)) return { kind: 'id', prefix: text };
  const [, namespace, pod, container = null] = POD.exec(text) ?? [];
  return namespace === undefined || pod === undefined ? null : { kind: 'pod', namespace, pod, container };
}

/** @internal The same; throws a UsageError for what is none. */
export function checkTargetName(text: unknown): TargetName {
  const name = typeof text === 'string' ? parseTargetName(text) : null;
  if (name !== null) return name;
  const forms = 'a process id, NAMESPACE/POD[/CONTAINER], or 8 or more digits of a container id';
  throw new UsageError('target', `must be ${forms}, not '${String(text)}'`);
}
