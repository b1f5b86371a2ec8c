import { hex, type Target, type TargetOptions, type Text } from './target.ts';

/** One command of the fixture protocol: the word and its arguments, as bytes or text. */
export type Command = readonly [word: string, ...args: (Text | number)[]];

/** What a program is started with and told, after which its environment is read. */
export type State = {
  name: string;
  /** The environment at start, entry by entry; only for programs that list what they were given as it stands. */
  raw?: readonly Buffer[];
  commands: readonly Command[];
  /** Its commands carry bytes that are no text. */
  binary?: true;
  /** What `live.state` may be where only a scan can find the environment; 'ok' alone where absent. */
  blind?: Readonly<Partial<Record<Blind, readonly string[]>>>;
};

/**
 * A program without symbols, by how it clears its environment: clearenv(3) leaves no vector to be found, unsetenv(3) of
 * every name leaves an empty one, and a slice of Go is recognised by the initial entries, in itself or in its twin.
 */
export type Blind = 'clearenv' | 'unsetenv' | 'go';

export const startEnvironment = {
  PATH: '/usr/bin:/bin',
  PODPROBE_INITIAL: 'before',
  PODPROBE_OTHER: 'kept',
} as const;

const bytes = Buffer.from([0xff, 0xfe, 0x80, 0x3d, 0xc3]);
const mayMiss = ['ok', 'unknown', 'ambiguous'];
const nothingLeft = { clearenv: ['unknown'], unsetenv: mayMiss, go: mayMiss };
const staleLeft = { clearenv: ['unknown', 'ambiguous'] };
const emptyVector = { clearenv: mayMiss, unsetenv: mayMiss, go: mayMiss };
const goMayMiss = { go: mayMiss };

const emptied = ['PODPROBE_SET', ...Object.keys(startEnvironment)].map((name): Command => ['unset', name]);

export const states: readonly State[] = [
  { name: 'as started', commands: [] },
  { name: 'a variable set', commands: [['set', 'PODPROBE_SET', 'one']] },
  { name: 'a variable overwritten', commands: [['set', 'PODPROBE_INITIAL', 'after, and longer than before']] },
  {
    name: 'a variable set twice',
    commands: [
      ['set', 'PODPROBE_SET', 'one'],
      ['set', 'PODPROBE_SET', 'two'],
    ],
  },
  { name: 'a variable unset', commands: [['unset', 'PODPROBE_INITIAL']] },
  {
    name: 'a variable set and unset',
    commands: [
      ['set', 'PODPROBE_SET', 'one'],
      ['unset', 'PODPROBE_SET'],
    ],
  },
  { name: '1000 variables added', commands: [['add', 1000]] },
  { name: 'cleared', commands: [['clear']], blind: nothingLeft },
  { name: 'set, then cleared', commands: [['set', 'PODPROBE_SET', 'one'], ['clear']], blind: nothingLeft },
  { name: 'cleared, then set', commands: [['clear'], ['set', 'PODPROBE_SET', 'one']], blind: goMayMiss },
  { name: 'set, then every name unset', commands: [['set', 'PODPROBE_SET', 'one'], ...emptied], blind: emptyVector },
  { name: 'every name unset', commands: emptied.slice(1), blind: emptyVector },
  { name: 'putenv of a new name', commands: [['putenv', 'PODPROBE_PUT=put']] },
  { name: 'putenv over a name', commands: [['putenv', 'PODPROBE_INITIAL=put']] },
  { name: 'environ pointed at a static array', commands: [['mine']] },
  { name: 'set, then environ pointed at a static array', commands: [['set', 'PODPROBE_SET', 'one'], ['mine']] },
  { name: 'environ pointed at a static array, then set', commands: [['mine'], ['set', 'PODPROBE_SET', 'one']] },
  { name: 'environ set to NULL, then set', commands: [['null'], ['set', 'PODPROBE_SET', 'one']] },
  {
    name: '1000 added, cleared, then set',
    commands: [['add', 1000], ['clear'], ['set', 'PODPROBE_SET', 'one']],
    blind: goMayMiss,
  },
  { name: 'environ set to NULL', commands: [['null']], blind: nothingLeft },
  { name: 'set, then environ set to NULL', commands: [['set', 'PODPROBE_SET', 'one'], ['null']], blind: staleLeft },
  { name: 'a value that is not UTF-8', commands: [['set', 'PODPROBE_SET', bytes]], binary: true },
  { name: 'an empty value', commands: [['set', 'PODPROBE_SET', '']] },
  { name: 'a value with = and a newline', commands: [['set', 'PODPROBE_SET', 'a=b\nc=d']] },
  { name: 'started with duplicate names', raw: entriesOf('A=1', 'B=2', 'A=3', 'C=', 'A=1'), commands: [] },
  { name: 'started with duplicates, one set', raw: entriesOf('A=1', 'B=2', 'A=3'), commands: [['set', 'A', 'new']] },
  { name: 'started with entries without =', raw: entriesOf('A=1', 'no equals', 'B=2'), commands: [], blind: goMayMiss },
  { name: 'started with bytes', raw: [Buffer.from('A=1'), Buffer.concat([Buffer.from('B='), bytes])], commands: [] },
  { name: 'started empty', raw: [], commands: [], blind: goMayMiss },
  { name: 'started empty, then set', raw: [], commands: [['set', 'PODPROBE_SET', 'one']], blind: goMayMiss },
  { name: 'started with 8 entries of 127 KiB', raw: manyEntries(8, 127 * 1024), commands: [] },
  {
    name: '8 entries of 127 KiB, one set',
    raw: manyEntries(8, 127 * 1024),
    commands: [['set', 'PODPROBE_SET', 'one']],
  },
  { name: 'started with 20,000 entries', raw: manyEntries(20_000, 0), commands: [] },
  { name: '20,000 entries, one set', raw: manyEntries(20_000, 0), commands: [['set', 'PODPROBE_SET', 'one']] },
];

