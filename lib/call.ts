import { addon, type Outcome } from './native.ts';
import { unwatch, watch } from './watchdog.ts';

let lastCall = 0;

/** One call of the addon, with the timer and the signal that can end it. `start` gets the number that names the call. */
export async function callAddon<Value>(
  start: (id: number) => Promise<Outcome<Value>[]>,
  signal: AbortSignal | undefined,
): Promise<Outcome<Value>[]> {
  signal?.throwIfAborted();
  lastCall = (lastCall + 1) >>> 0;
  const id = lastCall;
  const cancel = (): void => addon.cancel(id);
  watch(id);
  signal?.addEventListener('abort', cancel);
  try {
    const outcomes = await start(id);
    signal?.throwIfAborted();
    return outcomes;
  } finally {
    unwatch(id);
    signal?.removeEventListener('abort', cancel);
  }
}
