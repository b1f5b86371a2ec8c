import type { Look, SetenvExperiment } from '../demo/setenv.ts';
import type { EnvironmentBlock } from '../environ.ts';
import { printable } from './printable.ts';
import { alignColumns, count, type Style } from './style.ts';

const hex = (address: bigint | null): string => (address === null ? '?' : `0x${address.toString(16)}`);

function has(block: EnvironmentBlock): string {
  const value = block.get('foo');
  return value === undefined ? 'no foo' : `foo=${printable(value)}`;
}

/** What the kernel says and what the program uses, side by side. */
function sides(pid: number, { initial, live }: Look, note: string): string[] {
  const place =
    live.state === 'ok' ? `vector at ${hex(live.address)} in ${live.region}` : `${live.state}: ${live.reason}`;
  return alignColumns([
    [`   /proc/${pid}/environ`, count(initial.length, 'variable'), has(initial), note],
    ['   live __environ', count(live.length, 'variable'), has(live), place],
  ]);
}

function moves({ before, after, strings }: SetenvExperiment): string[] {
  const rows = strings.map(({ entry, region, stayed }) => [
    `   ${printable(entry.name ?? '')}`,
    `string at ${hex(entry.address)}`,
    `in ${region}`,
    stayed ? 'where it was' : 'new',
  ]);
  return [
    `   the vector of pointers went from ${hex(before.live.address)} ${before.live.region} -> ${hex(after.live.address)} ${after.live.region}`,
    ...alignColumns(rows),
  ];
}

/** The experiment, told step by step. */
export function setenvText(experiment: SetenvExperiment, style: Style): string[] {
  const { pid, before, after, initialUnchanged } = experiment;
  return [
    style('bold', 'The setenv experiment: who sees a variable that a program gives itself?'),
    '',
    style('cyan', `1  A program starts (pid ${pid}) and waits.`),
    ...sides(pid, before, ''),
    '',
    style('cyan', `2  kill -s SIGINT ${pid}: the program calls setenv("foo", "bar", 0), and waits again.`),
    ...sides(pid, after, initialUnchanged ? 'unchanged' : 'changed'),
    '',
    style('cyan', '3  What setenv() did in its memory:'),
    ...moves(experiment),
    '',
    'The kernel shows the strings that execve() put on the stack, and nobody tells it when libc builds',
    'a longer vector elsewhere. So a rotated Secret never reaches a running process through its',
    'environment, and /proc/PID/environ is not what the process holds: its __environ is.',
  ];
}

/** The document of `podprobe demo setenv --json`: docs/schema/demo-setenv.schema.json. */
export function setenvDocument({ pid, before, after, initialUnchanged, strings }: SetenvExperiment): object {
  const lookDocument = ({ initial, live }: Look): object => ({
    initial: { state: initial.state, count: initial.length, foo: initial.get('foo')?.toString() ?? null },
    live: {
      state: live.state,
      count: live.length,
      foo: live.get('foo')?.toString() ?? null,
      address: live.address === null ? null : hex(live.address),
      region: live.region,
    },
  });
  return {
    schema: 'podprobe/demo-setenv/v1',
    pid,
    before: lookDocument(before),
    after: lookDocument(after),
    initialUnchanged,
    strings: strings.map(({ entry, region, stayed }) => ({
      name: entry.name?.toString() ?? null,
      address: hex(entry.address),
      region,
      stayed,
    })),
  };
}
