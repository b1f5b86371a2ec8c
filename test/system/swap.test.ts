import { mkdtempSync, rmdirSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { surveySecretVolumes } from '../../lib/index.ts';
import { podprobe } from '../helpers/command.ts';
import { unfit } from '../helpers/hostile.ts';
import { MountNamespace } from '../helpers/mount-namespace.ts';
import { suite } from '../helpers/suite.ts';
import { isSwapOn, Swap, unfitForSwap } from '../helpers/swap.ts';

const test = suite('secret volumes while swap is on');
const skip = unfit({ root: true, tools: ['unshare', 'mount', 'mkswap', 'swapon'] });
const impossible = skip === undefined ? unfitForSwap() : undefined;
const [major = 0, minor = 0] = release().split('.').map(Number);
const without = major * 1000 + minor < 6004 ? 'noswap is since Linux 6.4' : undefined;

const directory = mkdtempSync(join(tmpdir(), 'podprobe-swap-volume-'));
test.after(() => rmdirSync(directory));

/** A process with one secret volume, mounted with these options. */
async function startVolume(options: string): Promise<MountNamespace> {
  const namespace = await MountNamespace.start();
  await namespace.run(`
mount -t tmpfs room ${directory}; cd ${directory}; volume=pods/00000000-0000-4000-8000-000000000002/volumes/kubernetes.io~secret/foo
mkdir -p $volume; mount -t tmpfs -o ${options} tmpfs $volume
mkdir $volume/..one; ln -s ..one $volume/..data`);
  return namespace;
}

/** What is said of its swap, and the two facts behind it. */
async function told(pid: number): Promise<{ swapOn: boolean | null; noswap: boolean | undefined; text: string }> {
  const { volumes, swapOn } = await surveySecretVolumes(pid, { host: pid });
  const { stdout } = await podprobe(['mounts', pid, '--host', pid]);
  return { swapOn, noswap: volumes[0]?.noswap, text: /^ +swap +(.*)$/m.exec(stdout)?.[1] ?? stdout };
}

test(
  'says that a volume without noswap can be swapped, while swap is on and only then',
  async () => {
    await using namespace = await startVolume('rw');
    if (!isSwapOn()) {
      const text = 'none is on (without noswap)';
      assert.equal(await told(namespace.pid), { swapOn: false, noswap: false, text });
    }
    await using _ = await Swap.on();
    const text = 'possible: swap is on, and it is mounted without noswap';
    assert.equal(await told(namespace.pid), { swapOn: true, noswap: false, text });
  },
  { skip, impossible },
);

test(
  'says that one with noswap never is',
  async () => {
    await using namespace = await startVolume('noswap');
    await using _ = await Swap.on();
    assert.equal(await told(namespace.pid), { swapOn: true, noswap: true, text: 'never: mounted with noswap' });
  },
  { skip, impossible: impossible ?? without },
);

test.run();
