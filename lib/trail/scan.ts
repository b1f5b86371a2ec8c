import { uptime } from 'node:os';
import { UsageError } from '../errors.ts';
import type { Finding } from '../kube/finding.ts';
import { slices } from '../kube/slices.ts';
import type { StateDirectories } from '../kube/state-directories.ts';
import { checkMilliseconds, checkWaitOptions } from '../options.ts';
import { checkPid } from '../process.ts';
import { type Census, listNodeProcesses, type NodeProcesses, takeCensus } from './scan/node-processes.ts';
import { type Begin, OF_CONTAINER, OF_PROCESS, type ProcessItem, type Seen } from './scan/protocol.ts';
import { ScanChild } from './scan/scan-child.ts';
import { type Batch, type Outcome, Scanner } from './scan/scanner.ts';
import type { Place, Scan, ScannedContainer, ScannedProcess, ScanRequest, UnreadPlace } from './sighting.ts';

/** How to scan a node. */
export interface ScanOptions {
  /** Milliseconds for the whole scan, after which the rest is told as unread. Default: 60,000. */
  readonly timeout?: number;
  /** Milliseconds after which what keeps its reader waiting is given up; a single read gets a quarter. Default: 4,000. */
  readonly stall?: number;
  /** Gives up when it is aborted. */
  readonly signal?: AbortSignal;
  /** Told again and again how many processes and containers have been looked at, and how many there are. */
  readonly onProgress?: (done: number, total: number) => void;
  /** What is on the node, where that has been listed. Default: as {@link listNodeProcesses} does. */
  readonly node?: NodeProcesses;
  /** Where runtimes keep their state; those left out are where they usually are. */
  readonly stateDirectories?: Partial<StateDirectories>;
  /** A process whose mount table is the node's. Default: as for `listHostSecretVolumes`. */
  readonly host?: number;
}

const DEFAULT_TIMEOUT = 60_000;
const DEFAULT_STALL = 4_000;
const LONGEST = 3_600_000;
const READS_PER_STALL = 4;
/** An environment can have 8 MiB: so many of them are in memory at a time, twice, and two batches are under way. */
const PROCESSES_AT_A_TIME = 16;
const CONTAINERS_AT_A_TIME = 4;
const MOST_BYTES = 2 ** 26;
/** USER_HZ, which is 100 on all that Node runs on. */
const MILLISECONDS_PER_TICK = 10;

function checkRequest({ values, distinctive }: ScanRequest): void {
  if (values.reduce((sum, value) => sum + value.length, 0) >= MOST_BYTES) {
    throw new UsageError('values', 'must have less than 64 MiB in all');
  }
  for (const number of distinctive) {
    if (!(number in values)) throw new UsageError('distinctive', `must be numbers of values, not ${number}`);
  }
}

/** Gathers what comes in, in any order. */
class Gathering implements Outcome {
  readonly containers = new Map<string, ScannedContainer>();
  readonly processes = new Map<number, Pick<ScannedProcess, 'sightings' | 'unread'>>();
  readonly #findings = new Map<string, Finding>();
  readonly #progress: () => void;

  constructor(census: Census, onProgress: ((done: number, total: number) => void) | undefined) {
    const total = census.processes.length + census.containers.length;
    let done = 0;
    onProgress?.(done, total);
    this.#progress = () => onProgress?.((done += 1), total);
  }

