import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import {
  type EnvironmentEntry,
  type InitialEnvironment,
  type LiveEnvironment,
  openProcess,
  type Process,
  readEnvironment,
} from '../index.ts';
import { packageRoot } from '../root.ts';
import { lineReader } from './child-lines.ts';

/** What the child is started with: nothing of the caller's own environment. */
const CHILD_ENVIRONMENT = { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', HELLO: 'world', EMPTY: '' };

type Child = ChildProcessByStdio<Writable, Readable, null>;

/** Both environments of the child at one step. */
export interface Look {
  readonly initial: InitialEnvironment;
  readonly live: LiveEnvironment;
}

/** Where one string of the live environment stands. */
export interface StringPlace {
  readonly entry: EnvironmentEntry;
  /** What is mapped at its address, such as `[stack]`. */
  readonly region: string;
  /** It stood at the same address before. */
  readonly stayed: boolean;
}

/** What the experiment showed. */
export interface SetenvExperiment {
  readonly program: string;
  readonly pid: number;
  readonly before: Look;
  readonly after: Look;
  /** The bytes of /proc/PID/environ are the same after as before. */
  readonly initialUnchanged: boolean;
  readonly strings: readonly StringPlace[];
}

async function look(target: Process): Promise<Look> {
  const { initial, live } = await readEnvironment(target);
  return { initial: initial as InitialEnvironment, live: live as LiveEnvironment };
}

/** Name of the mapping that holds `address`. */
function regionAt(pid: number, address: bigint): string {
  for (const line of readFileSync(`/proc/${pid}/maps`, 'latin1').split('\n')) {
    const [, start, end, name] = /^([0-9a-f]+)-([0-9a-f]+) \S+ \S+ \S+ \S+ *(.*)$/.exec(line) ?? [];
    if (start !== undefined && address >= BigInt(`0x${start}`) && address < BigInt(`0x${end}`))
      return name || 'anonymous';
  }
  return 'unknown';
}

async function experiment(child: Child, program: string): Promise<SetenvExperiment> {
  const next = lineReader(child, 'the program of the experiment');
  const says = async (expected: string): Promise<void> => {
    const line = await next();
    if (line !== expected) throw new Error(`the program of the experiment said '${line}', not '${expected}'`);
  };
  await says('waiting');
  const pid = child.pid as number;
  await using target = await openProcess(pid);
  const before = await look(target);
  child.kill('SIGINT');
  await says('set');
  const after = await look(target);
  const known = new Set(before.live.entries.map(({ address }) => address));
  const strings = after.live.entries.map((entry) => ({
    entry,
    region: regionAt(pid, entry.address),
    stayed: known.has(entry.address),
  }));
  const text = ({ initial }: Look): string =>
    initial.entries.map(({ name, value }) => `${name?.toString('hex')}=${value.toString('hex')}`).join();
  return { program, pid, before, after, initialUnchanged: text(before) === text(after), strings };
}

/**
 * The experiment of the article on a real child process: start it, look, send SIGINT, which makes it call
 * setenv("foo", "bar", 0), and look again. The child ends in any case: it does when its standard input does.
 */
export async function runSetenvExperiment(): Promise<SetenvExperiment> {
  const program = `${packageRoot}build/Release/setenv`;
  const child = spawn(program, [], { env: CHILD_ENVIRONMENT, stdio: ['pipe', 'pipe', 'ignore'] });
  const exited = new Promise((resolve) => child.once('close', resolve));
  try {
    return await experiment(child, program);
  } finally {
    child.stdin.end();
    await exited;
  }
}
