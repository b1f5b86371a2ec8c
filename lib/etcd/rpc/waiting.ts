import { once } from 'node:events';

/** What `promise` gives, unless the signal is aborted before; nothing is left behind on a signal that lives long. */
export async function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  // its error is nobody's when the signal comes first
  promise.catch(() => undefined);
  signal.throwIfAborted();
  const done = new AbortController();
  const aborted = once(signal, 'abort', { signal: done.signal }).then(() => signal.throwIfAborted() as never);
  aborted.catch(() => undefined);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    done.abort();
  }
}

/** What `promise` gives, unless it takes longer: then what `late` makes. */
export async function within<Value>(promise: Promise<Value>, timeout: number, late: () => Error): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), timeout);
  });
  try {
    return await Promise.race([promise, overdue]);
  } finally {
    clearTimeout(timer);
  }
}
