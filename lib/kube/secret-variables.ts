import { readVariableNames, type VariableNames } from '../environ/variable-names.ts';
import { type ProcessEnvironment, readEnvironments } from '../environ.ts';
import type { WaitOptions } from '../options.ts';
import type { ProcessSummary } from '../processes.ts';
import type { Finding } from './finding.ts';
import { codeOf } from './host-file.ts';
import { isSecretName } from './secret-names.ts';
import { mapSideBySide } from './side-by-side.ts';
import { slices } from './slices.ts';

/** @internal Which variables of processes are called as credentials are. */
export interface SecretVariables {
  /** By process id. Null where it is not known: it could not be read, or was written over. */
  readonly byPid: ReadonlyMap<number, readonly string[] | null>;
  readonly findings: readonly Finding[];
}

/** An environment can have 8 MiB: so many of them are in memory at a time, twice. */
const AT_A_TIME = 32;
const SIDE_BY_SIDE = 2;
/** Of names, so that what else is read of the node has its turn on the threads in between. */
const NAMES_AT_A_TIME = 128;
const MOST_NAMES = 64;
const LONGEST_NAME = 256;

function toSecretNames(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter(isSecretName))];
}

function namesIn({ initial }: ProcessEnvironment): readonly string[] | null {
  if (initial === null || initial.state === 'unreadable' || initial.state === 'overwritten') return null;
  return toSecretNames(initial.namesOfAtMost(LONGEST_NAME));
}

/** What is known so far. */
class Reading {
  readonly byPid = new Map<number, readonly string[] | null>();
  readonly #bySource = new Map<readonly string[], readonly string[]>();
  #unread = 0;
  #why = '';
  #cut = 0;

  #leaveOut(pid: number, why: string | null): void {
    this.byPid.set(pid, null);
    if (why !== null && this.#unread++ === 0) this.#why = why;
  }

  add({ pid, startTime }: ProcessSummary, result: PromiseSettledResult<ProcessEnvironment>): void {
    if (result.status === 'rejected') {
      const error = result.reason as Error;
      return this.#leaveOut(pid, codeOf(error) === 'ESRCH' ? null : error.message);
    }
    using environment = result.value;
    // another has its number by now
    if (environment.process.startTime !== startTime) return this.#leaveOut(pid, null);
    const { initial } = environment;
    if (initial?.state === 'unreadable') return this.#leaveOut(pid, initial.reason ?? '');
    this.#keep(pid, namesIn(environment), initial?.truncated === true);
  }

  #keep(pid: number, names: readonly string[] | null, truncated: boolean): void {
    const tooMany = names !== null && names.length > MOST_NAMES;
    if (truncated || tooMany) this.#cut += 1;
    this.byPid.set(pid, tooMany ? names.slice(0, MOST_NAMES) : names);
  }

  /** The same by the names alone. */
  addNames({ pid, startTime }: ProcessSummary, read: VariableNames): void {
    if (read.startTime !== startTime) return this.#leaveOut(pid, null);
    const names = this.#bySource.get(read.names) ?? toSecretNames(read.names);
    this.#bySource.set(read.names, names);
    this.#keep(pid, names, false);
  }

  /** One finding for all, since who may not read one may read none. */
  get findings(): Finding[] {
    const findings: Finding[] = [];
    if (this.#unread > 0) {
      const message = `the environments of ${this.#unread} processes could not be read, such as: ${this.#why}`;
      findings.push({ code: 'unreadable-environments', message });
    }
    if (this.#cut > 0) {
      const message = `not all names of ${this.#cut} environments are told: they are too many, or the environments too large`;
      findings.push({ code: 'truncated-names', message });
    }
    return findings;
  }
}

/** Those of which the names alone did not tell. */
async function readNames(
  processes: readonly ProcessSummary[],
  reading: Reading,
  options: WaitOptions,
): Promise<ProcessSummary[]> {
  const unclear: ProcessSummary[] = [];
  for (const some of slices(processes, NAMES_AT_A_TIME)) {
    const pids = some.map(({ pid }) => pid);
    const results = await readVariableNames(pids, options);
    some.forEach((one, i) => {
      const read = results[i] ?? null;
      if (read === null) unclear.push(one);
      else reading.addNames(one, read);
    });
  }
  return unclear;
}

/**
 * @internal Reads the names of the variables that processes were started with. Values are overwritten; those that have ended
 * are not known.
 */
export async function readSecretVariables(
  processes: readonly ProcessSummary[],
  options: WaitOptions,
): Promise<SecretVariables> {
  const reading = new Reading();
  const unclear = await readNames(processes, reading, options);
  await mapSideBySide(slices(unclear, AT_A_TIME), SIDE_BY_SIDE, async (some) => {
    const pids = some.map(({ pid }) => pid);
    const results = await readEnvironments(pids, { ...options, live: false });
    results.forEach((result, i) => reading.add(some[i] as ProcessSummary, result));
  });
  return reading;
}
