import * as assert from 'uvu/assert';
import { parseCgroupFile } from '../../lib/index.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('kube: control groups of a process');
const podPath = '/kubepods/burstable/pod6f7e1acc-0a2c-4b6e-9a54-6b8d5c8b9a01';
const inPod = `${podPath}/${'0f'.repeat(32)}`;
const inOther = `${podPath}/${'a7'.repeat(32)}`;

const read = (...lines: string[]) => parseCgroupFile(Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1'));
const chosen = (...lines: string[]) => read(...lines).chosen?.hierarchy;

test('prefers the hierarchies that runtimes agree on', () => {
  assert.is(chosen(`3:cpu,cpuacct:${inPod}`, `2:memory:${inPod}`, `1:name=systemd:${inPod}`), 'name=systemd');
  assert.is(chosen(`4:blkio:${inPod}`, `3:cpu,cpuacct:${inPod}`, `2:pids:${inPod}`), 'pids');
  assert.is(chosen(`4:blkio:${inPod}`, `3:cpuacct,cpu:${inPod}`, `0::${inPod}`), 'cpuacct,cpu');
  assert.is(chosen(`4:blkio:${inPod}`, `0::${inPod}`), '');
  assert.is(chosen(`0::${inPod}`), '');
});

// captured: a hybrid, where the runtime leaves cgroup v2 alone
test('prefers a line that names a container', () => {
  const file = read('1:name=systemd:/', `4:memory:${inPod}`, '0::/system.slice/containerd.service');
  assert.is(file.chosen?.hierarchy, 'memory');
  assert.is(file.chosen?.place.kind, 'pod');
  assert.equal(file.differing, []);
});

test('says where hierarchies name different containers', () => {
  const { chosen: first, differing } = read(`1:name=systemd:${inPod}`, `4:memory:${inOther}`, `5:pids:${inPod}`);
  assert.is(first?.path, inPod);
  assert.equal(
    differing.map(({ hierarchy, path }) => [hierarchy, path]),
    [['memory', inOther]],
  );
});

test('keeps colons and bytes of a path', () => {
  assert.is(read('0::/a:b\xff c').chosen?.path, '/a:b\xff c');
});

test('counts what is no line, and stops at a limit', () => {
  const { chosen: none, malformed } = read('x:memory:/', '4:memory', '4:memory:kubepods', '');
  assert.equal([none, malformed], [null, 3]);
  assert.is(read().chosen, null);
  const many = read(...Array.from({ length: 65 }, (_, i) => `${i}:c${i}:/`));
  assert.equal([many.truncated, many.malformed], [true, 0]);
});

test.run();
