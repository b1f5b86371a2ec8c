import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { CgroupTree, cgroupsMissing } from '../helpers/cgroup.ts';
import { podprobe } from '../helpers/command.ts';
import { MadePod } from '../helpers/made-pod.ts';
import { StateTree } from '../helpers/state-tree.ts';
import { suite } from '../helpers/suite.ts';
import { Tmpfs } from '../helpers/volumes.ts';

const test = suite('cli: targets by name');
const skip = cgroupsMissing();

type Case = { words: (target: string) => string[]; shows: (pid: number) => RegExp };
const commands: Record<string, Case> = {
  env: { words: (target) => ['env', target, '--initial', '--json'], shows: (pid) => new RegExp(`"pid": ${pid},`) },
  mounts: { words: (target) => ['mounts', target], shows: (pid) => new RegExp(`\\b${pid}\\b`) },
  ls: { words: (target) => ['ls', target, '/', '--json'], shows: (pid) => new RegExp(`"pid": ${pid},`) },
};
for (const [command, { words, shows }] of Object.entries(commands)) {
  test(
    `${command} takes a pod, a container of it, and the beginning of an id`,
    async () => {
      using state = new StateTree();
      await using groups = new CgroupTree();
      const pod = new MadePod(groups, state);
      const app = await pod.start('app');
      for (const target of [`test/${pod.name}`, `test/${pod.name}/app`, app.id.slice(0, 12)]) {
        const { stdout, stderr } = await podprobe([...words(target), ...state.options]);
        assert.is(stderr, '');
        assert.match(stdout, shows(app.pid));
      }
    },
    { skip },
  );
}

test(
  'cat and exec take a pod, each way that exec is read',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const pod = new MadePod(groups, state);
    await pod.start('app', ['sleep', '600'], { env: { PATH: process.env['PATH'], FOO: 'of the pod' } });
    const target = `test/${pod.name}`;
    const file = state.write('file', 'in it');
    assert.is((await podprobe(['cat', target, file, ...state.options])).stdout, 'in it');
    const ran = await podprobe(['exec', ...state.options, target, '--', 'sh', '-c', 'echo "$FOO"']);
    assert.equal([ran.code, ran.stdout], [0, 'of the pod\n'], ran.text);
    const whole = await podprobe(['exec', target, ...state.options, '--namespaces=mnt', '--', 'echo', 'ran']);
    assert.equal([whole.code, whole.stdout], [0, 'ran\n'], whole.text);
  },
  { skip },
);

/** A volume as kubelet writes it, in a directory of its own. */
function writeVolume(path: string): void {
  mkdirSync(join(path, '..2026_11_25_04_00_00.1'));
  writeFileSync(join(path, '..2026_11_25_04_00_00.1', 'foo'), 'bar');
  symlinkSync('..2026_11_25_04_00_00.1', join(path, '..data'));
  symlinkSync('..data/foo', join(path, 'foo'));
}

test(
  'watch takes a pod for all its volumes, whatever its containers are',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const pod = new MadePod(groups, state);
    const root = mkdtempSync(join(tmpdir(), 'podprobe-kubelet-'));
    const paths = ['one', 'two'].map((name) => join(root, 'pods', pod.uid, 'volumes', 'kubernetes.io~secret', name));
    for (const path of paths) mkdirSync(path, { recursive: true });
    try {
      using _one = new Tmpfs(paths[0]);
      using _two = new Tmpfs(paths[1]);
      paths.forEach(writeVolume);
      await Promise.all([pod.start('app'), pod.start('web')]);
      const host = ['--host', String(process.pid)];
      const words = ['watch', `test/${pod.name}`, '--count', '2', ...host, ...state.options];
      const { code, stdout } = await podprobe(words);
      const events = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { event: string; path: string; podUid: string });
      assert.is(code, 0);
      assert.equal(events.map(({ path }) => path).sort(), paths);
      assert.ok(events.every(({ event, podUid }) => event === 'ready' && podUid === pod.uid));
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
  { skip },
);

test(
  'exits 3 and lists the candidates where a name is ambiguous or unknown',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const pod = new MadePod(groups, state);
    await pod.start('app');
    await pod.start('web');
    const one = `test/${pod.name}`;
    for (const words of [
      ['env', one],
      ['mounts', one],
      ['cat', one, '/x'],
      ['ls', one, '/'],
    ]) {
      const { code, stdout, stderr } = await podprobe([...words, ...state.options]);
      assert.equal([code, stdout], [3, ''], words.join(' '));
      assert.is(stderr, `podprobe: '${one}' can mean ${one}/app, ${one}/web\n`);
    }
    assert.is((await podprobe(['exec', one, ...state.options, '--', 'true'])).code, 3);
    for (const target of [`${one}/other`, 'test/nowhere', '0'.repeat(12)]) {
      for (const command of ['env', 'watch']) {
        const { code, stderr } = await podprobe([command, target, ...state.options]);
        assert.is(code, 3, stderr);
        assert.match(
          stderr,
          new RegExp(`^podprobe: no (?:pod|container) '${target}' runs on this node; there are .*${one}`),
        );
      }
    }
  },
  { skip, timeout: 60_000 },
);

test.run();
