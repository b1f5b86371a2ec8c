import { UsageError } from '../errors.ts';
import type { EtcdPage, EtcdReader } from '../etcd/record.ts';
import { KeyCount, keyDocument, keyText, KeyTree } from '../report/etcd-keys.ts';
import { complain } from './complaint.ts';
import { openReader } from './etcd-reader.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import { type OutputOptions, print, printJson, printLine, terminalStyle, toJsonLine } from './output.ts';

type Show = (page: EtcdPage) => string[];

function chooseLines(options: OutputOptions): Show {
  if (options['json'] === true) return ({ records }) => records.map((record) => toJsonLine(keyDocument(record)));
  if (options['tree'] !== true) return ({ records }) => records.map(keyText);
  const tree = new KeyTree();
  return ({ records }) => records.flatMap((record) => tree.lines(record));
}

async function list(reader: EtcdReader, prefix: string, options: OutputOptions): Promise<number> {
  const show = chooseLines(options);
  for await (const page of reader.pages(prefix, { keysOnly: true })) {
    const lines = show(page);
    if (lines.length > 0) await printLine(lines.join('\n'));
  }
  return EXIT.done;
}

/** A count of a part is told to be one. */
async function countAll(reader: EtcdReader, prefix: string, options: OutputOptions): Promise<number> {
  const sums = new KeyCount();
  let revision: bigint | null = null;
  let code: number = EXIT.done;
  try {
    for await (const page of reader.pages(prefix, { keysOnly: true })) {
      revision = page.revision;
      for (const record of page.records) sums.add(record);
    }
  } catch (error) {
    if (revision === null) throw error;
    complain(error);
    code = exitCodeOf(error);
  }
  if (options['json'] === true) printJson(sums.document(prefix, revision, code === EXIT.done));
  else print(sums.text(terminalStyle()));
  return code;
}

/** `podprobe etcd keys`. */
export async function runEtcdKeys(prefix: string, options: OutputOptions): Promise<number> {
  if (options['tree'] === true && (options['count'] === true || options['json'] === true))
    throw new UsageError('--tree', 'goes with neither --count nor --json');
  await using reader = await openReader(options);
  return await (options['count'] === true ? countAll : list)(reader, prefix, options);
}
