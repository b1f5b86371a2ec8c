import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { type MiniPod, startMiniPod } from '../../lib/demo/mini-pod.ts';
import {
  listNodeProcesses,
  type Scan,
  type ScannedProcess,
  scanNode,
  type ScanOptions,
  type Sighting,
} from '../../lib/index.ts';
import { ScanChild } from '../../lib/trail/scan/scan-child.ts';
import { CgroupTree, cgroupsMissing } from '../helpers/cgroup.ts';
import { Container } from '../helpers/container.ts';
import { startHostile, unfit } from '../helpers/hostile.ts';
import { MadePod } from '../helpers/made-pod.ts';
import { childrenOf } from '../helpers/runc.ts';
import { containerdAnnotations, StateTree } from '../helpers/state-tree.ts';
import { suite } from '../helpers/suite.ts';
import { Target } from '../helpers/target.ts';
import { eventually } from '../helpers/threads.ts';
import { build } from '../helpers/toolchain.ts';

const test = suite('system: what of a Secret is on this node');
const skip = unfit({ root: true, tools: ['nsenter', 'python3'] }) ?? cgroupsMissing();

const OLD = 'the-old-value-of-the-test';
const NEW = 'the-new-value-of-the-test';
const PLAIN = 'true';
const values = [OLD, NEW, PLAIN].map((text) => Buffer.from(text));
const distinctive = new Set([0, 1]);

/** Scans these processes only, and the containers that they are in. */
async function scan(pids: readonly number[], options: ScanOptions = {}, variables = new Map<string, string[]>()) {
  const { stateDirectories } = options;
  const { processes, pods } = await listNodeProcesses(stateDirectories === undefined ? {} : { stateDirectories });
  const of = (some: typeof pods.containers) =>
    some.filter((one) => one.processes.some(({ pid }) => pids.includes(pid)));
  const node = {
    processes: processes.filter(({ pid }) => pids.includes(pid)),
    pods: {
      ...pods,
      containers: of(pods.containers),
      pods: pods.pods.map((pod) => ({ ...pod, containers: of(pod.containers) })),
    },
  };
  const found = await scanNode({ values, distinctive, variables }, { ...options, node });
  assertSaysNothing(found);
  return found;
}

