// Prints which container a process is of, as this process sees it: PID, then the state directories as JSON.
import { identifyContainer } from '../../lib/index.ts';

const [pid, stateDirectories = '{}'] = process.argv.slice(2);
const identity = await identifyContainer(Number(pid), { stateDirectories: JSON.parse(stateDirectories) });
process.stdout.write(JSON.stringify({ ...identity, startTime: String(identity.startTime) }));
