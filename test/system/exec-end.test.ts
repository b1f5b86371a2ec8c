import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { execIn } from '../../lib/index.ts';
import * as assert from 'uvu/assert';
import { Unshared } from '../helpers/runc.ts';
import { execute } from '../helpers/executed.ts';
import { unfit } from '../helpers/hostile.ts';
import { openFiles } from '../helpers/open-files.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';
import { eventually } from '../helpers/threads.ts';

const test = suite('the end of commands in the namespaces of a process');
const skip = unfit({ root: true, tools: ['unshare'] });
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

let target: Unshared;
test.before(async () => {
  target = await Unshared.start(['--mount', '--pid', '--fork', '--mount-proc']);
});
test.after(() => target[Symbol.dispose]());

const gone = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ');
  } catch {
    return true;
  }
};
const untilGone = (pid: number) =>
  eventually(
    () => gone(pid),
    () => `process ${pid} still runs`,
    5_000,
  );
test(
  'kills the whole process group when it is aborted, and rejects with the reason',
  async () => {
    const controller = new AbortController();
    await using command = await execIn(target.pid, ['sh', '-c', 'sleep 60 & echo $!; wait'], {
      signal: controller.signal,
    });
    await once(command.stdout as NodeJS.ReadableStream, 'data');
    const [child = 0] = readFileSync(`/proc/${command.pid}/task/${command.pid}/children`, 'latin1')
      .trim()
      .split(' ')
      .map(Number);
    const reason = new Error('enough');
    controller.abort(reason);
    await rejects(command.exit, { message: /^enough$/ });
    await untilGone(command.pid);
    await untilGone(child);
  },
  { skip },
);

test(
  'does not start when it is aborted already',
  async () => {
    await rejects(execIn(target.pid, ['true'], { signal: AbortSignal.abort() }), { name: 'AbortError' });
  },
  { skip },
);

test(
  'kills it after the timeout',
  async () => {
    await using command = await execIn(target.pid, ['sleep', '60'], { timeout: 200 });
    await rejects(command.exit, { code: 'ETIMEDOUT', syscall: 'exec' });
    await untilGone(command.pid);
  },
  { skip },
);

test(
  'ends with its scope',
  async () => {
    const command = await execIn(target.pid, ['sleep', '60']);
    await command[Symbol.asyncDispose]();
    await untilGone(command.pid);
  },
  { skip },
);

test(
  'leaves nothing running when its program is killed',
  async () => {
    const program = spawn(process.execPath, [fixture('exec.mjs'), String(target.pid)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [text] = (await once(program.stdout, 'data')) as [Buffer];
    const pids = String(text).trim().split(' ').map(Number);
    program.kill('SIGKILL');
    for (const pid of pids) await untilGone(pid);
  },
  { skip },
);

test(
  'leaves nothing running, and no descriptor, when its Worker is ended',
  async () => {
    const end = async (delay: number) => {
      const worker = new Worker(fixture('exec.mjs'), { workerData: { pid: target.pid }, execArgv: [] });
      const [pids] = (await once(worker, 'message')) as [number[]];
      await new Promise((resolve) => setTimeout(resolve, delay));
      await worker.terminate();
      for (const pid of pids) await untilGone(pid);
    };
    await end(0);
    const before = openFiles();
    for (let i = 0; i < 10; i++) await end(i);
    assert.ok(openFiles() <= before + 1, `${openFiles()} descriptors after ${before}`);
  },
  { skip },
);

/** Ends so many Workers of a fixture, each a moment after its last command has started: soon no descriptor of theirs is left. */
async function endWorkers(name: string, count: number): Promise<void> {
  const pids: number[] = [];
  const end = async (delay: number) => {
    const worker = new Worker(fixture(name), { workerData: { pid: target.pid }, execArgv: [] });
    worker.on('message', (pid: number) => pids.push(pid));
    await once(worker, 'message');
    await new Promise((resolve) => setTimeout(resolve, delay));
    await worker.terminate();
    for (const pid of pids.splice(0)) await untilGone(pid);
  };
  await end(0);
  const before = openFiles();
  for (let i = 0; i < count; i++) await end(i % 7);
  // threads of a Worker that has ended may be a moment behind
  const left = (): number => openFiles() - before;
  await eventually(
    () => left() <= 1,
    () => `${left()} descriptors are left`,
  );
}

test(
  'leaves no descriptor when its Worker is ended before it has made streams of them',
  async () => {
    await endWorkers('exec-stuck.mjs', 10);
  },
  { skip },
);

test(
  'leaves no descriptor when its Worker is ended at any moment of a start',
  async () => {
    await endWorkers('exec-often.mjs', 20);
  },
  { skip, timeout: 120_000 },
);

test(
  'leaves no zombie',
  async () => {
    for (let i = 0; i < 5; i++) await execute(target.pid, ['true']);
    const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isChild(name));
    assert.equal(
      children.filter((pid) => gone(Number(pid))),
      [],
    );
  },
  { skip },
);

function isChild(pid: string): boolean {
  if (!existsSync(`/proc/${pid}/status`)) return false;
  try {
    return readFileSync(`/proc/${pid}/status`, 'latin1').includes(`\nPPid:\t${process.pid}\n`);
  } catch {
    return false;
  }
}

test.run();