function assertSaysNothing(found: Scan): void {
  const text = JSON.stringify(found, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  for (const secret of [OLD, NEW]) assert.not.ok(text.includes(secret), 'a value is in what is told');
}

function processOf({ processes }: Scan, pid: number): ScannedProcess {
  const one = processes.find((process) => process.pid === pid);
  assert.ok(one, `${pid} is not in the scan`);
  return one;
}

const inShort = ({ place, name, value, whole }: Sighting) => [place, name, value, whole];

const targetProgram = () =>
  build({ sources: ['target.c'], commands: [['gcc', '-O2', '-o', 'OUT', 'SOURCES', '-DREFER']] });

test(
  'finds a value in the environment of the start, in the live one, and in the command line',
  async () => {
    const env = { PASSWORD: OLD, URL: `db://user:${OLD}@host`, FLAG: PLAIN };
    await using target = await Target.start([await targetProgram(), `--token=${NEW}`], { env });
    await target.set('PASSWORD', NEW);
    const one = processOf(await scan([target.pid]), target.pid);
    assert.equal(one.sightings.map(inShort), [
      ['initial', 'PASSWORD', 0, true],
      ['initial', 'URL', 0, false],
      ['live', 'PASSWORD', 1, true],
      ['live', 'URL', 0, false],
      ['commandLine', '1', 1, false],
    ]);
    assert.equal([one.unread, one.parentPid, one.containerId], [[], process.pid, null]);
    assert.ok(Math.abs(one.startedAt.getTime() - Date.now()) < 60_000, `started at ${one.startedAt.toISOString()}`);
  },
  { skip },
);

/** A pod without a cluster, its container in a control group and with a bundle as containerd makes them. */
async function startPod(groups: CgroupTree, state: StateTree) {
  const pod = await startMiniPod({ env: { FOO: OLD, FLAG: PLAIN }, payload: { foo: OLD, caz: PLAIN } });
  const made = new MadePod(groups, state);
  const id = randomBytes(32).toString('hex');
  state.writeBundle(id, {
    annotations: containerdAnnotations(made.uid, { 'sandbox-id': made.sandboxId, 'sandbox-name': made.name }),
    linux: { cgroupsPath: `${groups.root}${made.pathOf(id)}` },
    process: { env: [`FOO=${OLD}`, `FLAG=${PLAIN}`, 'EMPTY='], args: ['app'] },
  });
  for (const file of groups.make(made.pathOf(id))) writeFileSync(file, String(pod.containerPid));
  return { pod, id, path: made.pathOf(id) };
}

/** The words of a command that runs in the mount namespace of a container. */
function inside({ containerPid }: MiniPod, ...words: readonly string[]): string[] {
  return ['nsenter', '--target', String(containerPid), '--mount', '--', ...words];
}

test(
  'tells of a container what its bundle and volumes hold, and of each variable that is asked for',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const { pod, id } = await startPod(groups, state);
    await using _ = pod;
    const before = pod.rotate({ foo: OLD, caz: PLAIN });
    const generation = pod.rotate({ foo: NEW, caz: 'other' });
    assert.is.not(before, generation);
    const options = { host: pod.nodePid, stateDirectories: state.directories };
    const found = await scan([pod.containerPid], options, new Map([[id, ['FLAG', 'EMPTY', 'NOT_THERE']]]));
    assert.equal(found.findings, []);
    const [container, ...others] = found.containers;
    assert.ok(container && others.length === 0);
    assert.equal([container.containerId, container.unread, container.findings], [id, [], []]);
    assert.equal(container.bundle.map(inShort), [
      ['bundle', 'FOO', 0, true],
      ['bundle', 'FLAG', 2, true],
      ['bundle', 'EMPTY', null, false],
    ]);
    const files = container.files.map((file) => [file.place, file.path, file.containerPath, file.value, file.removed]);
    assert.equal(files.sort(), [
      ['subPath', 'caz', '/mnt/caz', 2, true],
      ['volume', 'caz', '/mnt/foo/caz', null, false],
      ['volume', 'foo', '/mnt/foo/foo', 1, false],
    ]);
    const whole = container.files.find(({ place }) => place === 'volume');
    assert.equal([whole?.generation, whole?.volume], [generation, 'foo']);
    const one = processOf(found, pod.containerPid);
    assert.is(one.containerId, id);
    assert.equal(one.sightings.map(inShort), [
      ['initial', 'FOO', 0, true],
      ['initial', 'FLAG', 2, true],
      ['live', 'FOO', 0, true],
      ['live', 'FLAG', 2, true],
    ]);
  },
  { skip },
);

