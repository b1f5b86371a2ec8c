import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type ListedContainer, listPods, type ListPodsOptions, type PodList } from '../../lib/index.ts';
import type { GroupSurvey } from '../../lib/kube/group-survey.ts';
import { gatherPods } from '../../lib/kube/pod-gathering.ts';
import { CgroupTree, cgroupsMissing } from '../helpers/cgroup.ts';
import { MadePod, ofPod } from '../helpers/made-pod.ts';
import { rejects } from '../helpers/rejects.ts';
import { childrenOf } from '../helpers/runc.ts';
import { StateTree } from '../helpers/state-tree.ts';
import { suite } from '../helpers/suite.ts';
import { eventually } from '../helpers/threads.ts';
import { missing } from '../helpers/toolchain.ts';
import { Tmpfs } from '../helpers/volumes.ts';

const test = suite('kube: pods of this node');
const skip = cgroupsMissing();

const list = (state: StateTree, options: ListPodsOptions = {}): Promise<PodList> =>
  listPods({ stateDirectories: state.directories, ...options });

const pidsOf = ({ processes }: ListedContainer) => processes.map(({ pid }) => pid);
const codesOf = ({ findings }: Pick<PodList, 'findings'>) => findings.map(({ code }) => code);

async function containerOf(pod: MadePod, state: StateTree, options: ListPodsOptions = {}): Promise<ListedContainer> {
  const [found, ...others] = ofPod((await list(state, options)).pods, pod).flatMap(({ containers }) => containers);
  assert.ok(found && others.length === 0);
  return found;
}

test(
  'lists a pod with its containers, the sandbox first, and their processes in the order of their start',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const pod = new MadePod(groups, state);
    const web = await pod.start('web');
    const app = await pod.start('app');
    const second = await groups.start(`${app.path}/init.scope`);
    const sandbox = await pod.startSandbox();
    const { pods } = await list(state);
    const [{ containers, ...found }, ...others] = ofPod(pods, pod) as [PodList['pods'][0]];
    assert.equal(
      [found, others],
      [
        {
          namespace: 'test',
          name: pod.name,
          uid: pod.uid,
          qosClass: 'Burstable',
          staticPod: false,
          node: null,
          byMountsAlone: false,
        },
        [],
      ],
    );
    assert.equal(
      containers.map((one) => [one.name, one.id, one.runtime, one.sandbox, pidsOf(one), codesOf(one)]),
      [
        [null, pod.sandboxId, 'containerd', true, [sandbox.pid], []],
        ['app', app.id, 'containerd', false, [app.pid, second], []],
        ['web', web.id, 'containerd', false, [web.pid], []],
      ],
    );
  },
  { skip },
);

test(
  'tells of a process what the kernel does, and nothing of secrets unless it is asked to',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const pod = new MadePod(groups, state);
    const { pid } = await pod.start('app', ['sleep', '600'], { uid: 12_345 });
    const container = await containerOf(pod, state);
    const [{ startTime, ...found }] = container.processes as [ListedContainer['processes'][0]];
    assert.equal(found, {
      pid,
      parentPid: process.pid,
      comm: 'sleep',
      zombie: false,
      uid: 12_345,
      secretVariables: null,
    });
    assert.ok(startTime > 0n);
    assert.equal([container.ownUserNamespace, container.secretVolumes], [false, null]);
  },
  { skip },
);

test(
  'tells the names of variables that are called as credentials are, and no value',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const pod = new MadePod(groups, state);
    const env = { PATH: process.env['PATH'], API_TOKEN: 'sw0rdfish', db_password: 'sw0rdfish', PWD: '/', HOME: '/' };
    await pod.start('app', ['sleep', '600'], { env });
    const container = await containerOf(pod, state, { secrets: true });
    assert.equal(container.processes[0]?.secretVariables, ['API_TOKEN', 'db_password']);
    assert.not.match(
      JSON.stringify(container, (_, value) => (typeof value === 'bigint' ? 0 : value)),
      'sw0rdfish',
    );
  },
  { skip },
);

test(
  'tells at most 64 names of a process, and says that there are more',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const pod = new MadePod(groups, state);
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`TOKEN_${i}`, 'x']));
    await pod.start('app', ['sleep', '600'], { env: { ...many, ['TOKEN'.padEnd(300, '_')]: 'x' } });
    const found = await list(state, { secrets: true });
    const [container] = ofPod(found.pods, pod).flatMap(({ containers }) => containers);
    assert.is(container?.processes[0]?.secretVariables?.length, 64);
    assert.ok(codesOf(found).includes('truncated-names'));
  },
  { skip },
);

