import { type EncryptionConfiguration, readEncryptionConfiguration } from '../../etcd/encryption/configuration.ts';
import { RecordError } from '../../etcd/record-error.ts';
import type { WaitOptions } from '../../options.ts';
import type { Finding } from '../finding.ts';
import { ProcessFiles } from '../process-files.ts';
import type { EtcdChoice } from './choice.ts';

/** The EncryptionConfiguration of an API server that was found. */
export interface FoundEncryption {
  /** Holds keys. Of no rules where there is none; null where it is not known. */
  readonly configuration: EncryptionConfiguration | null;
  /** What could not be read. */
  readonly findings: readonly Finding[];
}

const LONGEST_CONFIGURATION = 2 ** 16;

/**
 * Reads the EncryptionConfiguration that the API server was told of, as it sees the file; of no rules where it was
 * told of none, null where that is not known, or a finding says why it was not read. Holds keys.
 */
export async function readFoundEncryption(
  { encryptionConfig, writesInClear }: EtcdChoice,
  wait: WaitOptions = {},
): Promise<FoundEncryption> {
  if (encryptionConfig === null) return { configuration: writesInClear ? { rules: [] } : null, findings: [] };
  const { value: path, viewer } = encryptionConfig;
  const files = new ProcessFiles(viewer, wait);
  const bytes = await files.readNamed(path, LONGEST_CONFIGURATION);
  if (bytes === null) return { configuration: null, findings: files.findings };
  try {
    return { configuration: await readEncryptionConfiguration(bytes), findings: [] };
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    return { configuration: null, findings: [{ code: 'malformed-file', message: error.message, path }] };
  } finally {
    bytes.fill(0);
  }
}
