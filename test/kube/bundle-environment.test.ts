import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { type BundleEnvironment, environmentLayers, readBundleEnvironment, readEnvironment } from '../../lib/index.ts';
import { CgroupTree, cgroupsMissing } from '../helpers/cgroup.ts';
import { childrenOf, Container } from '../helpers/runc.ts';
import { StateTree } from '../helpers/state-tree.ts';
import { suite } from '../helpers/suite.ts';
import { eventually } from '../helpers/threads.ts';
import { missing } from '../helpers/toolchain.ts';

const test = suite('kube: the environment of a bundle');
const skip = cgroupsMissing();
const id = '0f'.repeat(32);
const inPod = `/kubepods/burstable/pod6f7e1acc-0a2c-4b6e-9a54-6b8d5c8b9a01/${id}`;

/** A bundle that asks for the group. */
function writeBundle(state: StateTree, groups: CgroupTree, env: readonly string[]): string {
  return state.writeBundle(id, { process: { env }, linux: { cgroupsPath: `${groups.root}${inPod}` } });
}

const textsOf = ({ entries }: BundleEnvironment) => entries.map(({ name, value }) => `${name}=${value}`);

test(
  'is read for the first process of the container, in a group below it, too',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const path = writeBundle(state, groups, ['A=1', 'FOO=bar']);
    const pid = await groups.start(`${inPod}/init.scope`);
    const bundle = await readBundleEnvironment(pid, { stateDirectories: state.directories });
    assert.equal([bundle.state, bundle.reason, bundle.path, bundle.runtime], ['read', null, path, 'containerd']);
    assert.equal([textsOf(bundle), bundle.truncated, bundle.identity.containerId], [['A=1', 'FOO=bar'], false, id]);
  },
  { skip },
);

test(
  'is of another process for one that was run in the container later, and for a child of the first',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    writeBundle(state, groups, ['A=1']);
    const options = { stateDirectories: state.directories };
    const first = await groups.start(inPod, ['sh', '-c', 'sleep 600 & wait; exec sleep 600']);
    await eventually(
      () => childrenOf(first).length > 0,
      () => 'the child did not start',
    );
    const [child = 0] = childrenOf(first);
    for (const file of groups.make(inPod)) writeFileSync(file, String(child));
    for (const pid of [await groups.start(inPod), child]) {
      const bundle = await readBundleEnvironment(pid, options);
      assert.is(bundle.state, 'other-process');
      assert.match(String(bundle.reason), new RegExp(`first process of the container, ${first}:`));
      assert.equal(textsOf(bundle), ['A=1']);
      assert.is(environmentLayers(bundle, await readEnvironment(pid)).start, null);
    }
    assert.is((await readBundleEnvironment(first, options)).state, 'read');
    process.kill(child);
    await eventually(
      () => childrenOf(first).length === 0,
      () => 'the child did not end',
    );
  },
  { skip },
);

test(
  'is none where there is none, and says why',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const options = { stateDirectories: state.directories };
    const missed = await readBundleEnvironment(await groups.start(inPod), options);
    assert.equal([missed.state, missed.path, missed.entries], ['none', null, []]);
    assert.match(String(missed.reason), /no runtime of this node/);
    const outside = await readBundleEnvironment(process.pid, options);
    assert.is(outside.state, 'none');
  },
  { skip },
);

const unreadable: [what: string, spoil: (path: string, state: StateTree) => void, reason: RegExp][] = [
  ['half-written', (_path, state) => void state.writeBundle(id, '{"process":{"env":["FOO=S3CR3T'), /half-written/],
  ['writable by others', (path) => chmodSync(path, 0o666), /not believed/],
];
for (const [what, spoil, reason] of unreadable) {
  test(
    `is unreadable, not none, where it is ${what}`,
    async () => {
      using state = new StateTree();
      await using groups = new CgroupTree();
      spoil(writeBundle(state, groups, ['FOO=S3CR3T']), state);
      const bundle = await readBundleEnvironment(await groups.start(inPod), { stateDirectories: state.directories });
      assert.equal([bundle.state, bundle.path, bundle.entries], ['unreadable', null, []]);
      assert.match(String(bundle.reason), reason);
      assert.not.match(String(bundle.reason), /S3CR3T/);
    },
    { skip },
  );
}

test(
  'compares what runc was told with what it started',
  async () => {
    using state = new StateTree();
    using container = Container.start(
      (config) => {
        config.linux.cgroupsPath = `/docker/${'e5'.repeat(32)}`;
        config.process.env = ['FOO=bar', 'LATER=1', 'PATH=/bin', 'LATER=2'];
        config.process.args = ['/bin/sh', '-c', 'exec env -u FOO WRAPPED=1 LATER=3 sleep 600'];
      },
      undefined,
      'e5'.repeat(32),
    );
    await eventually(
      () => readFileSync(`/proc/${container.pid}/environ`).includes('WRAPPED=1'),
      () => 'the wrapper did not start the program',
    );
    const stateDirectories = { ...state.directories, runc: [container.state] };
    const bundle = await readBundleEnvironment(container.pid, { stateDirectories });
    assert.is(bundle.state, 'read', String(bundle.reason));
    const { start } = environmentLayers(bundle, await readEnvironment(container.pid));
    const added = start
      ?.filter(({ change, by }) => change === 'added' && by === 'runtime')
      .map(({ name }) => `${name}`);
    assert.equal(added, ['HOME']);
    const others = start?.filter(({ by }) => by === null).map(({ change, name }) => `${change} ${name}`);
    assert.equal(
      others?.filter((one) => !/ (?:PWD|SHLVL|OLDPWD|_)$/.test(one)),
      ['removed FOO', 'changed LATER', 'added WRAPPED'],
    );
  },
  { skip: skip ?? missing(['runc', 'busybox']) },
);

test.run();
