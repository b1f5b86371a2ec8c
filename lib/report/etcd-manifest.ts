import { type JsonObject, toObject } from '../document/json.ts';
import { LAST_APPLIED } from '../etcd/last-applied.ts';

/** No base64: what was redacted cannot be applied by mistake. */
const REDACTED = '***';
/** What could reach a terminal, and YAML would leave as it is. */
const ODD = /[\x7f-\x9f]|\p{Cf}|\p{Zl}|\p{Zp}/u;

function redactMembers(members: unknown): JsonObject | undefined {
  if (members === undefined) return undefined;
  return Object.fromEntries(Object.keys(toObject(members)).map((name) => [name, REDACTED]));
}

/** A Secret or ConfigMap without its values, also those that `kubectl apply` put into an annotation. */
export function redactManifest(manifest: JsonObject): JsonObject {
  const metadata = toObject(manifest['metadata']);
  const annotations = toObject(metadata['annotations']);
  const hidden = Object.hasOwn(annotations, LAST_APPLIED)
    ? { ...metadata, annotations: { ...annotations, [LAST_APPLIED]: REDACTED } }
    : metadata;
  const values = ['data', 'binaryData', 'stringData'].filter((name) => Object.hasOwn(manifest, name));
  const redacted = Object.fromEntries(values.map((name) => [name, redactMembers(manifest[name])]));
  return { ...manifest, metadata: hidden, ...redacted };
}

/** A manifest as YAML, as kubectl lays it out. The package is loaded when it is needed. */
export async function yamlText(manifest: JsonObject): Promise<string> {
  const { Document, visit } = await import('yaml');
  const document = new Document(manifest, { version: '1.1' });
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === 'string' && ODD.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString({ indentSeq: false, lineWidth: 0, directives: false }).trimEnd();
}
