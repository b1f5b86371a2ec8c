import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { writeGeneration } from '../../lib/demo/atomic-writer.ts';
import { Containerd, containerdMissing, type RunningContainer } from '../helpers/containerd.ts';
import { KubeletRoot } from '../helpers/kubelet-root.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('system: examples');
const skip = containerdMissing();
const root = fileURLToPath(new URL('../..', import.meta.url));
const uid = '2f6d1a0e-93c4-4c5e-8a51-6d1b7e0c9f31';
const otherUid = '7b0e6c52-1d3f-4e0a-9c77-20f4a8d3b615';
const inVolume = 'x7Kp2mQ9vL4z-volume';
const inVariable = 'x7Kp2mQ9vL4z-variable';
const rotated = 'x7Kp2mQ9vL4z-rotated';
const ofOther = 'x7Kp2mQ9vL4z-other';

let containerd: Containerd;
let kubelet: KubeletRoot;
let volume: string;
let generation: string;
let app: RunningContainer;
let leak: RunningContainer;
let onNode: ChildProcess;

test.before(async () => {
  kubelet = new KubeletRoot();
  containerd = await Containerd.start();
  await containerd.importBusybox(['PATH=/bin']);
  volume = kubelet.secret(uid, 'foo', { password: `${inVolume}\n`, flag: 'true' });
  generation = writeGeneration(volume, { password: `${inVolume}\n`, flag: 'true' });
  const pod = await containerd.runPod({ uid, name: 'examples-victim' });
  app = await containerd.runContainer(pod, {
    name: 'app',
    envs: { DB_PASSWORD: inVariable, USE_TOKEN: 'true' },
    mounts: [
      { containerPath: '/mnt/foo', hostPath: volume },
      { containerPath: '/mnt/password', hostPath: join(volume, generation, 'password') },
    ],
  });
  await containerd.runContainer(pod, { name: 'neighbour', envs: { COPY: inVariable } });
  const other = await containerd.runPod({ uid: otherUid, name: 'examples-other' });
  leak = await containerd.runContainer(other, {
    name: 'leak',
    command: ['sh', '-c', `sleep 600; : ${inVariable}`],
    envs: { URL: `postgres://me:${inVolume}@db`, FLAG: 'true', API_TOKEN: ofOther },
  });
  onNode = spawn('sleep', ['600'], { env: { [`NAMED_${inVariable}`]: inVariable, TRUE: 'true' }, stdio: 'ignore' });
  await once(onNode, 'spawn');
});

test.after(async () => {
  onNode?.kill('SIGKILL');
  await containerd?.[Symbol.asyncDispose]();
  kubelet?.[Symbol.dispose]();
});

type Line = Readonly<Record<string, unknown>>;

function wordsOf(name: string, ...args: string[]): string[] {
  return ['--import', 'tsx', join(root, 'examples', name), ...args];
}

/** A name that the tests chose could be in an error, too; a value must be nowhere. */
function assertNoValue(text: string): void {
  for (const value of [inVolume, inVariable, rotated, ofOther]) assert.not(text.includes(value), text);
}

async function run(name: string, ...args: string[]): Promise<{ code: unknown; lines: Line[]; stderr: string }> {
  const { code, stdout, stderr } = await new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) =>
    execFile(process.execPath, wordsOf(name, ...args), { cwd: root, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    ),
  );
  assertNoValue(stdout + stderr);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return { code, lines: lines.map((line) => JSON.parse(line) as Line), stderr };
}

test(
  'who-reads-whose-environ tells which containers can read which credentials',
  async () => {
    const { code, lines, stderr } = await run('who-reads-whose-environ.ts');
    assert.is(code, 1, stderr);
    const find = (pid: number): Line | undefined => lines.find((line) => line.pid === pid);
    const readersOf = (pid: number): string[] =>
      (find(pid)?.readers as Line[]).filter(({ answer }) => answer === 'yes').map(({ container }) => String(container));
    assert.equal(find(app.pid)?.container, 'test/examples-victim/app');
    assert.equal(find(app.pid)?.variables, ['DB_PASSWORD', 'USE_TOKEN']);
    assert.ok(readersOf(app.pid).includes('test/examples-victim/neighbour'));
    assert.not(readersOf(app.pid).includes('test/examples-victim/app'));
    assert.not(readersOf(app.pid).some((container) => container.startsWith('test/examples-other/')));
    assert.ok(Number(find(app.pid)?.ofNode) > 0);
    assert.not(readersOf(leak.pid).some((container) => container.startsWith('test/examples-victim/')));
  },
  { skip, timeout: 60_000 },
);

