import { type ProcessEnvironment, readEnvironments } from '../environ.ts';
import type { WaitOptions } from '../options.ts';
import type { ProcessSummary } from '../processes.ts';
import type { Finding } from './finding.ts';
import { codeOf } from './host-file.ts';
import { isSecretName } from './secret-names.ts';

/** @internal Which variables of processes are called as credentials are. */
export interface SecretVariables {
  /** By process id. Null where it is not known: it could not be read, or was written over. */
  readonly byPid: ReadonlyMap<number, readonly string[] | null>;
  readonly findings: readonly Finding[];
}

/** An environment can have 8 MiB: so many of them are in memory at a time. */
const AT_A_TIME = 64;
const MOST_NAMES = 64;
const LONGEST_NAME = 256;

function namesIn({ initial }: ProcessEnvironment): readonly string[] | null {
  if (initial === null || initial.state === 'unreadable' || initial.state === 'overwritten') return null;
  const names = new Set<string>();
  for (const { name } of initial.entries) {
    if (name === null || name.length > LONGEST_NAME) continue;
    const text = name.toString();
    if (isSecretName(text)) names.add(text);
  }
  return [...names];
}

/** One finding for all, since who may not read one may read none. */
class Unread {
  #count = 0;
  #first = '';

  add(reason: string): void {
    if (this.#count++ === 0) this.#first = reason;
  }

  get findings(): Finding[] {
    if (this.#count === 0) return [];
    const message = `the environments of ${this.#count} processes could not be read, such as: ${this.#first}`;
    return [{ code: 'unreadable-environments', message }];
  }
}

/**
 * @internal Reads the names of the variables that processes were started with. Those that have ended are left out, and no
 * value is kept.
 */
export async function readSecretVariables(
  processes: readonly ProcessSummary[],
  options: WaitOptions,
): Promise<SecretVariables> {
  const byPid = new Map<number, readonly string[] | null>();
  const unread = new Unread();
  let cut = 0;
  for (let from = 0; from < processes.length; from += AT_A_TIME) {
    const some = processes.slice(from, from + AT_A_TIME);
    const results = await readEnvironments(
      some.map(({ pid }) => pid),
      { ...options, live: false },
    );
    for (const [i, result] of results.entries()) {
      const { pid, startTime } = some[i] as ProcessSummary;
      if (result.status === 'rejected') {
        byPid.set(pid, null);
        if (codeOf(result.reason) !== 'ESRCH') unread.add(String((result.reason as Error).message));
        continue;
      }
      using environment = result.value;
      const isSame = environment.process.startTime === startTime;
      const names = isSame ? namesIn(environment) : null;
      if (isSame && environment.initial?.state === 'unreadable') unread.add(environment.initial.reason ?? '');
      if (environment.initial?.truncated === true || (names?.length ?? 0) > MOST_NAMES) cut += 1;
      byPid.set(pid, names?.slice(0, MOST_NAMES) ?? null);
    }
  }
  const message = `the names of ${cut} environments are not all told: they are too many, or the environments too large`;
  return { byPid, findings: [...unread.findings, ...(cut > 0 ? [{ code: 'truncated-names', message }] : [])] };
}
