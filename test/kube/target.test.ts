import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { resolvePod, resolveTarget, TargetError } from '../../lib/index.ts';
import { parseTargetName } from '../../lib/kube/target-name.ts';
import { CgroupTree, cgroupsMissing } from '../helpers/cgroup.ts';
import { MadePod } from '../helpers/made-pod.ts';
import { rejects } from '../helpers/rejects.ts';
import { childrenOf } from '../helpers/runc.ts';
import { StateTree } from '../helpers/state-tree.ts';
import { suite } from '../helpers/suite.ts';
import { eventually } from '../helpers/threads.ts';

const test = suite('kube: targets by name');
const skip = cgroupsMissing();

async function resolve(text: string, state: StateTree): Promise<number> {
  await using held = await resolveTarget(text, { stateDirectories: state.directories });
  return held.pid;
}

async function failure(text: string, state: StateTree): Promise<TargetError> {
  try {
    await resolve(text, state);
  } catch (error) {
    if (error instanceof TargetError) return error;
    throw error;
  }
  throw new Error(`'${text}' was resolved`);
}

const grammar: Record<string, ReturnType<typeof parseTargetName>> = {
  '1': { kind: 'process', pid: 1 },
  '4194304': { kind: 'process', pid: 4_194_304 },
  '12345678': { kind: 'id', prefix: '12345678' },
  deadbeef: { kind: 'id', prefix: 'deadbeef' },
  ['a7'.repeat(32)]: { kind: 'id', prefix: 'a7'.repeat(32) },
  'test/mypod': { kind: 'pod', namespace: 'test', pod: 'mypod', container: null },
  'kube-system/etcd-node.example': { kind: 'pod', namespace: 'kube-system', pod: 'etcd-node.example', container: null },
  'test/mypod/app': { kind: 'pod', namespace: 'test', pod: 'mypod', container: 'app' },
};
for (const [text, expected] of Object.entries(grammar)) {
  test(`reads '${text}'`, () => assert.equal(parseTargetName(text), expected));
}

test('reads nothing else', () => {
  const others = ['', '0', '01', '-1', 'abc', 'DEADBEEF', 'a7'.repeat(33), '/etc', './a/b', '../x', 'a/', '/a', 'a//b'];
  const longer = [
    'a/b/',
    'a/b/c/d',
    'a b/c',
    'A/b',
    '-a/b',
    'a/b-',
    'a.b/c',
    'a/b/c.d',
    `${'n'.repeat(64)}/b`,
    'a/b\n',
  ];
  for (const text of [...others, ...longer]) assert.is(parseTargetName(text), null, text);
});

test('holds the process of a number', async () => {
  await using held = await resolveTarget(String(process.pid));
  assert.is(held.pid, process.pid);
  await rejects(resolveTarget('abc'), { code: 'ERR_INVALID_ARG_VALUE' });
  await rejects(resolveTarget(1 as unknown as string), { code: 'ERR_INVALID_ARG_VALUE' });
  await rejects(resolveTarget('4194304'), { code: 'ESRCH' });
});

test(
  'finds a container by pod, by pod and container, and by the beginning of its id; never the sandbox by the name of the pod',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const pod = new MadePod(groups, state);
    const sandbox = await pod.startSandbox();
    assert.is(await resolve(`test/${pod.name}`, state), sandbox.pid);
    const app = await pod.start('app');
    const texts = [`test/${pod.name}`, `test/${pod.name}/app`, app.id, app.id.slice(0, 8)];
    for (const text of texts) assert.is(await resolve(text, state), app.pid, text);
    assert.is(await resolve(pod.sandboxId.slice(0, 12), state), sandbox.pid);
  },
  { skip },
);