test(
  'secrets-outside-their-pod finds values by what they are, wherever they are, and tells none',
  async () => {
    const { code, lines, stderr } = await run('secrets-outside-their-pod.ts', 'test/examples-victim');
    assert.is(code, 1, stderr);
    // what the container's shell has started has inherited what is in the variables
    const own = [leak.pid, onNode.pid].flatMap((pid) => lines.filter((line) => line.pid === pid));
    assert.ok(lines.every((line) => own.includes(line) || line.container === 'test/examples-other/leak'));
    assert.equal(
      own.map(({ from, pid, container, place, name, whole }) => [from, pid, container, place, name, whole]),
      [
        ['volume foo, key password', leak.pid, 'test/examples-other/leak', 'initial', 'URL', false],
        ['volume foo, key password', leak.pid, 'test/examples-other/leak', 'live', 'URL', false],
        ['variable DB_PASSWORD', leak.pid, 'test/examples-other/leak', 'commandLine', '2', false],
        ['variable DB_PASSWORD', onNode.pid, null, 'initial', null, true],
        ['variable DB_PASSWORD', onNode.pid, null, 'live', null, true],
      ],
    );
    const [ofVolume, , ofVariable, again] = own.map(({ fingerprint }) => fingerprint);
    assert.equal([ofVariable === again, ofVariable === ofVolume], [true, false]);
  },
  { skip, timeout: 60_000 },
);

test(
  'secrets-outside-their-pod ends with 0 where there is nothing, and says which pods there are',
  async () => {
    const { code, lines, stderr } = await run('secrets-outside-their-pod.ts', 'test/examples-other');
    // where not all processes may be read, nobody knows
    assert.equal([code, lines], [stderr === '' ? 0 : 5, []], stderr);
    const unknown = await run('secrets-outside-their-pod.ts', 'test/examples-gone');
    assert.equal([unknown.code, unknown.lines], [5, []]);
    assert.match(unknown.stderr, 'test/examples-victim');
  },
  { skip, timeout: 60_000 },
);

test(
  'alert-on-stale-subpath tells of one at each update, and with --once as it is',
  async () => {
    const check = async (): Promise<[Line[], unknown]> => {
      const { code, lines } = await run('alert-on-stale-subpath.ts', '--once');
      return [lines.filter(({ pid }) => pid === app.pid), code];
    };
    assert.equal((await check())[0], []);
    const watch = spawn(process.execPath, wordsOf('alert-on-stale-subpath.ts'), { cwd: root });
    const lines = createInterface({ input: watch.stdout })[Symbol.asyncIterator]();
    const rotate = async (password: string): Promise<Line> => {
      const now = writeGeneration(volume, { password });
      for (;;) {
        const { value } = await lines.next();
        assert.ok(value, 'the script has ended');
        assertNoValue(value);
        const line = JSON.parse(value) as Line;
        if (line.pid === app.pid && line.now === now) return line;
      }
    };
    try {
      // the first may be told by what is there when the watch begins, the second by the update alone
      await rotate(rotated);
      const { time, now, ...alert } = await rotate(`${rotated}, again`);
      const place = { alert: 'stale-subpath', container: 'test/examples-victim/app', pid: app.pid, volume: 'foo' };
      assert.equal(alert, { ...place, path: '/mnt/password', subPath: 'password', generation });
      const [[line], code] = await check();
      assert.equal([code, line?.now, line?.path], [1, now, '/mnt/password']);
      assert.ok(Date.parse(String(time)) > 0);
    } finally {
      watch.kill('SIGKILL');
    }
  },
  { skip, timeout: 60_000 },
);

test.run();
