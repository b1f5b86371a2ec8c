import { readdirSync } from 'node:fs';
import { type ProcessEnvironment, readEnvironments } from '../../environ.ts';
import { SystemError } from '../../errors.ts';
import { parseStat, type ProcStat } from '../../kube/proc-file.ts';
import { mapSideBySide } from '../../kube/side-by-side.ts';
import { readCommandLine } from '../../processes.ts';
import type { Place } from '../sighting.ts';
import { isGone, unlessGone } from './gone.ts';
import type { Matcher } from './matcher.ts';
import { type FileHints, listMappedFiles, listOpenFiles } from './open-files.ts';
import { readProcText } from './proc-text.ts';
import { OF_PROCESS, type ProcessItem, type SeenProcess } from './protocol.ts';
import { Report } from './report.ts';
import { matchVariables } from './variables.ts';
import { type FileContext, type Link, tellFiles } from './volume-file.ts';

/** What all looks at processes share. */
export interface ProcessContext extends FileContext {
  readonly matcher: Matcher;
  readonly hints: FileHints;
  /** Names of variables by the id of the container; bytes as latin1. */
  readonly wanted: ReadonlyMap<string, ReadonlySet<string>>;
  /** Milliseconds for one read. */
  readonly timeout: number;
  /** Says that a process is done: several that are slow one after the other keep nobody waiting for ever. */
  readonly alive: () => void;
}

const AT_A_TIME = 4;
const NONE: ReadonlySet<string> = new Set();

function tellEnvironment(
  environment: ProcessEnvironment,
  wanted: ReadonlySet<string>,
  report: Report,
  matcher: Matcher,
) {
  const { initial, live } = environment;
  if (initial === null || live === null) return;
  // one that was written over is read as it is now
  if (initial.state === 'unreadable' || initial.state === 'relocated') {
    report.leave('initial', `${initial.state}: ${initial.reason ?? 'no reason is known'}`);
  }
  if (live.state !== 'ok') report.leave('live', `${live.state}: ${live.reason ?? 'no reason is known'}`);
  const cut = 'it has more than is read of one: 65,536 strings, 1 MiB each, 8 MiB in all';
  if (initial.truncated) report.leave('initial', cut);
  if (live.truncated) report.leave('live', cut);
  const before = matchVariables(initial.entries, { place: 'initial', wanted, matcher }, report);
  matchVariables(live.entries, { place: 'live', wanted, matcher }, report, before);
}

/** True: the process does not keep its memory locked. Where this fails, nothing else that takes the lock should be asked. */
async function tellCommandLine(pid: number, { matcher, timeout }: ProcessContext, report: Report): Promise<true> {
  const words = await readCommandLine(pid, { timeout });
  for (const [i, word] of words.entries()) {
    report.tell({ place: 'commandLine', name: String(i), asked: false }, matcher.match(word));
    word.fill(0);
  }
  return true;
}

/** What fails costs its own place only, unless the process is gone. */
async function attempt<Value>(place: Place, report: Report, look: () => Value | Promise<Value>): Promise<Value | null> {
  try {
    return await look();
  } catch (error) {
    if (isGone(error) || !(error instanceof Error)) throw error;
    report.leave(place, error.message);
    return null;
  }
}

async function tellOpenFiles(pid: number, isUnlocked: boolean, context: ProcessContext, report: Report) {
  const open = await attempt('openFile', report, () => listOpenFiles(pid, context.hints, report));
  const mapped = isUnlocked
    ? await attempt('openFile', report, () => listMappedFiles(pid, context.hints, report))
    : null;
  if (!isUnlocked) report.leave('openFile', 'its mappings were not looked at, as its command line could not be read');
  const links: Link[] = [...(open ?? []), ...(mapped ?? [])];
  await attempt('openFile', report, () => tellFiles(pid, links, context, report));
}

const MOST_STAT_BYTES = 4096;

function readStatus(pid: number): ProcStat | null {
  return parseStat(readProcText(`/proc/${pid}/stat`, MOST_STAT_BYTES).text);
}

/** That it is still there shows that its number was its own all the time. */
function isThere({ pid, startTime }: ProcessItem): boolean {
  const stat = unlessGone(() => readStatus(pid));
  return stat !== null && stat.startTime === startTime && stat.state !== 'Z';
}

/** Of a process whose first thread has ended the kernel shows neither memory nor files, and the others go on. */
function tellLeaderless({ pid, startTime }: ProcessItem): SeenProcess {
  const stat = unlessGone(() => readStatus(pid));
  const isIt = stat?.state === 'Z' && stat.startTime === startTime;
  if (!isIt || (unlessGone(() => readdirSync(`/proc/${pid}/task`))?.length ?? 0) < 2) return null;
  const reason = 'its first thread has ended: what its other threads hold cannot be read';
  return { sightings: [], unread: OF_PROCESS.map((place) => ({ place, reason })) };
}

type Read = PromiseSettledResult<ProcessEnvironment>;

async function scanProcess(item: ProcessItem, read: Read, context: ProcessContext): Promise<SeenProcess> {
  const { pid, containerId } = item;
  const report = new Report(context.matcher);
  const wanted = (containerId === null ? undefined : context.wanted.get(containerId)) ?? NONE;
  if (read.status === 'fulfilled') {
    using environment = read.value;
    if (environment.process.startTime !== item.startTime) return null;
    tellEnvironment(environment, wanted, report, context.matcher);
  } else {
    const error: unknown = read.reason;
    if (!(error instanceof SystemError)) throw error;
    if (isGone(error)) return null;
    for (const place of ['initial', 'live'] as const) report.leave(place, error.message);
  }
  const isUnlocked = await attempt('commandLine', report, () => tellCommandLine(pid, context, report));
  await tellOpenFiles(pid, isUnlocked === true, context, report);
  return isThere(item) ? { sightings: report.sightings, unread: report.unread } : null;
}

/** Looks at processes: environments in one call, then each of them. What was read is overwritten. */
export async function scanProcesses(
  items: readonly ProcessItem[],
  context: ProcessContext,
): Promise<readonly SeenProcess[]> {
  if (items.length === 0) return [];
  const reads = await readEnvironments(
    items.map(({ pid }) => pid),
    { timeout: context.timeout },
  );
  const pairs = items.map((item, i) => [item, reads[i] as Read] as const);
  return mapSideBySide(pairs, AT_A_TIME, async ([item, read]) => {
    context.alive();
    try {
      return (await scanProcess(item, read, context)) ?? tellLeaderless(item);
    } catch (error) {
      if (isGone(error)) return tellLeaderless(item);
      throw error;
    }
  });
}
