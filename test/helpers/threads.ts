import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import * as assert from 'uvu/assert';

const PATIENCE = 2_000;

export type Thread = { tid: string; state: string; tracer: number };

/** All threads of a process that were there when asked; none when it is gone. */
export function threadsOf(pid: number): Thread[] {
  return listTasks(pid).flatMap((tid) => {
    const status = readStatus(`/proc/${pid}/task/${tid}/status`);
    const [, state] = /^State:\s+(\w)/m.exec(status) ?? [];
    return state === undefined ? [] : [{ tid, state, tracer: Number(/^TracerPid:\s+(\d+)/m.exec(status)?.[1]) }];
  });
}

/** Waits, in small steps and not for long, until `done` says so. */
export async function eventually(done: () => boolean, what: () => string, patience = PATIENCE): Promise<void> {
  const limit = performance.now() + patience;
  while (!done()) {
    if (performance.now() > limit) assert.unreachable(`after ${patience} ms: ${what()}`);
    await wait(1);
  }
}

/** No thread is stopped or traced; a tracer that was killed with its program may take a moment to be gone. */
export async function assertFree(pid: number, patience = PATIENCE): Promise<void> {
  const caught = () => threadsOf(pid).filter(({ state, tracer }) => /[tT]/.test(state) || tracer !== 0);
  await eventually(
    () => caught().length === 0,
    () => `of process ${pid} are stopped or traced: ${JSON.stringify(caught())}`,
    patience,
  );
  assert.ok(threadsOf(pid).length > 0, `process ${pid} is gone`);
}

export async function waitForState(pid: number, state: string): Promise<void> {
  const inState = () => threadsOf(pid).every((thread) => thread.state === state);
  await eventually(inState, () => `process ${pid} is not in state ${state}: ${JSON.stringify(threadsOf(pid))}`);
}

function listTasks(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

// A thread can go between the list and the look.
function readStatus(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
