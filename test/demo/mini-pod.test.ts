import { existsSync, readdirSync, readFileSync, readlinkSync, statSync, watch } from 'node:fs';
import * as assert from 'uvu/assert';
import { startMiniPod } from '../../lib/demo/mini-pod.ts';
import { suite } from '../helpers/suite.ts';
import { eventually } from '../helpers/threads.ts';

const test = suite('demo: a pod without a cluster');
const skip = process.getuid?.() === 0 ? undefined : 'needs root';

const inContainer = (pid: number, path: string): string => readFileSync(`/proc/${pid}/root${path}`, 'utf8');

function mountLine(pid: number, point: string): string {
  const lines = readFileSync(`/proc/${pid}/mountinfo`, 'latin1').split('\n');
  return lines.find((line) => line.split(' ')[4] === point) ?? '';
}

test(
  'has one tmpfs: read-write on the node, read-only in the container',
  async () => {
    await using pod = await startMiniPod();
    const [node, container] = [mountLine(pod.nodePid, pod.hostPath), mountLine(pod.containerPid, pod.containerPath)];
    assert.match(node, / rw,relatime .*- tmpfs /);
    assert.match(container, / ro,relatime .*- tmpfs /);
    assert.is(node.split(' ')[2], container.split(' ')[2]);
    assert.is(mountLine(process.pid, pod.hostPath), '', 'the mount is to be seen in its own namespace only');
  },
  { skip },
);

test(
  'gives a rotated Secret to the volume, and not to the environment or the subPath file',
  async () => {
    await using pod = await startMiniPod();
    const generation = pod.rotate({ foo: 'new', caz: 'newer' });
    assert.is(inContainer(pod.containerPid, '/mnt/foo/foo'), 'new');
    assert.is(inContainer(pod.containerPid, pod.subPath), 'baz');
    assert.match(mountLine(pod.containerPid, pod.subPath), /\/caz\/\/deleted /);
    assert.match(readFileSync(`/proc/${pod.containerPid}/environ`, 'latin1'), /\0FOO=bar\0/);
    assert.is(readlinkSync(`${pod.writablePath}/..data`), generation);
    assert.equal(readdirSync(pod.writablePath).sort(), ['..data', generation, 'caz', 'foo'].sort());
  },
  { skip },
);

test(
  'follows keys that come and go',
  async () => {
    await using pod = await startMiniPod();
    pod.rotate({ foo: 'new', more: '1' });
    const keys = readdirSync(pod.writablePath).filter((name) => !name.startsWith('..'));
    assert.equal(keys.sort(), ['foo', 'more']);
  },
  { skip },
);

test(
  "writes as kubelet does, in its order, whatever the caller's umask is",
  async () => {
    await using pod = await startMiniPod({ payload: { foo: 'bar', caz: 'baz' } });
    const before = readlinkSync(`${pod.writablePath}/..data`);
    const told: (string | null)[] = [];
    const watcher = watch(pod.writablePath, (_, name) => told.push(name));
    const umask = process.umask(0o077);
    const generation = pod.rotate({ foo: 'new', more: '1' });
    process.umask(umask);
    await eventually(
      () => told.includes(before),
      () => `only told of ${told.join()}`,
    );
    watcher.close();
    // made and given its mode, made and renamed, replaced; then the links of the keys, and the old one goes
    assert.equal(told, [generation, generation, '..data_tmp', '..data_tmp', '..data', 'more', 'caz', before]);
    const modes = ['', '/foo', '/more'].map(
      (name) => statSync(`${pod.writablePath}/${generation}${name}`).mode & 0o777,
    );
    assert.equal(modes, [0o755, 0o644, 0o644]);
  },
  { skip },
);

/** Whether it runs; who has inherited it may not have waited for it yet. */
const runs = (pid: number): boolean =>
  existsSync(`/proc/${pid}`) && !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));

test(
  'leaves no process behind',
  async () => {
    const pods = [await startMiniPod(), await startMiniPod()];
    for (const { containerPid } of pods) assert.ok(runs(containerPid));
    for (const pod of pods) await pod[Symbol.asyncDispose]();
    const left = (): number[] => pods.flatMap(({ nodePid, containerPid }) => [nodePid, containerPid].filter(runs));
    await eventually(
      () => left().length === 0,
      () => `processes are left: ${left().join()}`,
    );
  },
  { skip },
);

test.run();