test(
  'tells which generation a file is of that a process has open or mapped, and that it was removed',
  async () => {
    using state = new StateTree();
    await using groups = new CgroupTree();
    const { pod, path } = await startPod(groups, state);
    await using _ = pod;
    const open = await groups.start(path, inside(pod, 'sh', '-c', 'exec 7</mnt/foo/foo 8</mnt/caz; exec sleep 600'));
    const map =
      'import mmap,time; f=open("/mnt/foo/foo"); m=mmap.mmap(f.fileno(), 0, prot=1); f.close(); time.sleep(600)';
    const mapped = await groups.start(path, inside(pod, 'python3', '-c', map));
    const first = readlinkSync(`${pod.writablePath}/..data`);
    const isOpen = () => readFileSync(`/proc/${open}/comm`, 'utf8') === 'sleep\n' && existsSync(`/proc/${open}/fd/8`);
    await eventually(isOpen, () => 'the file is not open', 10_000);
    const maps = () => readFileSync(`/proc/${mapped}/maps`, 'latin1');
    await eventually(() => maps().includes(first), maps, 10_000);
    const options = { host: pod.nodePid, stateDirectories: state.directories };
    const files = (found: Scan, pid: number) =>
      processOf(found, pid).sightings.filter(({ place }) => place === 'openFile');
    const current = await scan([open, mapped], options);
    assert.equal(
      files(current, open).map((one) => [one.through, one.name, one.value, one.generation, one.removed]),
      [
        ['fd/7', `/mnt/foo/${first}/foo`, 0, first, false],
        ['fd/8', '/mnt/caz', 2, first, false],
      ],
    );
    pod.rotate({ foo: NEW, caz: 'other' });
    const removed = await scan([open, mapped], options);
    assert.equal(
      files(removed, open).map((one) => [one.through, one.name, one.value, one.generation, one.removed]),
      [
        ['fd/7', `/mnt/foo/${first}/foo`, 0, first, true],
        ['fd/8', '/mnt/caz', 2, first, true],
      ],
    );
    const ofMap = files(removed, mapped).filter(({ through }) => through === 'map');
    assert.equal(ofMap, [
      {
        place: 'openFile',
        name: `/mnt/foo/${first}/foo`,
        value: 0,
        whole: true,
        generation: first,
        removed: true,
        through: 'map',
      },
    ]);
    for (const pid of [open, mapped]) assert.equal(processOf(removed, pid).unread, []);
  },
  { skip },
);

test(
  'a path that only looks like one of a secret volume proves nothing',
  async () => {
    await using pod = await startMiniPod({ payload: { foo: OLD } });
    const lie = '/mnt/..2026_11_25_00_50_56.872810966';
    const script = `mkdir -p ${lie} && printf true >${lie}/flag && printf ${NEW} >${lie}/key && exec 7<${lie}/flag 8<${lie}/key`;
    const argv = inside(pod, 'sh', '-c', `mount -t tmpfs lie /mnt && ${script} && echo ready && exec sleep 600`);
    const child = spawn(argv[0] as string, argv.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const { done } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
      assert.is(done, false, 'the process could not be started');
      const { sightings, unread } = processOf(
        await scan([child.pid as number], { host: pod.nodePid }),
        child.pid as number,
      );
      assert.equal(unread, []);
      assert.equal(
        sightings.filter(({ place }) => place === 'openFile').map((one) => [one.value, one.generation, one.removed]),
        [[1, null, null]],
        'what it holds is told, and nothing of what it calls itself',
      );
    } finally {
      await end(child);
    }
  },
  { skip },
);

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

for (const [owner, place] of [
  ['userfaultfd', 'initial'],
  ['fuse-private', 'initial'],
  ['fuse-shared', 'vector'],
] as const) {
  test(
    `a process whose environment holds up its reader (${owner}, ${place}) costs its own row`,
    async () => {
      await using plain = await Target.start([await targetProgram()], { env: { PASSWORD: OLD } });
      const env = { FIRST: '1', BIG: 'x'.repeat(65_536) };
      await using trap = await startHostile(['blocking', owner, place], { env });
      const found = await scan([plain.pid, trap.pid]);
      assert.ok(processOf(found, trap.pid).unread.length > 0, 'it was read');
      const one = processOf(found, plain.pid);
      assert.equal([one.unread, one.sightings.length], [[], 2]);
    },
    { skip },
  );
}

test(
  'a process whose first thread has ended is told as unread, and not left out as one that has exited',
  async () => {
    await using container = await Container.start('leaderless');
    const { unread } = processOf(await scan([container.pid]), container.pid);
    assert.equal(
      unread.map(({ place }) => place),
      ['initial', 'live', 'commandLine', 'openFile'],
    );
  },
  { skip },
);

const isScanner = (pid: number): boolean =>
  /scan\/child\.ts|podprobe-scan\.cjs/.test(readFileSync(`/proc/${pid}/cmdline`, 'latin1'));

