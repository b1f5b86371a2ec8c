import { TargetError, UsageError } from '../errors.ts';
import { type DecodedRecord, decodeRecord } from '../etcd/decode.ts';
import { isConfigMap, isSecret } from '../etcd/kubernetes/objects.ts';
import { toManifest } from '../etcd/manifest.ts';
import { redactManifest, yamlText } from '../report/etcd-manifest.ts';
import { etcdGetDocument } from '../report/etcd-record-json.ts';
import { etcdGetText } from '../report/etcd-record-text.ts';
import { toDisclosure } from './disclosure.ts';
import { openRecords } from './etcd-reader.ts';
import { parseRecord, toDecodeOptions, toKey } from './etcd-record.ts';
import { EXIT } from './exit-code.ts';
import { escapeControls, type OutputOptions, print, printJson, terminalStyle } from './output.ts';

/** As kubectl indents. */
const KUBECTL_INDENT = 4;

/** What kubectl would print; its values only with `--reveal`. */
async function printManifest(record: DecodedRecord, options: OutputOptions): Promise<void> {
  if (record.problem !== null) throw record.problem;
  const manifest = toManifest(record);
  if (manifest === null)
    throw new UsageError(
      '--output',
      'is for Secrets and ConfigMaps, and for what is stored as JSON: of this only the metadata is read',
    );
  const { object } = record;
  if (options['reveal'] !== true && !isSecret(object) && !isConfigMap(object))
    throw new UsageError('--output', 'shows all there is of this kind, values included: give --reveal, too');
  const shown = options['reveal'] === true ? manifest : redactManifest(manifest);
  if (options['output'] === 'json') printJson(shown, KUBECTL_INDENT);
  else print([escapeControls(await yamlText(shown))]);
}

/** `podprobe etcd get`. */
export async function runEtcdGet(words: readonly string[], options: OutputOptions): Promise<number> {
  const disclosure = toDisclosure(options);
  const named = parseRecord(words);
  const { reader: opened, storage } = await openRecords(options);
  await using reader = opened;
  const decodeOptions = toDecodeOptions(options, storage);
  const key = toKey(named, storage.prefix);
  const found = await reader.get(key);
  if (found === null) throw new TargetError('ERR_TARGET_UNKNOWN', `no key '${key}' in ${reader.source}`, []);
  const record = await decodeRecord(found, decodeOptions);
  if (options['output'] !== undefined) await printManifest(record, options);
  else if (options['json'] === true) printJson(etcdGetDocument(record, disclosure));
  else print(etcdGetText(record, disclosure, terminalStyle()));
  return record.problem === null ? EXIT.done : EXIT.incomplete;
}
