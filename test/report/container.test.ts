import * as assert from 'uvu/assert';
import type { ContainerIdentity } from '../../lib/index.ts';
import { containerDocument } from '../../lib/report/container-json.ts';
import { containerText } from '../../lib/report/container-text.ts';
import { envDocument } from '../../lib/report/env-json.ts';
import { envText } from '../../lib/report/env-text.ts';
import { identityOf } from '../helpers/identities.ts';
import { environmentOf } from '../helpers/packed.ts';
import { assertKeeps, violations } from '../helpers/schema.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('report: container of a process');
const plainly = (_format: string, text: string) => text;
const disclosure = { fingerprint: () => '0123456789abcdef', reveal: false };
const uid = '6f7e1acc-0a2c-4b6e-9a54-6b8d5c8b9a01';
const id = '0f'.repeat(32);

const pod: Partial<ContainerIdentity> = {
  kind: 'pod',
  podUid: uid,
  namespace: 'test',
  podName: 'mypod',
  containerName: 'app',
  containerId: id,
  runtime: 'containerd',
  containerType: 'container',
  staticPod: false,
};
const linesOf = (known: Partial<ContainerIdentity>) => containerText(identityOf(known), plainly);

test('names the pod, the container and the runtime', () => {
  assert.equal(linesOf(pod), ['pod test/mypod, container app, container 0f0f0f0f0f0f0 of containerd']);
  const sandbox = { ...pod, containerName: null, containerType: 'sandbox', runtime: null, staticPod: true } as const;
  assert.equal(linesOf(sandbox), ['static pod test/mypod, sandbox 0f0f0f0f0f0f0']);
  assert.equal(linesOf({ kind: 'pod', podUid: uid }), [`pod uid ${uid}`]);
  assert.equal(linesOf({ kind: 'container', containerId: id, runtime: 'docker' }), [
    'container 0f0f0f0f0f0f0 of docker',
  ]);
  assert.equal(linesOf({}), []);
});

test('says what is in doubt, and lets nothing of it act upon the terminal', () => {
  const lines = linesOf({
    ...pod,
    podName: 'a\x1bb',
    disagreements: [
      {
        fact: 'podName',
        values: [
          { source: 'bundle', value: 'a\x1bb' },
          { source: 'docker', value: 'c' },
        ],
      },
    ],
    findings: [
      { code: 'x', message: 'wrong\n' },
      { code: 'y', message: 'worse', path: '/p' },
    ],
  });
  assert.equal(lines.slice(1), ['podName is in doubt: bundle says a\\x1bb, docker says c', 'wrong\\x0a', '/p: worse']);
  assert.not.match(lines.join(), '\x1b');
});

test('keeps to the schema, alone and in the document of env', () => {
  const known: Partial<ContainerIdentity>[] = [
    {},
    pod,
    { kind: 'unknown', cgroup: null },
    { kind: 'container', containerId: 'web', helper: 'conmon', unit: 'x.service' },
    { ...pod, node: { containerId: id, runtime: 'docker', helper: null }, sources: { podUid: 'cgroup' } },
    { findings: [{ code: 'unreadable-file', message: 'm', path: '/p' }] },
  ];
  for (const one of known) {
    const identity = identityOf(one);
    assertKeeps('container', containerDocument(identity));
    const { process } = assertKeeps<{ process: { container: { kind: string } } }>(
      'env',
      envDocument(environmentOf({}), disclosure, { identity }),
    );
    assert.is(process.container.kind, identity.kind);
  }
});

test('the schema refuses what is no such document', () => {
  const good = containerDocument(identityOf(pod));
  for (const wrong of [
    { kind: 'vm' },
    { podUid: null },
    { runtime: 'rkt' },
    { sources: { podUid: 'hostname' } },
    { sources: { hostname: 'cgroup' } },
    { disagreements: [{ fact: 'podUid', values: [] }] },
    { findings: [{ code: 'x' }] },
    { environment: [] },
  ]) {
    assert.ok(violations('container', { ...good, ...wrong }).length > 0, JSON.stringify(wrong));
  }
});

test('stands below the process in the text of env', () => {
  const [, line] = envText(environmentOf({}), disclosure, plainly, { identity: identityOf(pod) });
  assert.match(line ?? '', /^pod test\/mypod, /);
});

test.run();