  get findings(): Finding[] {
    return [...this.#findings.values()];
  }

  seen({ processes, containers }: Batch, seen: Seen): void {
    for (const [i, { pid }] of processes.entries()) {
      const one = seen.processes[i];
      if (one) this.processes.set(pid, one);
      this.#progress();
    }
    for (const [i, { containerId }] of containers.entries()) {
      const one = seen.containers[i];
      if (one) this.containers.set(containerId, one);
      this.#progress();
    }
    for (const finding of seen.findings) this.#findings.set(`${finding.code} ${finding.message}`, finding);
  }

  lost({ processes, containers }: Batch, reason: string): void {
    const unread = (places: readonly Place[]): UnreadPlace[] => places.map((place) => ({ place, reason }));
    for (const { pid } of processes) {
      this.processes.set(pid, { sightings: [], unread: unread(OF_PROCESS) });
      this.#progress();
    }
    for (const { containerId } of containers) {
      const nothing = { bundle: [], files: [], findings: [] };
      this.containers.set(containerId, { containerId, ...nothing, unread: unread(OF_CONTAINER) });
      this.#progress();
    }
  }
}

/** Containers first: a batch of them takes longest. */
function toBatches({ processes, containers }: Census): Batch[] {
  const items = processes.map(({ pid, startTime, containerId }): ProcessItem => ({ pid, startTime, containerId }));
  return [
    ...slices(containers, CONTAINERS_AT_A_TIME).map((some) => ({ processes: [], containers: some })),
    ...slices(items, PROCESSES_AT_A_TIME).map((some) => ({ processes: some, containers: [] })),
  ];
}

function toScan(census: Census, gathering: Gathering, bootTime: number): Scan {
  const processes = census.processes.flatMap((summary): ScannedProcess[] => {
    const seen = gathering.processes.get(summary.pid);
    if (seen === undefined) return [];
    const { pid, parentPid, startTime, comm, containerId } = summary;
    const startedAt = new Date(bootTime + Number(startTime) * MILLISECONDS_PER_TICK);
    return [{ pid, parentPid, startTime, startedAt, comm, containerId, ...seen }];
  });
  return { processes, containers: [...gathering.containers.values()], findings: gathering.findings };
}

function toBegin(request: ScanRequest, options: ScanOptions, stall: number): Begin {
  return {
    kind: 'begin',
    parent: process.pid,
    lengths: Uint32Array.from(request.values, ({ length }) => length),
    distinctive: [...request.distinctive],
    variables: [...request.variables],
    timeout: Math.ceil(stall / READS_PER_STALL),
    host: options.host ?? null,
    stateDirectories: options.stateDirectories ?? {},
  };
}

/**
 * Looks for values in everything on this node: environments at the start and now, command lines, open and mapped files of secret
 * volumes of each process; OCI bundle and files of secret volumes of each container.
 *
 * All reads are done by a child process, which gets the values through a pipe, overwrites them at its end, ends with this one,
 * and is killed when it is kept waiting: that costs the row of the process that did it. This process and its scanning child are
 * left out, since they hold the values; so are sandboxes of pods, apart from their processes.
 *
 * Errors: `UsageError`; AbortError; `ETIMEDOUT`, `EACCES` for /proc itself; an error where no child can be started. What else
 * could not be read is said in its row.
 * Race: what ends meanwhile is left out; what begins meanwhile, or changes behind the reader, is not seen.
 */
export async function scanNode(request: ScanRequest, options: ScanOptions = {}): Promise<Scan> {
  const { signal, onProgress, timeout = DEFAULT_TIMEOUT, stall = DEFAULT_STALL, stateDirectories = {} } = options;
  const waiting = { stateDirectories, ...(signal === undefined ? {} : { signal }) };
  checkWaitOptions(waiting);
  checkMilliseconds('timeout', timeout, LONGEST);
  checkMilliseconds('stall', stall, LONGEST);
  if (options.host !== undefined) checkPid(options.host);
  checkRequest(request);
  const starting = ScanChild.start();
  // it may fail while the node is listed, before anybody waits for it
  starting.catch(() => undefined);
  try {
    const node = options.node ?? (await listNodeProcesses(waiting));
    const bootTime = Date.now() - uptime() * 1000;
    const census = takeCensus(node, [process.pid, (await starting).pid]);
    const gathering = new Gathering(census, onProgress);
    const start = () => ScanChild.start();
    const scanner = new Scanner(toBatches(census), gathering, { stall, timeout, signal, start });
    const pack = () => Buffer.concat(request.values);
    await scanner.run(starting, { begin: toBegin(request, options, stall), pack });
    return toScan(census, gathering, bootTime);
  } catch (error) {
    // not yet given to the scanner, or killed by it
    starting.then((child) => child.kill()).catch(() => undefined);
    throw error;
  }
}
