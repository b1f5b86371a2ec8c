// The right-answers matrix: every program, in every state that it can be brought into, read from outside and compared
// with what the program itself holds.
import * as assert from 'uvu/assert';
import { type EnvironmentEntry, readEnvironment } from '../../lib/index.ts';
import { type Program, programs, skipReason } from '../helpers/programs.ts';
import { bringInto, entriesAfter, nameIn, type State, startEntries, startOf, states } from '../helpers/states.ts';
import { suite } from '../helpers/suite.ts';
import { Target } from '../helpers/target.ts';

/** Milliseconds; an emulated machine needs more (.ci/test-i386). */
const STATE_LIMIT = Number(process.env.PODPROBE_STATE_LIMIT ?? 60_000);
/** Only programs with this in their name. */
const CHOSEN = process.env.PODPROBE_PROGRAMS ?? '';
const SHOWN = 5;
/** Each name that a program is asked for is a round trip: of very many entries, so many are. */
const MOST_ASKED = 300;

for (const program of programs.filter(({ name }) => name.includes(CHOSEN))) {
  const test = suite(program.name);
  const options = { skip: skipReason(program), impossible: program.impossible?.(), timeout: STATE_LIMIT };
  let argv: string[] = [];
  test.before(async () => {
    argv = await program.argv();
  });
  for (const state of states.filter((candidate) => applies(candidate, program))) {
    test(state.name, () => compare(program, state, argv), options);
  }
  test.run();
}

function applies(state: State, program: Program): boolean {
  if (state.raw && !program.raw) return false;
  if (state.binary && program.text) return false;
  return state.commands.every(([word]) => !program.lacks.includes(word));
}

async function compare(program: Program, state: State, argv: string[]): Promise<void> {
  await using target = await Target.start(argv, startOf(state));
  await bringInto(target, state);
  const truth = await truthOf(program, state, target);
  const { live } = await readEnvironment(target.pid);
  assert.ok(live, 'no live environment');
  const allowed = (program.blind && state.blind?.[program.blind]) ?? ['ok'];
  assert.ok(allowed.includes(live.state), `live.state is ${live.state} (${live.reason}), not ${allowed.join(' or ')}`);
  if (live.state !== 'ok') return assert.ok(live.reason, `${live.state} without a reason`);
  expectSame(live.entries.map(textOf), truth, program);
  const said = live.caveat === null ? 'no caveat' : 'a caveat';
  assert.is(said, program.caveat ? 'a caveat' : 'no caveat');
}

/** What the environment is, from the program itself. Asked before the read: Go completes its table at the first use. */
async function truthOf(program: Program, state: State, target: Target): Promise<string[]> {
  const after = entriesAfter(state);
  if (program.truth === 'ordered' || program.truth === 'unordered') {
    return (await target.dump()).map((entry) => entry.toString('latin1'));
  }
  if (program.truth === 'asked') {
    await expectGetenv(target, spread(after, MOST_ASKED));
    return after;
  }
  const before = startEntries(state);
  await expectGetenv(target, after.filter((entry) => !before.includes(entry)).slice(0, SHOWN));
  return before;
}

/** At most `most` of them, from the first to the last. */
function spread(entries: string[], most: number): string[] {
  const step = Math.max(1, entries.length / most);
  return entries.filter((_, i) => i === entries.length - 1 || Math.floor(i / step) !== Math.floor((i - 1) / step));
}

async function expectGetenv(target: Target, entries: string[]): Promise<void> {
  const first = new Map<string, string>();
  for (const entry of entries) {
    const name = nameIn(entry);
    if (name !== undefined && !first.has(name)) first.set(name, entry.slice(name.length + 1));
  }
  for (const [name, value] of first) {
    const own = (await target.get(Buffer.from(name, 'latin1')))?.toString('latin1');
    if (own !== value) throw new Error(`the fixture is wrong: getenv of ${name} is ${own?.slice(0, 100)}`);
  }
}

function expectSame(actual: string[], truth: string[], { truth: source, ignore = [] }: Program): void {
  const inOrder = source === 'ordered';
  const found = comparable(actual, ignore, inOrder);
  const wanted = comparable(truth, ignore, inOrder);
  if (found.length === wanted.length && found.every((entry, i) => entry === wanted[i])) return;
  const [foundSet, wantedSet] = [new Set(found), new Set(wanted)];
  const extra = found.filter((entry) => !wantedSet.has(entry));
  const lost = wanted.filter((entry) => !foundSet.has(entry));
  const counts = `${found.length} entries, not ${wanted.length}`;
  assert.unreachable(`wrong entries: ${counts}; too many: ${excerpt(extra)}; not found: ${excerpt(lost)}`);
}

function comparable(entries: string[], ignore: readonly string[], inOrder: boolean): string[] {
  const kept = entries.filter((entry) => !ignore.includes(nameIn(entry) ?? ''));
  return inOrder ? kept : kept.sort();
}

function excerpt(entries: string[]): string {
  const shown = entries.slice(0, SHOWN).map((entry) => JSON.stringify(entry.slice(0, 60)));
  return `${shown.join(' ') || 'none'}${entries.length > SHOWN ? ` and ${entries.length - SHOWN} more` : ''}`;
}

function textOf({ name, value }: EnvironmentEntry): string {
  return (name ? `${name.toString('latin1')}=` : '') + value.toString('latin1');
}
