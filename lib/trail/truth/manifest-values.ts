import type { JsonObject } from '../../document/json.ts';
import { UsageError } from '../../errors.ts';

/** As kube-apiserver takes them: Go's encoding leaves out line ends, and wants the padding. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** Source: kubernetes, apimachinery/pkg/util/validation, IsConfigMapKey. */
const KEY = /^[-._a-zA-Z0-9]{1,253}$/;

function decode(key: string, text: string): Buffer | string {
  const bare = text.replace(/[\r\n]/g, '');
  if (BASE64.test(bare)) return Buffer.from(bare, 'base64');
  return `data.${key} is no base64: values in clear belong into stringData`;
}

/** Reads one of the two parts; a text says what is wrong with it, without the value. */
function readPart(part: unknown, name: 'data' | 'stringData'): Map<string, Buffer> | string {
  const values = new Map<string, Buffer>();
  if (part === undefined || part === null) return values;
  if (typeof part !== 'object' || Array.isArray(part)) return `${name} is no object`;
  for (const [key, value] of Object.entries(part)) {
    // what is no key could be a value at the wrong place
    if (!KEY.test(key)) return `${name} has a key that is none: letters, digits, '-', '_' and '.' are allowed`;
    if (value !== null && typeof value !== 'string') return `${name}.${key} is no string: put it in quotes`;
    const bytes = name === 'data' ? decode(key, value ?? '') : Buffer.from(value ?? '');
    if (typeof bytes === 'string') return bytes;
    values.set(key, bytes);
  }
  return values;
}

/** The values of a Secret's manifest, as kube-apiserver makes them: those of `stringData` count before those of `data`. */
export function valuesOfManifest(object: JsonObject, shown: string): Map<string, Buffer> {
  const parts = [readPart(object['data'], 'data'), readPart(object['stringData'], 'stringData')];
  const problem = parts.find((part) => typeof part === 'string');
  if (typeof problem === 'string') throw new UsageError('manifest', `'${shown}' cannot be used: ${problem}`);
  return new Map(parts.flatMap((part) => [...(part as Map<string, Buffer>)]));
}
