import { TargetError, UsageError } from '../errors.ts';
import { type EtcdClient, openEtcd } from '../etcd/client.ts';
import { type HistoryOptions, readRecordHistory, type RecordHistory, watchRecord } from '../etcd/history.ts';
import type { Disclosure } from '../report/entry.ts';
import { etcdHistoryDocument, etcdHistoryText, etcdVersionDocument, etcdVersionLines } from '../report/etcd-history.ts';
import { toDisclosure } from './disclosure.ts';
import { reachRecords } from './etcd-reader.ts';
import { parseRecord, toDecodeOptions, toKey } from './etcd-record.ts';
import { EXIT } from './exit-code.ts';
import { parseMilliseconds } from './number.ts';
import { type OutputOptions, print, printJson, printLine, terminalStyle, toJsonLine } from './output.ts';

async function follow(
  client: EtcdClient,
  key: string,
  history: RecordHistory,
  disclosure: Disclosure,
  options: HistoryOptions & { readonly json: boolean },
): Promise<void> {
  try {
    for await (const version of watchRecord(client, key, history, options)) {
      if (options.json) await printLine(toJsonLine(etcdVersionDocument(key, version, disclosure)));
      else print(etcdVersionLines(version, disclosure, terminalStyle()));
    }
  } catch (error) {
    if (options.signal?.aborted !== true) throw error;
  }
}

function interruption(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

/** `podprobe etcd history`. */
export async function runEtcdHistory(words: readonly string[], options: OutputOptions): Promise<number> {
  if (options['from'] !== undefined) throw new UsageError('--from', 'has one revision only: a history needs an etcd');
  const disclosure = toDisclosure(options);
  const named = parseRecord(words);
  const [json, watch] = [options['json'] === true, options['watch'] === true];
  const timeout = parseMilliseconds('--timeout', options['timeout']);
  const { connection, storage } = await reachRecords(options);
  const decodeOptions = toDecodeOptions(options, storage);
  const key = toKey(named, storage.prefix);
  await using client = await openEtcd(connection, { timeout });
  const history = await readRecordHistory(client, key, decodeOptions);
  if (history.versions.length === 0 && !watch)
    throw new TargetError(
      'ERR_TARGET_UNKNOWN',
      `no key '${key}' in ${client.source}, and none was deleted of late`,
      [],
    );
  if (!json) print(etcdHistoryText(history, disclosure, terminalStyle()));
  else if (!watch) printJson(etcdHistoryDocument(key, history, disclosure));
  else
    for (const version of history.versions) await printLine(toJsonLine(etcdVersionDocument(key, version, disclosure)));
  if (watch) await follow(client, key, history, disclosure, { ...decodeOptions, signal: interruption(), json });
  return history.versions.some(({ record }) => record?.problem != null) ? EXIT.incomplete : EXIT.done;
}
