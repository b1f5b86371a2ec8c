// reader.ts PID [UID]: reads the environment of PID, as UID when one is given, and prints what came of it as one line.
import { readEnvironment } from '../../lib/index.ts';

const [pid, uid] = process.argv.slice(2).map(Number);
if (pid === undefined) throw new Error('usage: reader.ts PID [UID]');

// The library is loaded by now: the repository need not be readable for that user.
if (uid !== undefined) {
  process.setgroups?.([]);
  process.setgid?.(uid);
  process.setuid?.(uid);
}

try {
  const { initial, live } = await readEnvironment(pid, { timeout: 500 });
  const states = { initial: initial?.state, live: live?.state, reason: live?.reason, entries: live?.entries.length };
  process.stdout.write(`${JSON.stringify(states)}\n`);
} catch (error) {
  if (!(error instanceof Error)) throw error;
  const { message } = error;
  process.stdout.write(`${JSON.stringify({ message, code: Reflect.get(error, 'code') })}\n`);
}
