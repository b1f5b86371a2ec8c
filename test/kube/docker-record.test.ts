import * as assert from 'uvu/assert';
import { readDockerRecord } from '../../lib/kube/docker-record.ts';
import { StateTree } from '../helpers/state-tree.ts';
import { suite } from '../helpers/suite.ts';

const test = suite("kube: docker's records");
const skip = process.getuid?.() === 0 ? undefined : 'needs root, who alone is believed';
const id = '0f'.repeat(32);
const uid = '6f7e1acc-0a2c-4b6e-9a54-6b8d5c8b9a01';
const sandboxId = 'a7'.repeat(32);
const Labels = { 'io.kubernetes.pod.uid': uid, 'io.kubernetes.sandbox.id': sandboxId };

async function read(record: unknown) {
  using tree = new StateTree();
  tree.write(`docker/containers/${id}/config.v2.json`, record);
  return await readDockerRecord(id, tree.directories.docker);
}

// cri-dockerd, core/naming.go
test(
  'reads the pod by the name of the container',
  async () => {
    const { pod } = await read({ Name: `/k8s_app_mypod-1.x_test_${uid}_0`, Config: { Image: 'app:1', Labels } });
    assert.equal(pod, {
      podUid: uid,
      namespace: 'test',
      podName: 'mypod-1.x',
      containerName: 'app',
      containerType: 'container',
      sandboxId,
      image: 'app:1',
    });
    const sandbox = await read({ Name: `/k8s_POD_mypod_test_${uid}_0`, Config: { Labels } });
    assert.equal(
      [sandbox.pod?.containerType, sandbox.pod?.containerName, sandbox.pod?.sandboxId],
      ['sandbox', null, null],
    );
  },
  { skip },
);

// labels come with the image, and who runs `docker run` chose no such name
test(
  'is told no pod by labels',
  async () => {
    const { pod, exists } = await read({ Name: '/web', Config: { Labels } });
    assert.equal([pod, exists], [null, true]);
  },
  { skip },
);

test(
  'says what is malformed, and is none where there is none',
  async () => {
    const { pod, exists, findings } = await read('{"Name":');
    assert.equal([pod, exists, findings.map(({ code }) => code)], [null, false, ['malformed-file']]);
    assert.equal(await readDockerRecord('../x', ['/nowhere']), { pod: null, exists: false, findings: [] });
    assert.equal(await readDockerRecord(id, ['/nowhere']), { pod: null, exists: false, findings: [] });
  },
  { skip },
);

test.run();