test(
  'tells the secret volumes that a container has mounted',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const pod = new MadePod(groups, state);
    const root = mkdtempSync(join(tmpdir(), 'podprobe-kubelet-'));
    const path = join(root, 'pods', pod.uid, 'volumes', 'kubernetes.io~secret', 'foo');
    mkdirSync(path, { recursive: true });
    try {
      using _volume = new Tmpfs(path);
      await pod.startSandbox();
      await pod.start('app');
      const { pods } = await list(state, { secrets: true, host: process.pid });
      const [sandbox, app] = ofPod(pods, pod).flatMap(({ containers }) => containers);
      assert.equal([sandbox?.sandbox, sandbox?.secretVolumes], [true, []]);
      assert.equal(
        app?.secretVolumes?.filter(({ podUid }) => podUid === pod.uid),
        [{ kind: 'secret', volume: 'foo', podUid: pod.uid, containerPath: Buffer.from(path), subPath: false }],
      );
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
  { skip },
);

test(
  'lists a container that is in no pod apart, and counts what is in none',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const id = randomBytes(32).toString('hex');
    const before = (await list(state)).other;
    const pid = await groups.start(`/docker/${id}`);
    const { containers, other } = await list(state);
    const found = containers.filter((one) => one.id === id);
    assert.equal(
      found.map((one) => [one.name, one.runtime, one.sandbox, pidsOf(one)]),
      [[null, 'docker', null, [pid]]],
    );
    for (const count of [before, other]) {
      assert.ok(count.host > 0);
      assert.equal(Object.keys(count), ['host', 'kernelThreads', 'zombies', 'unknown']);
    }
  },
  { skip },
);

test(
  'takes a helper that stands by a container for one of the host',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const pod = new MadePod(groups, state);
    const slice = `kubepods-pod${pod.uid.replaceAll('-', '_')}.slice`;
    await groups.start(`/kubepods.slice/${slice}/crio-conmon-${pod.sandboxId}.scope`);
    const { pods, containers } = await list(state);
    assert.equal([ofPod(pods, pod), containers.filter(({ id }) => id === pod.sandboxId)], [[], []]);
  },
  { skip },
);

const damage: Record<string, [write: (pod: MadePod, id: string, state: StateTree) => void, code: string | null]> = {
  'is half-written': [
    (_, id, state) => state.writeBundle(id, '{"process":{"env":["TOKEN=sw0rdfish"'),
    'malformed-file',
  ],
  'is a directory': [
    (_, id, state) => mkdirSync(join(state.writeBundle(id, {}), '..', 'x'), { recursive: true }),
    null,
  ],
  'says another pod': [
    (_, id, state) => state.writeBundle(id, { linux: { cgroupsPath: `/kubepods/pod${randomUUID()}/${id}` } }),
    'bundle-elsewhere',
  ],
};
for (const [what, [write, code]] of Object.entries(damage)) {
  test(
    `still lists a container of which the bundle ${what}`,
    async () => {
      using state = new StateTree();
      await using groups = new CgroupTree();
      const pod = new MadePod(groups, state);
      const id = randomBytes(32).toString('hex');
      write(pod, id, state);
      const pid = await groups.start(pod.pathOf(id));
      const container = await containerOf(pod, state);
      assert.equal([container.id, pidsOf(container)], [id, [pid]]);
      if (code !== null) assert.ok(codesOf(container).includes(code), String(codesOf(container)));
      assert.not.match(JSON.stringify(container.findings), 'sw0rdfish');
    },
    { skip },
  );
}

test(
  'lists no other pod by groups that a container makes below its own',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const [pod, victim] = [new MadePod(groups, state), new MadePod(groups, state)];
    const app = await pod.start('app');
    const { id } = await victim.start('app');
    const forger = await groups.start(`${app.path}${victim.pathOf(id)}`);
    const { pods } = await list(state);
    const pids = (of: MadePod) => ofPod(pods, of).flatMap(({ containers }) => containers.flatMap(pidsOf));
    assert.ok(pids(pod).includes(forger) && !pids(victim).includes(forger));
  },
  { skip },
);

// systemd lets a user name the groups below user@1000.service
test(
  'puts no process into a pod that a user may have named, and says so',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const victim = new MadePod(groups, state);
    const { id, pid } = await victim.start('app');
    const forger = await groups.start(`/user.slice/user-1000.slice/user@1000.service${victim.pathOf(id)}`);
    const { pods, other, findings } = await list(state);
    assert.equal(
      ofPod(pods, victim).flatMap(({ containers }) => containers.flatMap(pidsOf)),
      [pid],
    );
    assert.ok(other.unknown > 0);
    const found = findings.find(({ code, message }) => code === 'named-in-unit' && message.includes(String(forger)));
    assert.ok(found, JSON.stringify(findings));
  },
  { skip },
);

