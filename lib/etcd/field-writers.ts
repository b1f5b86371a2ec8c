import { toObject } from '../document/json.ts';
import type { ManagedFields, ObjectMeta } from './kubernetes/objects.ts';

/** Who wrote something, as it called itself, and when. */
export type FieldWriter = Pick<ManagedFields, 'manager' | 'operation' | 'time'>;

const PARTS = ['f:data', 'f:binaryData'];

function owns({ fields }: ManagedFields, key: string): boolean {
  return PARTS.some((part) => Object.hasOwn(toObject(fields[part]), `f:${key}`));
}

function newest(entries: readonly ManagedFields[]): FieldWriter | null {
  const [last] = entries.toSorted((a, b) => (b.time?.getTime() ?? 0) - (a.time?.getTime() ?? 0));
  return last === undefined ? null : { manager: last.manager, operation: last.operation, time: last.time };
}

/** Who last wrote a key of `data`, by managedFields; null where they do not say. */
export function writerOf({ managedFields }: ObjectMeta, key: string): FieldWriter | null {
  return newest(managedFields.filter((entry) => owns(entry, key)));
}

/** Who last wrote anything of the object itself. */
export function lastWriter({ managedFields }: ObjectMeta): FieldWriter | null {
  return newest(managedFields);
}
