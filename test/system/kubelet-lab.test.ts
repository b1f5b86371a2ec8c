import * as assert from 'uvu/assert';
import { findKubelet, listKubeletPods, openCri } from '../../lib/index.ts';
import { impossible, variable } from '../helpers/lab.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('a real kubelet');

test(
  'is found, with its directory, its configuration and its runtime',
  async () => {
    const kubelet = await findKubelet();
    assert.is(kubelet.process?.program, 'kubelet');
    const { rootDirectory, containerRuntimeEndpoint, cgroupDriver, failSwapOn, syncFrequency } = kubelet;
    assert.equal([rootDirectory?.value, rootDirectory?.source], [variable('LAB_KUBELET_ROOT'), 'command line']);
    assert.is(containerRuntimeEndpoint?.value, variable('CONTAINER_RUNTIME_ENDPOINT'));
    const facts = [cgroupDriver, failSwapOn, syncFrequency].map((fact) => [fact?.value, fact?.source]);
    assert.equal(facts, [
      ['cgroupfs', 'config file'],
      ['false', 'config file'],
      ['5s', 'config file'],
    ]);
  },
  { impossible },
);

test(
  'keeps the pods that its runtime runs',
  async () => {
    const kubelet = await findKubelet();
    await using cri = await openCri(kubelet.containerRuntimeEndpoint?.value ?? '');
    const running = (await cri.listSandboxes()).filter(({ state }) => state === 'ready').map(({ podUid }) => podUid);
    const { pods } = await listKubeletPods({ kubelet });
    assert.ok(running.every((uid) => pods.some(({ podUid }) => podUid === uid)));
    for (const { podUid, containers } of pods) {
      const names = (await cri.listContainers({ podUid })).map(({ name }) => name);
      assert.ok(names.every((name) => containers?.includes(name)));
    }
  },
  { impossible },
);

test.run();
