import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** Keys of a Secret and their values. */
export type Payload = Readonly<Record<string, string | Uint8Array>>;

const DATA = '..data';

function currentGeneration(volume: string): string | null {
  try {
    return readlinkSync(join(volume, DATA));
  } catch {
    return null;
  }
}

/** As kubelet names them: `..2006_01_02_15_04_05.` and digits that no other one has. */
function makeGeneration(volume: string, time: Date): string {
  const stamp = time.toISOString().slice(0, 19).replace(/[-T:]/g, '_');
  for (let serial = Number(process.hrtime.bigint() % 1_000_000_000n); ; serial++) {
    const name = `..${stamp}.${serial}`;
    try {
      mkdirSync(join(volume, name), { mode: 0o700 });
      return name;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** The mode does not depend on the umask. */
function writeKey(path: string, value: string | Uint8Array): void {
  writeFileSync(path, value, { mode: 0o644 });
  chmodSync(path, 0o644);
}

/**
 * Writes a new generation of a Secret volume in kubelet's own order: a new directory with all files, a link
 * `..data_tmp` to it, renamed to `..data`; then a link for each key, and the old generation goes.
 *
 * Gives the name of the generation. Source: pkg/volume/util/atomic_writer.go of Kubernetes.
 */
export function writeGeneration(volume: string, payload: Payload): string {
  const before = currentGeneration(volume);
  const generation = makeGeneration(volume, new Date());
  chmodSync(join(volume, generation), 0o755);
  for (const [key, value] of Object.entries(payload)) writeKey(join(volume, generation, key), value);
  symlinkSync(generation, join(volume, `${DATA}_tmp`));
  renameSync(join(volume, `${DATA}_tmp`), join(volume, DATA));
  const links = readdirSync(volume).filter((name) => !name.startsWith('..'));
  for (const key of Object.keys(payload)) if (!links.includes(key)) symlinkSync(`${DATA}/${key}`, join(volume, key));
  for (const name of links) if (!Object.hasOwn(payload, name)) unlinkSync(join(volume, name));
  if (before !== null) rmSync(join(volume, before), { recursive: true });
  return generation;
}
