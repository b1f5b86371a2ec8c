import { addon } from './native.ts';

/** Milliseconds between two looks at the calls under way. */
const TICK = 10;
/** How many looks without a call it takes to stop looking. */
const PATIENCE = 100;

const calls = new Set<number>();
let timer: NodeJS.Timeout | null = null;
let idle = 0;

function look(): void {
  for (const id of calls) addon.expire(id);
  idle = calls.size === 0 ? idle + 1 : 0;
  if (idle < PATIENCE || timer === null) return;
  clearInterval(timer);
  timer = null;
}

/**
 * Has the timeout of a call kept until {@link unwatch}. One timer for all, which outlives them for a while: one of its
 * own costs a call half of what its read takes. It keeps no program alive; the call does.
 */
export function watch(id: number): void {
  calls.add(id);
  idle = 0;
  timer ??= setInterval(look, TICK).unref();
}

/** The call has ended. */
export function unwatch(id: number): void {
  calls.delete(id);
}