test(
  'a child that stands still is killed, and another goes on',
  async () => {
    await using target = await Target.start([await targetProgram()], { env: { PASSWORD: OLD } });
    const stopped: number[] = [];
    const onProgress = (): void => {
      if (stopped.length > 0) return;
      for (const pid of childrenOf(process.pid).filter(isScanner)) {
        process.kill(pid, 'SIGSTOP');
        stopped.push(pid);
      }
    };
    const one = processOf(await scan([target.pid], { onProgress, stall: 1_000 }), target.pid);
    assert.is(stopped.length, 1);
    assert.equal([one.unread, one.sightings.length], [[], 2]);
    await eventually(
      () => stopped.every((pid) => !existsSync(`/proc/${pid}`)),
      () => `${stopped.join()} is still there`,
    );
  },
  { skip },
);

test(
  'the child ends with its parent, however that ends',
  async () => {
    const script = fileURLToPath(new URL('../fixtures/scan.mjs', import.meta.url));
    const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(createInterface({ input: parent.stdout }), 'line');
      const children = childrenOf(parent.pid as number).filter(isScanner);
      assert.is(children.length, 1);
      await end(parent);
      await eventually(
        () => children.every((pid) => !existsSync(`/proc/${pid}`)),
        () => `${children.join()} outlives its parent`,
      );
    } finally {
      await end(parent);
    }
  },
  { skip },
);

test(
  'a child that never comes back from what it does ends with its parent, too',
  async () => {
    const script = fileURLToPath(new URL('../fixtures/busy-child.mjs', import.meta.url));
    const parent = spawn('sh', ['-c', `"${process.execPath}" "${script}" & wait`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
      assert.ok(existsSync(`/proc/${line}`));
      await end(parent);
      await eventually(
        () => !existsSync(`/proc/${line}`),
        () => `${line} outlives its parent`,
        10_000,
      );
    } finally {
      await end(parent);
    }
  },
  { skip },
);

test(
  'scans the whole node, tells how far it is, and leaves out who scans',
  async () => {
    await using target = await Target.start([await targetProgram()], { env: { PASSWORD: OLD } });
    const told: [number, number][] = [];
    const found = await scanNode(
      { values, distinctive, variables: new Map() },
      { onProgress: (done, total) => void told.push([done, total]) },
    );
    assertSaysNothing(found);
    const holders = found.processes.filter(({ sightings }) => sightings.length > 0).map(({ pid }) => pid);
    assert.ok(holders.includes(target.pid));
    assert.not.ok(found.processes.some(({ pid }) => pid === process.pid));
    assert.not.ok(found.processes.some(({ pid }) => existsSync(`/proc/${pid}`) && isScanner(pid)));
    const total = told[0]?.[1] ?? 0;
    assert.ok(total >= found.processes.length);
    assert.equal([told[0]?.[0], told.at(-1)], [0, [total, total]]);
  },
  { skip, timeout: 60_000 },
);

test('the library and the bundled command have the program of their child', async () => {
  const path = fileURLToPath(new URL('../../dist/podprobe-scan.cjs', import.meta.url));
  const child = await ScanChild.start({ path, flags: [] });
  child.kill();
  assert.match(await child.loss, /SIGKILL/);
});

test(
  'refuses what it cannot look for',
  async () => {
    const nothing = { variables: new Map<string, string[]>(), distinctive: new Set<number>() };
    const code = (promise: Promise<unknown>) =>
      promise.then(
        () => 'none',
        ({ code }: NodeJS.ErrnoException) => code,
      );
    assert.is(await code(scanNode({ ...nothing, values: [Buffer.alloc(2 ** 26)] })), 'ERR_INVALID_ARG_VALUE');
    assert.is(await code(scanNode({ ...nothing, values: [], distinctive: new Set([0]) })), 'ERR_INVALID_ARG_VALUE');
    assert.is(await code(scanNode({ ...nothing, values }, { stall: 0 })), 'ERR_INVALID_ARG_VALUE');
  },
  { skip },
);

test.run();