/** How to start a program for this state. */
export function startOf({ raw }: State): TargetOptions {
  return raw ? { entries: raw } : { env: startEnvironment };
}

/** The entries that the program is started with, as latin1 text: one character to a byte. */
export function startEntries({ raw }: State): string[] {
  const entries = raw ?? Object.entries(startEnvironment).map(([name, value]) => Buffer.from(`${name}=${value}`));
  return entries.map((entry) => entry.toString('latin1'));
}

/** What the entries must be after the commands, by POSIX: for programs that cannot list them, and to know what to ask. */
export function entriesAfter(state: State): string[] {
  return state.commands.reduce(applied, startEntries(state));
}

/** Runs the commands of the state in the target. */
export async function bringInto(target: Target, state: State): Promise<void> {
  for (const [word, ...args] of state.commands) {
    const line = [word, ...args.map((arg) => (typeof arg === 'number' ? arg : hex(arg)))].join(' ');
    const reply = await target.send(line);
    if (reply !== 'ok') throw new Error(`the target answered '${reply}' to '${line.slice(0, 200)}'`);
  }
}

/** The bytes before the first '='; undefined for an entry without one. */
export function nameIn(entry: string): string | undefined {
  const equals = entry.indexOf('=');
  return equals < 0 ? undefined : entry.slice(0, equals);
}

function applied(entries: string[], [word, ...args]: Command): string[] {
  const [first = '', second = ''] = args.map((arg) =>
    Buffer.from(typeof arg === 'number' ? '' : arg).toString('latin1'),
  );
  switch (word) {
    case 'set':
      return assigned(entries, first, `${first}=${second}`);
    case 'putenv':
      return assigned(entries, nameIn(first) ?? first, first);
    case 'unset':
      return entries.filter((entry) => nameIn(entry) !== first);
    case 'add':
      return [...entries, ...Array.from({ length: Number(args[0]) }, (_, i) => `PODPROBE_ADD_${i}=v${i}`)];
    case 'mine':
      return ['MINE=1', 'ALSO=two'];
    default:
      return [];
  }
}

function assigned(entries: string[], name: string, entry: string): string[] {
  const at = entries.findIndex((other) => nameIn(other) === name);
  return at < 0 ? [...entries, entry] : entries.with(at, entry);
}

function entriesOf(...entries: string[]): Buffer[] {
  return entries.map((entry) => Buffer.from(entry));
}

function manyEntries(count: number, size: number): Buffer[] {
  return Array.from({ length: count }, (_, i) => Buffer.from(`PODPROBE_MANY_${i}=`.padEnd(size - 1, 'x')));
}
