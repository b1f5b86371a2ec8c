import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { identifyContainer } from '../../lib/index.ts';
import { findShim } from '../../lib/kube/shim.ts';
import { CgroupTree, cgroupsMissing } from '../helpers/cgroup.ts';
import { childrenOf } from '../helpers/runc.ts';
import { containerdAnnotations, StateTree } from '../helpers/state-tree.ts';
import { suite } from '../helpers/suite.ts';
import { eventually } from '../helpers/threads.ts';

const test = suite('kube: shims');
const skip = cgroupsMissing();
const uid = '6f7e1acc-0a2c-4b6e-9a54-6b8d5c8b9a01';
const id = '0f'.repeat(32);
const sandboxId = 'a7'.repeat(32);
const inPod = `/kubepods/burstable/pod${uid}/${id}`;

/** A process that is called as a shim is, and its child, which is put into the groups of `files`. */
class MadeShim implements Disposable {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(cwd: string, files: readonly string[], options: object = {}): Promise<MadeShim> {
    mkdirSync(cwd, { recursive: true });
    const script = '(for file in $FILES; do echo 0 > $file; done; exec sleep 600) & wait';
    const flags = ['-namespace', 'k8s.io', '-id', sandboxId, '--address=/run/made/containerd.sock'];
    const program = join(cwd, 'containerd-shim-runc-v2');
    symlinkSync('/bin/sh', program);
    const env = { PATH: process.env['PATH'], FILES: files.join(' ') };
    const child = spawn(program, ['-c', script, ...flags], { cwd, env, stdio: 'ignore', ...options });
    await once(child, 'spawn');
    const made = new MadeShim(child);
    await eventually(
      () => childrenOf(child.pid as number).length > 0,
      () => 'no child was started',
    );
    return made;
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** The container's process. */
  get container(): number {
    return childrenOf(this.pid)[0] as number;
  }

  [Symbol.dispose](): void {
    process.kill(this.container, 'SIGKILL');
    this.#child.kill('SIGKILL');
  }
}

const bundleOf = (state: StateTree): string =>
  join(state.path, `elsewhere/io.containerd.runtime.v2.task/k8s.io/${sandboxId}`);

test(
  'reads namespace, sandbox and state directories of the shim of a process',
  async () => {
    using state = new StateTree();
    using shim = await MadeShim.start(bundleOf(state), []);
    assert.equal(await findShim(shim.container, '/nowhere'), {
      runtimeNamespace: 'k8s.io',
      id: sandboxId,
      stateDirectories: [join(state.path, 'elsewhere'), '/run/made'],
    });
  },
  { skip },
);

test(
  'finds a bundle in a directory that only the shim tells of',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    state.write(`elsewhere/io.containerd.runtime.v2.task/k8s.io/${id}/config.json`, {
      annotations: containerdAnnotations(uid),
      linux: { cgroupsPath: `${groups.root}${inPod}` },
    });
    using shim = await MadeShim.start(bundleOf(state), groups.make(inPod));
    const pid = shim.container;
    await eventually(
      () => groups.holds(pid, inPod),
      () => 'it did not move',
    );
    const identity = await identifyContainer(pid, { stateDirectories: state.directories });
    assert.equal([identity.podName, identity.sources.podName, identity.sandboxId], ['mypod', 'bundle', sandboxId]);
    assert.equal(identity.findings, []);
  },
  { skip },
);

test(
  'believes no program of the container that calls itself a shim, nor one of a user',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    state.write(`elsewhere/io.containerd.runtime.v2.task/k8s.io/${id}/config.json`, {
      annotations: containerdAnnotations(uid, { 'sandbox-name': 'forged' }),
    });
    using inside = await MadeShim.start(bundleOf(state), groups.make(`${inPod}/below`));
    for (const file of groups.make(inPod)) writeFileSync(file, String(inside.pid));
    const pid = inside.container;
    await eventually(
      () => groups.holds(pid, `${inPod}/below`),
      () => 'it did not move',
    );
    const identity = await identifyContainer(pid, { stateDirectories: state.directories });
    assert.equal([identity.podUid, identity.podName, identity.sandboxId], [uid, null, null]);
    chmodSync(state.path, 0o755);
    using ofUser = await MadeShim.start(state.path, [], { uid: 65_534, gid: 65_534 });
    assert.is(await findShim(ofUser.container, '/nowhere'), null);
  },
  { skip },
);

test('finds none where there is none', async () => {
  assert.is(await findShim(process.pid, '/nowhere'), null);
  assert.is(await findShim(0x7fff_fff0, '/nowhere'), null);
});

test.run();
