import { toObject, toTextMap } from '../document/json.ts';
import { MOST_ELEMENTS, parseJsonFields } from './kubernetes/fields.ts';
import type { ManagedFields, ObjectMeta } from './kubernetes/objects.ts';

/** Where `kubectl apply` keeps what it was given. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The values of a Secret that `kubectl apply` was last given, by their keys; none where it was given none. They are secret. */
export function lastAppliedValues({ annotations }: ObjectMeta): Map<string, Buffer> {
  const text = annotations.get(LAST_APPLIED);
  if (text === undefined) return new Map();
  const { data, stringData } = parseJsonFields(Buffer.from(text));
  const encoded = [...toTextMap(data, MOST_ELEMENTS)].map(([key, one]) => [key, Buffer.from(one, 'base64')] as const);
  const plain = [...toTextMap(stringData, MOST_ELEMENTS)].map(([key, one]) => [key, Buffer.from(one)] as const);
  return new Map([...encoded, ...plain]);
}

function ownsAnnotation({ fields }: ManagedFields): boolean {
  const { 'f:annotations': annotations } = toObject(fields['f:metadata']);
  return Object.hasOwn(toObject(annotations), `f:${LAST_APPLIED}`);
}

/** Who ran `kubectl apply` last, by managedFields; null where they do not say. */
export function lastApplier({ managedFields }: ObjectMeta): ManagedFields | null {
  return managedFields.find(ownsAnnotation) ?? null;
}