test(
  'keeps the pods of a node in a container apart from those of this node',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const pod = new MadePod(groups, state);
    const { id, pid } = await pod.start('app');
    const node = randomBytes(32).toString('hex');
    const nested = await groups.start(`/docker/${node}/kubelet${pod.pathOf(id)}`);
    const found = ofPod((await list(state)).pods, pod);
    assert.equal(
      found.map((one) => [one.name, one.node?.containerId ?? null, one.containers.flatMap(pidsOf)]),
      [
        [pod.name, null, [pid]],
        [null, node, [nested]],
      ],
    );
  },
  { skip },
);

test(
  'takes no zombie for a process of the host, and knows nothing of its environment',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const pod = new MadePod(groups, state);
    const fork = 'import os, time\nif os.fork() == 0: os._exit(0)\ntime.sleep(600)';
    const script = `until grep -q ${pod.uid} /proc/$$/cgroup; do sleep 0.02; done; exec python3 -c "$0"`;
    const { pid } = await pod.start('app', ['sh', '-c', script, fork]);
    const zombie = () =>
      readFileSync(`/proc/${pid}/comm`, 'latin1').startsWith('python') &&
      childrenOf(pid).find((child) => /\) Z /.test(readFileSync(`/proc/${child}/stat`, 'latin1')));
    await eventually(
      () => Boolean(zombie()),
      () => 'there is no zombie',
      20_000,
    );
    const { pods, other } = await list(state, { secrets: true });
    const found = ofPod(pods, pod).flatMap(({ containers }) => containers.flatMap(({ processes }) => processes));
    // cgroup v1 no longer tells where it was
    const [itself] = found.filter((one) => one.pid === zombie());
    if (itself === undefined) assert.ok(other.zombies > 0);
    else assert.equal([itself.zombie, itself.secretVariables], [true, null]);
  },
  { skip: skip ?? missing(['python3']) },
);

test(
  'never fails because pods end in the middle',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const pod = new MadePod(groups, state);
    const made = await Promise.all(Array.from({ length: 24 }, (_, i) => pod.start(`app-${i}`)));
    const looks = [list(state, { secrets: true }), list(state, { secrets: true })];
    for (const { pid } of made) {
      process.kill(pid, 'SIGKILL');
      await new Promise(setImmediate);
    }
    for (const { pods } of await Promise.all(looks)) assert.ok(ofPod(pods, pod).length <= 1);
    assert.equal(
      ofPod((await list(state, { secrets: true })).pods, pod).flatMap(({ containers }) => containers.flatMap(pidsOf)),
      [],
    );
  },
  { skip },
);

test('refuses options that it cannot use', async () => {
  await rejects(listPods({ secrets: 1 as unknown as boolean }), { code: 'ERR_INVALID_ARG_VALUE' });
  await rejects(listPods({ timeout: 0 }), { code: 'ERR_INVALID_ARG_VALUE' });
  await rejects(listPods({ host: 'x' as unknown as number, secrets: true }), { code: 'ERR_INVALID_ARG_VALUE' });
  await rejects(listPods({ signal: AbortSignal.abort() }), { name: 'AbortError' });
});

test('has no process twice', async () => {
  const { pods, containers, other } = await listPods();
  const all = [...pods.flatMap((pod) => pod.containers), ...containers].flatMap(pidsOf);
  assert.is(new Set(all).size, all.length);
  assert.ok(all.length + other.host + other.unknown > 1);
});

const facts = { podUid: randomUUID(), namespace: null, podName: null, qosClass: null, staticPod: null };
const surveyBy = (source: string): GroupSurvey =>
  ({
    processes: [],
    judgement: { kind: 'pod', node: null, facts: { ...facts, containerType: null }, sources: { podUid: source } },
    mounts: null,
    findings: [],
  }) as unknown as GroupSurvey;

// whoever may mount in a container can have its mounts name any pod
test('puts what only mounts say to be of a pod beside it, not into it', () => {
  const surveys = [surveyBy('mountinfo'), surveyBy('cgroup'), surveyBy('bundle')];
  const pods = gatherPods(surveys, { view: null, variables: new Map(), userNamespace: null });
  assert.equal(
    pods.map(({ byMountsAlone, containers }) => [byMountsAlone, containers.length]),
    [
      [true, 1],
      [false, 2],
    ],
  );
});

test.run();