test(
  'takes the first process of a container, whose parent is outside of it',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const pod = new MadePod(groups, state);
    const script = `until grep -q ${pod.uid} /proc/$$/cgroup; do sleep 0.02; done; sleep 600 & exec sleep 600`;
    const app = await pod.start('app', ['sh', '-c', script]);
    await eventually(
      () => readFileSync(`/proc/${app.pid}/comm`, 'latin1') === 'sleep\n',
      () => 'it has no child yet',
      20_000,
    );
    // as `kubectl exec` does: another one whose parent is outside
    await groups.start(app.path);
    assert.is(await resolve(`test/${pod.name}`, state), app.pid);
    for (const child of childrenOf(app.pid)) process.kill(child, 'SIGKILL');
  },
  { skip },
);

test(
  'says what could be meant where there are several',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const pod = new MadePod(groups, state);
    await pod.startSandbox();
    const [app] = [await pod.start('app'), await pod.start('web')];
    const several = await failure(`test/${pod.name}`, state);
    assert.equal(
      [several.code, several.candidates],
      ['ERR_TARGET_AMBIGUOUS', [`test/${pod.name}/app`, `test/${pod.name}/web`]],
    );
    assert.is(several.message, `'test/${pod.name}' can mean test/${pod.name}/app, test/${pod.name}/web`);
    const again = await pod.start('app');
    const twice = await failure(`test/${pod.name}/app`, state);
    assert.equal([twice.code, [...twice.candidates].sort()], ['ERR_TARGET_AMBIGUOUS', [app.id, again.id].sort()]);
    for (const name of twice.candidates) assert.ok([app.pid, again.pid].includes(await resolve(name, state)));
  },
  { skip },
);

test(
  'says what there is where there is none',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const pod = new MadePod(groups, state);
    await pod.startSandbox();
    await pod.start('app');
    const noPod = await failure(`test/${pod.name}x`, state);
    assert.is(noPod.code, 'ERR_TARGET_UNKNOWN');
    assert.ok(noPod.candidates.includes(`test/${pod.name}`));
    const noContainer = await failure(`test/${pod.name}/web`, state);
    assert.equal([noContainer.code, noContainer.candidates], ['ERR_TARGET_UNKNOWN', [`test/${pod.name}/app`]]);
    assert.match(noContainer.message, `no container 'test/${pod.name}/web' runs on this node; there are`);
    const noId = await failure(randomBytes(32).toString('hex'), state);
    assert.is(noId.code, 'ERR_TARGET_UNKNOWN');
    assert.ok(noId.candidates.includes(`test/${pod.name}/app`));
  },
  { skip },
);

// whoever may name groups can call one as the container of another
test(
  'is not led to another process by a group that is called as the container',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const pod = new MadePod(groups, state);
    const app = await pod.start('app');
    await groups.start(`/user.slice/user-1000.slice/user@1000.service${app.path}`);
    await groups.start(`/docker/${randomBytes(32).toString('hex')}${app.path}`);
    assert.is(await resolve(`test/${pod.name}/app`, state), app.pid);
    await groups.start(`/user.slice/user@1001.service/docker-${app.id}.scope`);
    const several = await failure(app.id, state);
    assert.is(several.code, 'ERR_TARGET_AMBIGUOUS');
    assert.ok(several.candidates.includes(`test/${pod.name}/app`));
  },
  { skip },
);

test(
  'finds a pod by its name, and says of two that they are two',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const pod = new MadePod(groups, state);
    await pod.start('app');
    const options = { stateDirectories: state.directories };
    assert.is((await resolvePod(`test/${pod.name}`, options)).uid, pod.uid);
    await rejects(resolvePod(`test/${pod.name}/app`, options), { code: 'ERR_INVALID_ARG_VALUE' });
    await new MadePod(groups, state, pod.name).start('app');
    await rejects(resolvePod(`test/${pod.name}`, options), { code: 'ERR_TARGET_AMBIGUOUS' });
    await rejects(resolveTarget(`test/${pod.name}/app`, options), { code: 'ERR_TARGET_AMBIGUOUS' });
  },
  { skip },
);

test.run();
