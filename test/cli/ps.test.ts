import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { parsePsWords } from '../../lib/cli/ps-words.ts';
import { readUserNames } from '../../lib/cli/user-names.ts';
import { CgroupTree, cgroupsMissing } from '../helpers/cgroup.ts';
import { NOBODY, podprobe, type Result, unfitForNobody } from '../helpers/command.ts';
import { MadePod, ofPod } from '../helpers/made-pod.ts';
import { assertKeeps } from '../helpers/schema.ts';
import { StateTree } from '../helpers/state-tree.ts';
import { suite } from '../helpers/suite.ts';
import { eventually } from '../helpers/threads.ts';
import { missing } from '../helpers/toolchain.ts';

const test = suite('cli: ps');
const skip = cgroupsMissing();

type Process = { pid: number; comm: string; age: number; uid: number; user: string | null; secretVariables: string[] };
type Container = { name: string | null; id: string; sandbox: boolean; processes: Process[]; findings: object[] };
type Pod = { namespace: string | null; name: string | null; uid: string; containers: Container[] };
type Document = { pods: Pod[]; containers: Container[]; other: Record<string, number>; findings: object[] };

const env = { PATH: process.env['PATH'], API_TOKEN: 'sw0rdfish', TERM: 'dumb' };
const ps = (state: StateTree, ...words: string[]): Promise<Result> => podprobe(['ps', ...state.options, ...words]);

async function documentOf(state: StateTree): Promise<Document> {
  const { stdout, stderr } = await ps(state, '--json');
  assert.is(stderr, '');
  return assertKeeps<Document>('ps', JSON.parse(stdout) as object);
}

test(
  'prints the document of the schema, with names and without values',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const pod = new MadePod(groups, state);
    const sandbox = await pod.startSandbox();
    const app = await pod.start('app', ['sleep', '600'], { env, uid: NOBODY });
    const id = randomBytes(32).toString('hex');
    const plain = await groups.start(`/docker/${id}`);
    const document = await documentOf(state);
    const [found] = ofPod(document.pods, pod);
    assert.equal([found?.namespace, found?.name], ['test', pod.name]);
    assert.equal(
      found?.containers.map((one) => [one.name, one.sandbox, one.processes.map(({ pid }) => pid)]),
      [
        [null, true, [sandbox.pid]],
        ['app', false, [app.pid]],
      ],
    );
    const [one] = found?.containers[1]?.processes ?? [];
    const user = readUserNames().get(NOBODY) ?? null;
    assert.equal([one?.comm, one?.uid, one?.user, one?.secretVariables], ['sleep', NOBODY, user, ['API_TOKEN']]);
    assert.ok(one !== undefined && one.age < 60);
    assert.is(document.containers.find((other) => other.id === id)?.processes[0]?.pid, plain);
    assert.ok((document.other['host'] ?? 0) > 0);
    assert.not.match(JSON.stringify(document), 'sw0rdfish');
  },
  { skip },
);

test(
  'prints a tree for people, without colours where there is no terminal',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const pod = new MadePod(groups, state);
    await pod.startSandbox();
    const app = await pod.start('app', ['sleep', '600'], { env });
    const { stdout } = await ps(state);
    const from = stdout.indexOf(`test/${pod.name}  Burstable\n`);
    assert.ok(from >= 0, stdout);
    const lines = stdout.slice(from).split('\n');
    assert.is(lines[1], `  sandbox ${pod.sandboxId.slice(0, 13)} of containerd`);
    assert.is(lines[3], `  app  container ${app.id.slice(0, 13)} of containerd`);
    assert.ok(lines.some((line) => new RegExp(`^    ${app.pid}  root  \\d+s  sleep  env: API_TOKEN$`).test(line)));
    assert.match(stdout, /^\d+ pods?, \d+ containers?, \d+ process(?:es)?; in no pod: .* of the host/m);
    for (const hidden of ['\x1b', 'sw0rdfish']) assert.not.ok(stdout.includes(hidden));
  },
  { skip },
);

test(
  'shows no control character of a name that a process gave itself',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const pod = new MadePod(groups, state);
    const env = { PATH: process.env['PATH'], 'TOKEN\x1b[31m': '1' };
    const program = 'open("/proc/self/comm", "w").write("\\x1b[2J"); import time; time.sleep(600)';
    const { pid } = await pod.start('app', ['python3', '-c', program], { env });
    await eventually(
      () => readFileSync(`/proc/${pid}/comm`, 'latin1') === '\x1b[2J\n',
      () => 'it has not taken the name',
      20_000,
    );
    for (const words of [[], ['--json']]) {
      const { stdout } = await ps(state, ...words);
      assert.ok(stdout.includes('[2J') && stdout.includes('[31m'));
      assert.not.ok(stdout.includes('\x1b'), stdout);
    }
  },
  { skip: skip ?? missing(['python3']) },
);

test(
  'exits 5 where environments may not be read, and tells the rest',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const pod = new MadePod(groups, state);
    const { pid } = await pod.start('app');
    const { code, stdout } = await podprobe(['ps', '--json', ...state.options], { uid: NOBODY });
    assert.is(code, 5);
    const document = assertKeeps<Document>('ps', JSON.parse(stdout) as object);
    assert.is(ofPod(document.pods, pod)[0]?.containers[0]?.processes[0]?.pid, pid);
    assert.match(JSON.stringify(document.findings), /unreadable-environments/);
  },
  { skip: skip ?? unfitForNobody() },
);

const misuse = ['', 'containerd', 'containerd=run', 'cri=/run', '=/run', 'toString=/run'];
for (const value of misuse) {
  test(`exits 2 for --state-directory '${value}'`, async () => {
    const { code, stdout, stderr } = await podprobe(['ps', `--state-directory=${value}`]);
    assert.equal([code, stdout], [2, '']);
    assert.match(stderr, /--state-directory (?:must be like|<KIND=PATH>' argument missing)/);
  });
}

test('reads plain options at once, and leaves all else to those who can tell what is wrong', () => {
  assert.equal(parsePsWords(['--json', '--host', '1', '--state-directory=runc=/a']), {
    json: true,
    host: '1',
    'state-directory': ['runc=/a'],
    stateDirectory: ['runc=/a'],
    timeout: '2000',
  });
  for (const words of [['--help'], ['x'], ['--nonsense'], ['--json=1'], ['--host']])
    assert.is(parsePsWords(words), null, words.join(' '));
});

test('knows users by the first line with their number', () => {
  const [root] = readFileSync('/etc/passwd', 'utf8').split('\n');
  assert.is(readUserNames().get(0), root?.split(':')[0]);
  assert.is(readUserNames('/nowhere').size, 0);
});

test.run();
