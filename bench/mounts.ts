import { readFileSync } from 'node:fs';
import { has } from './left-out.ts';
import { findMount, listMounts } from './library.ts';
import { type Floor, Program } from './programs.ts';
import { sample, Series } from './statistics.ts';
import { type Row, toRow } from './table.ts';

const READ = 'C: read';
const SPLIT = 'C: read and split';
const LIST = 'listMounts(pid)';
const FIELDS = 'listMounts(pid) + every field';
const FILE = 'readFileSync + split';
const FINDMNT = 'findmnt -J';
const FIND = 'findMount(pid, path)';
/** Mounts in a tree that is bound as one, beside its root. */
const TREE = 50;

/** How often each is measured in a round, and how many rounds there are. */
export interface MountPlan {
  readonly sizes: readonly number[];
  readonly rounds: number;
}

/** Has every field decoded. */
function decode(table: Awaited<ReturnType<typeof listMounts>>): number {
  let bytes = 0;
  for (const mount of table.mounts) {
    bytes += mount.mountId + mount.parentMountId + mount.device.minor;
    bytes += mount.root.length + mount.mountPoint.length + mount.source.length;
    bytes += mount.options.length + mount.optionalFields.length + mount.fsType.length + mount.superOptions.length;
  }
  return bytes;
}

/** What a few lines of JavaScript do: no escapes undone, no byte kept. */
function parsePlainly(pid: number): number {
  const lines = readFileSync(`/proc/${pid}/mountinfo`, 'latin1').split('\n');
  return lines.map((line) => line.split(' ')).length;
}

/** A shell with so many mounts in a namespace of its own. */
function startShell(): Program {
  return new Program(['unshare', '--mount', '--propagation', 'private', 'sh', '-s'], process.env);
}

async function fill(shell: Program, mounts: number): Promise<{ pid: number; count: number }> {
  const pid = Number(await shell.ask('echo $$'));
  const count = () => readFileSync(`/proc/${pid}/mountinfo`, 'latin1').split('\n').length - 1;
  await shell.ask('mount -t tmpfs room /mnt && cd /mnt && mkdir all && mount -t tmpfs 0 all && mkdir all/d; echo');
  const missing = Math.max(mounts - count(), 0);
  const [singles, trees] = [Math.min(missing, TREE), Math.floor(Math.max(missing - TREE - 1, 0) / (TREE + 1))];
  await shell.ask(`
mkdir src && mount -t tmpfs src src
i=0; while [ $i -lt ${singles} ]; do mkdir src/$i; mount -t tmpfs t src/$i; i=$((i+1)); done
i=0; while [ $i -lt ${trees} ]; do mkdir all/$i; mount --rbind src all/$i; i=$((i+1)); done; echo`);
  return { pid, count: count() };
}

async function measure(series: Series, reader: Program, floor: Floor, pid: number, large: boolean): Promise<void> {
  const rounds = large ? 3 : 20;
  const ask = async (split: number) =>
    (await reader.ask(`${rounds} ${pid} ${split}`))
      .trim()
      .split(' ')
      .map((nanoseconds) => Number(nanoseconds) / 1000);
  series.add(READ, await ask(0));
  series.add(LIST, await sample(rounds, 2, () => listMounts(pid)));
  series.add(SPLIT, await ask(1));
  series.add(FIELDS, await sample(rounds, 2, async () => decode(await listMounts(pid))));
  series.add(FILE, await sample(rounds, 2, () => parsePlainly(pid)));
  series.add(FIND, await sample(rounds, 2, () => findMount(pid, '/mnt/all/d')));
  if (has('findmnt') && !(large && series.samples(FINDMNT).length > 1))
    series.add(FINDMNT, [await floor.run(['nsenter', '-t', `${pid}`, '-m', 'findmnt', '-J'])]);
}

/** Mount tables of several sizes, by all the ways to read them, in turn. */
export async function benchMounts(reader: Program, floor: Floor, plan: MountPlan): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of plan.sizes) {
    await using shell = startShell();
    const { pid, count } = await fill(shell, size);
    const series = new Series();
    for (let round = 0; round < plan.rounds; ++round) await measure(series, reader, floor, pid, size > 1000);
    const row = (what: string, ...comparisons: Parameters<typeof toRow>[3] & object): Row =>
      toRow(series, `mount table of ${count}`, what, comparisons);
    rows.push(
      row(READ),
      row(SPLIT, { to: READ }),
      row(LIST, size > 1000 ? { to: READ, below: 1.3 } : { to: READ }, { to: FINDMNT, speedup: true }),
      row(FIELDS, { to: READ }, { to: FILE }),
      row(FILE, { to: READ }),
      ...(has('findmnt') ? [row(FINDMNT, { to: READ })] : []),
      row(FIND, { to: READ }),
    );
  }
  return rows;
}
