import { readFileSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import { type EncryptionConfiguration, readEncryptionConfiguration } from '../etcd/encryption/configuration.ts';
import type { Finding } from '../kube/finding.ts';
import type { ReachedEtcd } from './etcd-discovery.ts';
import type { OutputOptions } from './output.ts';

/** How kube-apiserver keeps its objects in an etcd. */
export interface RecordStorage {
  /** Its `--etcd-prefix`. */
  readonly prefix: string;
  /** Null where it is not known. */
  readonly configuration: EncryptionConfiguration | null;
  readonly findings: readonly Finding[];
}

const USUAL_PREFIX = '/registry';

/** The bytes of a file that an option names. */
export function readOption(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new UsageError(option, `cannot be read: ${(cause as Error).message}`);
  }
}

/** What `--prefix` and `--encryption-config` say, else what was found; `reached` is null where nobody looked. */
export async function readStorage(options: OutputOptions, reached: ReachedEtcd | null): Promise<RecordStorage> {
  const { prefix, encryptionConfig } = options;
  const choice = reached?.found?.choice;
  const told = typeof prefix === 'string' ? prefix : (choice?.prefix?.value ?? USUAL_PREFIX);
  if (typeof encryptionConfig === 'string') {
    const configuration = await readEncryptionConfiguration(readOption('--encryption-config', encryptionConfig));
    return { prefix: told, configuration, findings: [] };
  }
  if (choice === undefined) return { prefix: told, configuration: null, findings: [] };
  const { readFoundEncryption } = await import('../kube/etcd/storage.ts');
  return { prefix: told, ...(await readFoundEncryption(choice)) };
}
