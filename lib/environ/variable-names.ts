import { callAddon } from '../call.ts';
import { addon, type NativeVariableNames, type Outcome, toBigInt } from '../native.ts';
import { checkWaitOptions, type WaitOptions } from '../options.ts';

/** @internal What the variables of a process are called. */
export interface VariableNames {
  /** Clock ticks since boot. */
  readonly startTime: bigint;
  /** In order; those of more than 256 bytes are left out. Processes with equal names share one list. */
  readonly names: readonly string[];
}

/** Words of a row: native/core/variable_names.h. */
const WORDS = 3;
/** Processes of a part of a batch: native/napi/processes.cc. */
const AT_A_TIME = 32;
const UNCLEAR = 0xffff_ffff;
/** One that keeps its reader waiting costs those of its part their answer: whoever asks again of each waits for longer. */
const LONGEST_WAIT = 500;

/** Lists by their text, whatever part of a batch it came from. */
type KnownLists = Map<string, readonly string[]>;

function listsIn({ ends, names }: NativeVariableNames, known: KnownLists): (readonly string[])[] {
  const text = Buffer.from(names);
  let start = 0;
  return Array.from(new Uint32Array(ends), (end) => {
    const one = text.toString('utf8', start, end);
    start = end;
    const list = known.get(one) ?? one.split('\0').slice(0, -1);
    known.set(one, list);
    return list;
  });
}

function rowsOf({ value }: Outcome<NativeVariableNames>, count: number, known: KnownLists): (VariableNames | null)[] {
  if (value === undefined) return Array.from({ length: count }, () => null);
  const words = new Uint32Array(value.words);
  const lists = listsIn(value, known);
  return Array.from({ length: count }, (_, row) => {
    const word = (which: number): number => words[row * WORDS + which] as number;
    if (word(2) === UNCLEAR) return null;
    return { startTime: toBigInt(word(0), word(1)), names: lists[word(2)] as readonly string[] };
  });
}

/** @internal The rows of all parts of a batch over so many processes; those of a part that failed are null. */
export function unpackNames(parts: readonly Outcome<NativeVariableNames>[], count: number): (VariableNames | null)[] {
  const known: KnownLists = new Map();
  return parts.flatMap((part, i) => rowsOf(part, Math.min(AT_A_TIME, count - i * AT_A_TIME), known));
}

/**
 * @internal Reads what the variables of processes are called that they were started with, in the order of `pids`. No value
 * leaves the addon. Null is what `/proc/PID/environ` does not tell by itself, or not soon: `readEnvironments` knows more.
 *
 * Errors: AbortError.
 * Source: proc_pid_environ(5).
 */
export async function readVariableNames(
  pids: readonly number[],
  options: WaitOptions,
): Promise<(VariableNames | null)[]> {
  const timeout = Math.min(checkWaitOptions(options), LONGEST_WAIT);
  const parts = await callAddon((id) => addon.readVariableNames(id, pids, timeout), options.signal);
  return unpackNames(parts, pids.length);
}
