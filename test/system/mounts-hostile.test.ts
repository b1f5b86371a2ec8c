import { mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { findMount, listMounts, surveySecretVolumes } from '../../lib/index.ts';
import { podprobe } from '../helpers/command.ts';
import { unfit } from '../helpers/hostile.ts';
import { MountNamespace } from '../helpers/mount-namespace.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('mounts of a hostile container');
const skip = unfit({ root: true, tools: ['unshare', 'mount'] });
const directory = mkdtempSync(join(tmpdir(), 'podprobe-many-mounts-'));
test.after(() => rmdirSync(directory));

const WANTED = 100_000;
/** What the kernel lets one namespace have; 100,000 unless somebody changed it. */
const LIMIT = Number(readFileSync('/proc/sys/fs/mount-max', 'latin1'));
const limited = LIMIT < 20_000 || LIMIT > 10 * WANTED ? `fs.mount-max is ${LIMIT}` : undefined;
const MOST_DOUBLINGS = 18;
/** Milliseconds: what is not bounded takes minutes. */
const LONGEST = 15_000;
/** KiB. */
const MOST_MEMORY = 192 * 1024;

function peakMemory(): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]);
}

/** A call that must not take long, nor much memory, whatever the container has made. */
async function bounded<T>(what: string, call: () => Promise<T>): Promise<T> {
  writeFileSync('/proc/self/clear_refs', '5');
  const [memory, start] = [peakMemory(), performance.now()];
  const value = await call();
  const [took, growth] = [performance.now() - start, peakMemory() - memory];
  assert.ok(took < LONGEST, `${what} took ${Math.round(took)} ms`);
  assert.ok(growth < MOST_MEMORY, `${what} took ${growth} KiB of memory`);
  return value;
}

/**
 * As many mounts as the kernel allows, with names of so many characters: each bind of the whole doubles it, until that is too
 * many; then trees that fit, the largest first.
 */
async function startHostileContainer(length: number): Promise<{ namespace: MountNamespace; lines: number }> {
  const namespace = await MountNamespace.start();
  const [lines] = await namespace.run(`
name=${'x'.repeat(length)}; mount -t tmpfs room ${directory}; cd ${directory}; mkdir all; mount -t tmpfs all all
for n in $(seq 0 ${MOST_DOUBLINGS}); do
  mkdir all/$n-$name; mount --rbind all all/$n-$name 2> /dev/null || { rmdir all/$n-$name; break; }
done
for n in $(seq ${MOST_DOUBLINGS} -1 0); do
  [ -d all/$n-$name ] || continue
  i=0; while mkdir $n-$i; mount --rbind all/$n-$name $n-$i 2> /dev/null; do i=$((i+1)); done
done
wc -l < /proc/self/mountinfo`);
  return { namespace, lines: Number(lines) };
}

test(
  `lists ${WANTED} mounts, all that the kernel allows, in bounded time and memory`,
  async () => {
    const { namespace, lines } = await startHostileContainer(1);
    await using _ = namespace;
    // some are above what the process sees as its root
    assert.ok(lines > Math.min(LIMIT, WANTED) - 10, `${lines} mounts, and fs.mount-max is ${LIMIT}`);
    const table = await bounded('listMounts', () => listMounts(namespace.pid, { timeout: LONGEST }));
    assert.equal([table.length, table.truncated, table.malformed], [lines, false, 0]);
    assert.is(new Set(table.mounts.map(({ mountId }) => mountId)).size, lines);
    const found = await bounded('findMount', () => findMount(namespace.pid, `${directory}/all`));
    assert.is(found.source.toString(), 'all');
  },
  { skip, impossible: limited, timeout: 120_000 },
);

test(
  'says what it has cut of more than 32 MiB of them',
  async () => {
    const { namespace, lines } = await startHostileContainer(200);
    await using _ = namespace;
    const table = await bounded('listMounts', () => listMounts(namespace.pid, { timeout: LONGEST }));
    assert.is(table.truncated, true);
    assert.ok(table.length > 1000 && table.length < lines, `${table.length} of ${lines} mounts`);
  },
  { skip, impossible: limited, timeout: 120_000 },
);

test(
  'looks for secret volumes among them, as podprobe mounts does',
  async () => {
    const { namespace, lines } = await startHostileContainer(1);
    await using _ = namespace;
    const options = { host: process.pid, timeout: LONGEST };
    const { volumes, unmatched } = await bounded('the survey', () => surveySecretVolumes(namespace.pid, options));
    assert.equal([volumes, unmatched], [[], []]);
    // which is killed when it takes longer than 20 s
    const words = ['mounts', namespace.pid, '--host', process.pid, '--timeout', LONGEST, '--json'];
    const { code, stdout } = await podprobe(words);
    assert.is(code, 0);
    assert.is((JSON.parse(stdout) as { mounts: unknown[] }).mounts.length, lines);
  },
  { skip, impossible: limited, timeout: 120_000 },
);

test.run();
