import * as assert from 'uvu/assert';
import type { EnvironReader, EnvironReaders } from '../../lib/index.ts';
import { envDocument } from '../../lib/report/env-json.ts';
import { readersText } from '../../lib/report/readers-text.ts';
import { bundleOf } from '../helpers/bundle.ts';
import { environmentOf } from '../helpers/packed.ts';
import { assertKeeps } from '../helpers/schema.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('report: who can read an environ');
const plainly = (_format: string, text: string) => text;
const { identity } = bundleOf([]);
const host = { ...identity, kind: 'host', containerId: null } as const;
const podUid = '6f7e1acc-0a2c-4b6e-9a54-6b8d5c8b9a01';
const pod = {
  ...identity,
  kind: 'pod',
  podUid,
  namespace: 'test',
  podName: 'mypod',
  containerName: 'sidecar',
} as const;

function madeReader(pid: number, made: Partial<EnvironReader>): EnvironReader {
  return { pid, startTime: 99n, comm: 'sleep', answer: 'yes', reason: 'same uid 1000', container: host, ...made };
}

function made(...readers: EnvironReader[]): EnvironReaders {
  return { pid: 1, startTime: 99n, readers, complete: true, notes: ['Not counted: much.'] };
}

const some = made(
  madeReader(7, { comm: 'kubelet', reason: 'CAP_SYS_PTRACE over its user namespace' }),
  madeReader(42, { container: pod }),
  madeReader(43, { answer: 'no', reason: 'another user', container: null }),
  madeReader(44, { answer: 'no', reason: 'no /proc', container: null }),
  madeReader(45, { answer: 'no', reason: 'no /proc', container: null }),
  madeReader(4600, { answer: 'unknown', reason: 'its ids may not be seen', container: null }),
);

test('groups those who could by container, the node last, and counts the others by reason', () => {
  assert.equal(readersText(some, plainly), [
    'readers  2 other processes could read its environ now; of 1 it cannot be told',
    '',
    'pod test/mypod, container sidecar, container 0f0f0f0f0f0f0 of containerd',
    '  42  sleep    same uid 1000',
    '',
    'the node',
    '  7   kubelet  CAP_SYS_PTRACE over its user namespace',
    '',
    'Of 1 it cannot be told:',
    '  1  its ids may not be seen (4600)',
    '',
    '3 could not:',
    '  2  no /proc',
    '  1  another user',
    '',
    'Not counted: much.',
  ]);
});

test('names the first few of many of whom it cannot be told', () => {
  const many = Array.from({ length: 7 }, (_, i) => madeReader(i + 1, { answer: 'unknown', reason: 'hidden' }));
  assert.ok(readersText(made(...many), plainly).includes('  7  hidden (1, 2, 3, 4, 5, …)'));
});

test('says that nobody could', () => {
  assert.equal(readersText(made(), plainly), [
    'readers  0 other processes could read its environ now',
    '',
    'Not counted: much.',
  ]);
});

test('lets nothing that a process or a container chose act upon the terminal', () => {
  const hostile = '\x1b]0;owned\x07\u202e';
  const lines = readersText(
    made(madeReader(7, { comm: hostile, reason: `at ${hostile}`, container: { ...pod, podName: hostile } })),
    plainly,
  );
  for (const line of lines) assert.not.match(line, /[\p{Cc}\p{Cf}]/u);
});

test('keeps to the schema', () => {
  const document = envDocument(
    environmentOf({}),
    { fingerprint: () => '0'.repeat(16), reveal: false },
    { readers: some },
  );
  const { readers } = assertKeeps<{ readers: { processes: object[]; complete: boolean } }>('env', document);
  assert.is(readers.complete, true);
  assert.equal(readers.processes[2], {
    pid: 43,
    startTime: 99,
    comm: 'sleep',
    answer: 'no',
    reason: 'another user',
    container: null,
  });
});

test.run();
