import { SystemError } from '../../errors.ts';
import { deviceKey, type HostMount } from '../../mounts/host-volumes.ts';
import type { WaitOptions } from '../../options.ts';
import { readdirIn, readFileIn } from '../../rootfs.ts';
import { isGone } from './gone.ts';
import type { Matcher } from './matcher.ts';
import type { NodeVolumes } from './node-volumes.ts';
import { MOST_BYTES } from './volume-file.ts';

/** A file of a generation. */
export interface ContentFile {
  /** Below the generation. */
  readonly path: string;
  /** Number of the value that it holds; null where it holds none of them. */
  readonly value: number | null;
}

/** What a volume holds, of one generation. */
export interface VolumeContent {
  /** Null where it has none. */
  readonly generation: string | null;
  readonly files: readonly ContentFile[];
  /** What could not be read, in words. */
  readonly unread: readonly string[];
}

const MOST_FILES = 4096;
const MOST_DEPTH = 8;
/** How often a volume is read again that was written meanwhile. */
const MOST_ATTEMPTS = 4;

/** The files below one directory of the node, which kubelet writes. */
class Walk {
  readonly files: ContentFile[] = [];
  readonly unread: string[] = [];
  readonly #volumes: NodeVolumes;
  readonly #matcher: Matcher;
  readonly #options: WaitOptions;
  readonly #root: Buffer;

  constructor(root: Buffer, volumes: NodeVolumes, matcher: Matcher, options: WaitOptions) {
    this.#root = root;
    this.#volumes = volumes;
    this.#matcher = matcher;
    this.#options = options;
  }

  /** `path`: below the root, with `/` at its start. Rejects where it is gone. */
  async directory(path: Buffer, depth = 0): Promise<void> {
    const { process } = this.#volumes.view;
    const directory = Buffer.concat([this.#root, path]);
    const listing = await readdirIn(process, directory, { ...this.#options, maxEntries: MOST_FILES });
    if (listing.truncated) this.unread.push(`it has more than ${MOST_FILES} files; the others were not read`);
    for (const { name, type } of listing.entries) {
      const below = Buffer.concat([path, Buffer.from('/'), name]);
      if (type === 'directory' && depth < MOST_DEPTH) await this.directory(below, depth + 1);
      else if (type === 'file') await this.#file(below);
    }
  }

  async #file(path: Buffer): Promise<void> {
    if (this.files.length >= MOST_FILES) return;
    const options = { ...this.#options, maxBytes: MOST_BYTES };
    try {
      const content = await readFileIn(this.#volumes.view.process, Buffer.concat([this.#root, path]), options);
      this.files.push({ path: path.subarray(1).toString(), value: this.#matcher.whole(content) });
      content.fill(0);
    } catch (error) {
      if (!(error instanceof SystemError) || isGone(error)) throw error;
      this.unread.push(error.message);
    }
  }
}

/** Reads the content of volumes on the node's side, each once, however many containers have it mounted. */
export class VolumeContents {
  readonly #volumes: NodeVolumes;
  readonly #matcher: Matcher;
  readonly #options: WaitOptions;
  readonly #known = new Map<string, Promise<VolumeContent>>();

  constructor(volumes: NodeVolumes, matcher: Matcher, options: WaitOptions) {
    this.#volumes = volumes;
    this.#matcher = matcher;
    this.#options = options;
  }

  /** The current generation: the one that `..data` led to when it was looked at, all files of that one. */
  current(host: HostMount): Promise<VolumeContent> {
    const key = deviceKey(host.mount.device);
    const known = this.#known.get(key) ?? this.#readCurrent(host);
    this.#known.set(key, known);
    return known;
  }

  async #readCurrent(host: HostMount): Promise<VolumeContent> {
    for (let attempt = 1; ; attempt++) {
      const generation = await this.#volumes.generationOf(host);
      if (generation === null) return { generation, files: [], unread: ['it has no generation that can be read'] };
      try {
        return { generation, ...(await this.below(host, `/${generation}`)) };
      } catch (error) {
        if (!(error instanceof SystemError)) throw error;
        // removed while it was read: there is another by now
        if (!isGone(error) || attempt === MOST_ATTEMPTS) return { generation, files: [], unread: [error.message] };
      }
    }
  }

  /** What is below a directory of a volume. */
  async below(host: HostMount, directory: string): Promise<Pick<VolumeContent, 'files' | 'unread'>> {
    const root = Buffer.concat([host.mount.mountPoint, Buffer.from(directory, 'latin1')]);
    const walk = new Walk(root, this.#volumes, this.#matcher, this.#options);
    await walk.directory(Buffer.alloc(0));
    return { files: walk.files, unread: walk.unread };
  }
}
