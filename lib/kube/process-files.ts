import type { JsonObject } from '../document/json.ts';
import { parseYamlObject } from '../document/yaml.ts';
import { SystemError } from '../errors.ts';
import type { WaitOptions } from '../options.ts';
import type { Process } from '../process.ts';
import { type DirectoryEntry, readdirIn, readFileIn, readlinkIn, statIn } from '../rootfs.ts';
import type { FileStatus } from '../rootfs/status.ts';
import type { Finding } from './finding.ts';

const ABSENT = new Set(['ENOENT', 'ENOTDIR']);

/**
 * Files as one process sees them, below its own root. What is not there is null; what cannot be read is null and a finding.
 *
 * Errors, of each: `ESRCH` the process has exited; AbortError.
 */
export class ProcessFiles {
  readonly findings: Finding[] = [];
  readonly #target: Process | number;
  readonly #options: WaitOptions;

  constructor(target: Process | number, options: WaitOptions) {
    this.#target = target;
    const { timeout, signal } = options;
    this.#options = { ...(timeout === undefined ? {} : { timeout }), ...(signal === undefined ? {} : { signal }) };
  }

  add(code: string, message: string, path?: string): void {
    this.findings.push({ code, message, ...(path === undefined ? {} : { path }) });
  }

  /** At most `maxBytes` long: a longer one is a finding. */
  async read(path: string, maxBytes: number): Promise<Buffer | null> {
    return this.#try('unreadable-file', path, () => readFileIn(this.#target, path, { ...this.#options, maxBytes }));
  }

  /** The same of a file that something names: that it does not exist is a finding, too. */
  async readNamed(path: string, maxBytes: number, missing = 'it does not exist'): Promise<Buffer | null> {
    const before = this.findings.length;
    const bytes = await this.read(path, maxBytes);
    if (bytes === null && this.findings.length === before) this.add('missing-file', missing, path);
    return bytes;
  }

  /** The object of YAML or JSON that was read of a file; null, and a finding, where it is none. */
  async parse(bytes: Buffer, path: string): Promise<JsonObject | null> {
    const value = await parseYamlObject(bytes);
    if (value === null) this.add('malformed-file', `its ${bytes.length} bytes are no object of YAML or JSON`, path);
    return value;
  }

  /** Sorted by name. More than `maxEntries` are cut, and a finding. */
  async list(path: string, maxEntries: number): Promise<readonly DirectoryEntry[] | null> {
    const listing = await this.#try('unreadable-directory', path, () =>
      readdirIn(this.#target, path, { ...this.#options, maxEntries }),
    );
    if (listing?.truncated === true) {
      this.add('too-many-entries', `it has more than ${maxEntries} entries: the others were left out`, path);
    }
    return listing === null ? null : [...listing.entries].sort((a, b) => Buffer.compare(a.name, b.name));
  }

  async stat(path: string): Promise<FileStatus | null> {
    return this.#try('unreadable-file', path, () => statIn(this.#target, path, this.#options));
  }

  /** Null also for what is no link. */
  async link(path: string): Promise<Buffer | null> {
    return this.#try('unreadable-file', path, () => readlinkIn(this.#target, path, this.#options), ['EINVAL']);
  }

  async #try<Value>(
    code: string,
    path: string,
    look: () => Promise<Value>,
    fine: readonly string[] = [],
  ): Promise<Value | null> {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof SystemError) || error.code === 'ESRCH') throw error;
      if (!ABSENT.has(error.code) && !fine.includes(error.code)) {
        this.add(code, `it could not be read: ${error.message}`, path);
      }
      return null;
    }
  }
}
