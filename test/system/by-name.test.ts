// What a user asks of a pod by its name, with containerd and runc alone: no API server, no kubelet.
import * as assert from 'uvu/assert';
import { writeGeneration } from '../../lib/demo/atomic-writer.ts';
import { podprobe } from '../helpers/command.ts';
import { Containerd, containerdMissing, type RunningContainer, type RunningPod } from '../helpers/containerd.ts';
import { KubeletRoot } from '../helpers/kubelet-root.ts';
import { RunningWatch } from '../helpers/running-watch.ts';
import { assertKeeps, type SchemaName } from '../helpers/schema.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('a pod by its name');
const skip = containerdMissing();
const uid = '6f7e1acc-0a2c-4b6e-9a54-6b8d5c8b9a02';
const name = 'podprobe-by-name';
const target = `test/${name}`;

let containerd: Containerd;
let root: KubeletRoot;
let volume: string;
let pod: RunningPod;
let app: RunningContainer;

test.before(async () => {
  root = new KubeletRoot();
  containerd = await Containerd.start();
  await containerd.importBusybox(['PATH=/bin']);
  volume = root.secret(uid, 'foo', { foo: 'bar' });
  pod = await containerd.runPod({ uid, name });
  const mounts = [{ containerPath: '/mnt/foo', hostPath: volume }];
  app = await containerd.runContainer(pod, { name: 'app', envs: { FOO: 'bar' }, mounts });
});

test.after(async () => {
  await containerd?.[Symbol.asyncDispose]();
  root?.[Symbol.dispose]();
});

type Named = { name: string | null };
type Ps = { pods: (Named & { namespace: string | null; containers: (Named & { processes: { pid: number }[] })[] })[] };
type Env = {
  process: { pid: number; container: { podName: string; containerName: string } };
  bundle: { state: string; entries: { name: string; origin: string | null }[] };
  live: { state: string; entries: { name: string; value: string }[] };
};
type Mounts = { secretVolumes: { containerPath: string; hostPath: string; keys: { name: string }[] }[] };

async function ask<Document extends object>(
  schema: SchemaName,
  words: readonly (string | number)[],
): Promise<Document> {
  const { code, stdout, stderr } = await podprobe([...words, '--json']);
  assert.equal([code, stderr], [0, '']);
  return assertKeeps<Document>(schema, JSON.parse(stdout) as object);
}

test(
  'ps lists it with its container and its process',
  async () => {
    const { pods } = await ask<Ps>('ps', ['ps']);
    const [found, ...others] = pods.filter((one) => one.name === name);
    assert.equal([found?.namespace, others], ['test', []]);
    const container = found?.containers.find((one) => one.name === 'app');
    assert.equal(
      container?.processes.map(({ pid }) => pid),
      [app.pid],
    );
  },
  { skip },
);

test(
  'env tells its three layers',
  async () => {
    const { process, bundle, live } = await ask<Env>('env', ['env', target, '--reveal']);
    const { podName, containerName } = process.container;
    assert.equal([process.pid, podName, containerName], [app.pid, name, 'app']);
    assert.equal([bundle.state, live.state], ['read', 'ok']);
    assert.is(live.entries.find((entry) => entry.name === 'FOO')?.value, 'bar');
  },
  { skip },
);

test(
  'env asks the runtime who set each variable, if it is told to',
  async () => {
    const { bundle } = await ask<Env>('env', ['env', target, '--cri', `unix://${containerd.socket}`]);
    const origins = new Map(bundle.entries.map((entry) => [entry.name, entry.origin]));
    assert.equal([origins.get('PATH'), origins.get('FOO'), origins.get('HOSTNAME')], ['image', 'pod', 'runtime']);
    const { code, stderr } = await podprobe(['env', target, '--cri', 'containerd.sock']);
    assert.equal([code, /must be a unix socket/.test(stderr)], [2, true]);
  },
  { skip },
);

test(
  'mounts shows both sides of its Secret',
  async () => {
    const { secretVolumes } = await ask<Mounts>('mounts', ['mounts', target]);
    assert.equal(
      secretVolumes.map(({ containerPath, hostPath, keys }) => [containerPath, hostPath, keys]),
      [['/mnt/foo', volume, [{ name: 'foo' }]]],
    );
  },
  { skip },
);

test(
  'exec and cat read it, ls lists it, by pod, by container and by the beginning of the id',
  async () => {
    for (const one of [target, `${target}/app`, app.id.slice(0, 12)]) {
      assert.equal((await podprobe(['exec', one, '--', 'cat', '/mnt/foo/foo'])).text, 'bar');
      assert.equal((await podprobe(['cat', one, '/mnt/foo/foo'])).text, 'bar');
    }
    assert.match((await podprobe(['ls', target, '/mnt/foo'])).stdout, /foo/);
  },
  { skip },
);

test(
  'watch tells of its update',
  async () => {
    await using watch = new RunningWatch([target]);
    const ready = await watch.line();
    assert.equal([ready.event, ready.podUid, ready.volume], ['ready', uid, 'foo']);
    writeGeneration(volume, { foo: 'new' });
    const update = await watch.line();
    assert.equal([update.event, update.changed.map((key) => key['name'])], ['update', ['foo']]);
    assert.is(await watch.end('SIGINT'), 0);
  },
  { skip },
);

test(
  'a name that nothing has is told with those that there are',
  async () => {
    const { code, stderr } = await podprobe(['env', `test/${name}-not`]);
    assert.is(code, 3);
    assert.match(stderr, new RegExp(`no pod 'test/${name}-not'.*test/${name}`));
    const container = await podprobe(['env', `${target}/other`]);
    assert.equal([container.code, /app/.test(container.stderr)], [3, true]);
  },
  { skip },
);

test.run();
