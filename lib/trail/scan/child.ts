// The program of the process that scans: lib/trail/scan/scanner.ts starts it, and can kill it.
import { readSync } from 'node:fs';
import { mapSideBySide } from '../../kube/side-by-side.ts';
import { type ContainerContext, scanContainer } from './container.ts';
import { watchParent } from './death-watch.ts';
import { Matcher } from './matcher.ts';
import { NodeVolumes } from './node-volumes.ts';
import { FileHints } from './open-files.ts';
import { scanProcesses } from './process.ts';
import type { Begin, FromChild, ToChild, Work } from './protocol.ts';
import { VolumeContents } from './volume-content.ts';

const AT_A_TIME = 4;
const STDIN = 0;
/** Milliseconds between two signs of life. */
const ALIVE = 100;

function send(message: FromChild): void {
  // who asked may be gone by now: 'disconnect' says so
  process.send?.(message, () => undefined);
}

/** The values, from standard input: where a message would leave copies of them that cannot be overwritten. */
class Values {
  readonly #block: Buffer;
  readonly all: Buffer[];

  constructor(lengths: Uint32Array) {
    this.#block = Buffer.alloc(lengths.reduce((sum, length) => sum + length, 0));
    for (let at = 0; at < this.#block.length;) {
      const count = readSync(STDIN, this.#block, at, this.#block.length - at, null);
      if (count === 0) throw new Error('the values ended early');
      at += count;
    }
    let start = 0;
    this.all = Array.from(lengths, (length) => this.#block.subarray(start, (start += length)));
  }

  wipe(): void {
    this.#block.fill(0);
  }
}

let lastSign = 0;

function alive(): void {
  const now = performance.now();
  if (now - lastSign < ALIVE) return;
  lastSign = now;
  send({ kind: 'alive' });
}

let values: Values | null = null;
let context: Promise<ContainerContext> | null = null;

async function prepare(begin: Begin, all: readonly Buffer[]): Promise<ContainerContext> {
  const { timeout, host, stateDirectories } = begin;
  const matcher = new Matcher(all, new Set(begin.distinctive));
  const volumes = await NodeVolumes.read({ timeout, ...(host === null ? {} : { host }) });
  const names = (list: readonly string[]) => new Set(list.map((name) => Buffer.from(name).toString('latin1')));
  return {
    matcher,
    volumes,
    hints: new FileHints(volumes),
    contents: new VolumeContents(volumes, matcher, { timeout }),
    wanted: new Map(begin.variables.map(([id, list]) => [id, names(list)])),
    timeout,
    alive,
    stateDirectories,
  };
}

async function work({ batch, processes, containers }: Work): Promise<void> {
  if (context === null) throw new Error('there is work before there are values');
  const shared = await context;
  const [seen, others] = await Promise.all([
    scanProcesses(processes, shared),
    mapSideBySide(containers, AT_A_TIME, (one) => scanContainer(one, shared)),
  ]);
  send({ kind: 'seen', batch, processes: seen, containers: others, findings: shared.volumes.findings });
}

/** At once, whatever threads are waiting for: exit(3) would wait for them. */
function end(): never {
  values?.wipe();
  process.kill(process.pid, 'SIGKILL');
  throw new Error('it has been killed');
}

function receive(message: ToChild): void {
  if (message.kind === 'end') end();
  else if (message.kind === 'work') void work(message);
  else {
    watchParent(message.parent);
    values = new Values(message.lengths);
    context = prepare(message, values.all);
  }
}

process.on('message', receive);
process.on('disconnect', end);
send({ kind: 'ready' });
