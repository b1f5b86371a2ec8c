import * as assert from 'uvu/assert';
import { type MiniPod, startMiniPod } from '../../lib/demo/mini-pod.ts';
import { commandLine, podprobe } from '../helpers/command.ts';
import { outputOf, shapeOf, shapesOf } from '../helpers/guide-output.ts';
import { unfit } from '../helpers/hostile.ts';
import { type Change, Container } from '../helpers/runc.ts';
import { RunningWatch } from '../helpers/running-watch.ts';
import { suite } from '../helpers/suite.ts';
import { start, Terminal } from '../helpers/terminal.ts';

const test = suite('cli: what the guides show is what is printed');
const skip = unfit({ root: true, tools: ['stty'] });
const noContainer = unfit({ root: true, tools: ['stty', 'runc', 'busybox'] });

const ROTATED = { foo: 'changed', caz: 'baz' };

const shown = (guide: string, command: string): string[] => outputOf(guide, command).map(shapeOf);

/** What a command shows on a terminal. */
async function onTerminal(words: readonly (string | number)[]): Promise<string[]> {
  await using terminal = await Terminal.open(commandLine(words), { columns: 80, rows: 24 }, { NO_COLOR: '1' });
  start(terminal);
  await terminal.code();
  const [, ...lines] = shapesOf(terminal.screen);
  return lines.slice(
    0,
    lines.findIndex((line) => line.startsWith('code=')),
  );
}

test(
  'ls and cat',
  async () => {
    await using pod = await startMiniPod();
    const { stdout: list } = await podprobe(['ls', pod.containerPid, '/mnt/foo']);
    assert.equal(shapesOf(list), shown('files.md', 'ls PID /mnt/foo'));
    const { stdout: content } = await podprobe(['cat', pod.containerPid, '/mnt/foo/foo']);
    assert.equal([content], outputOf('files.md', 'cat PID /mnt/foo/foo; echo'));
  },
  { skip },
);

test(
  'mounts --explain, whose second half the guide cuts where it says so',
  async () => {
    await using pod = await startMiniPod();
    const words = ['mounts', pod.containerPid, '--host', pod.nodePid, '--explain'];
    const lines = shapesOf((await podprobe(words)).stdout);
    const expected = shown('mounts.md', 'mounts PID --host PID --explain');
    const cut = expected.findIndex((line) => line.startsWith('… the same eleven fields'));
    assert.equal(lines.slice(0, cut), expected.slice(0, cut));
    assert.equal(
      lines.slice(cut, cut + 11).map((line) => line.replace('read-write', 'read-only')),
      lines.slice(2, 13),
    );
    assert.equal(lines.slice(cut + 11), expected.slice(cut + 1));
  },
  { skip },
);

/** The two lines of a watch of the pod, as documents. */
async function watchTwice(pod: MiniPod): Promise<string[]> {
  await using watch = new RunningWatch([pod.containerPid, '--host', pod.nodePid, '--count', 2, '--json']);
  await watch.line();
  pod.rotate(ROTATED);
  await watch.line();
  return shapesOf(watch.text);
}

/** What is told of a pod on a terminal, until Ctrl-C; the machine may be a node with volumes of its own. */
async function watchAll(pod: MiniPod): Promise<string[]> {
  const words = commandLine(['watch', '--all', '--host', pod.nodePid]);
  await using terminal = await Terminal.open(words, { columns: 80, rows: 24 }, { NO_COLOR: '1' });
  start(terminal);
  await terminal.shows(new RegExp(`ready .*${pod.uid}`));
  pod.rotate(ROTATED);
  await terminal.shows(new RegExp(`update .*${pod.uid}`));
  terminal.type('\x03');
  await terminal.code();
  const lines = terminal.screen.split('\r\n').filter((line) => line.includes(pod.uid));
  return lines.map(shapeOf);
}

test(
  'watch, as documents and on a terminal',
  async () => {
    await using one = await startMiniPod();
    assert.equal(await watchTwice(one), shown('watch.md', 'watch PID --host PID --count 2 --json'));
    await using pod = await startMiniPod();
    const lines = await watchAll(pod);
    const [ready, update, resync] = shown('watch.md', 'watch --all --host PID --count 3');
    assert.equal(lines, [ready, update]);
    assert.is(resync, update?.replace('update', 'resync').replace('7 bytes', '11 bytes'));
  },
  { skip },
);

const user: Change = (config) => {
  config.hostname = 'mypod';
  config.process.user = { uid: 1000, gid: 1001 };
};

test(
  'exec, with some of the namespaces and with a terminal',
  async () => {
    using container = Container.start(user);
    const exec = ['exec', container.pid];
    const script = 'hostname; id -u; ls -d /var';
    const some = await podprobe([...exec, '--namespaces', 'uts,net', '--', 'sh', '-c', script]);
    assert.equal(shapesOf(some.stdout), outputOf('exec.md', `exec PID --namespaces uts,net -- sh -c '${script}'`));
    const terminal = await onTerminal([...exec, '--tty', '--', 'sh', '-c', 'tty; stty size']);
    assert.equal(terminal, outputOf('exec.md', "exec PID --tty -- sh -c 'tty; stty size'"));
  },
  { skip: noContainer },
);

test(
  'exec of a program of the host, where the container has none',
  async () => {
    using container = Container.start(user, []);
    const none = await podprobe(['exec', container.pid, '--', 'ls', '/']);
    assert.equal(none.text.trimEnd().split('\n'), outputOf('exec.md', 'exec PID -- ls /'));
    const { stdout } = await podprobe(['exec', container.pid, '--host-binary', '/bin/busybox', '--', 'ls', '/']);
    assert.equal(shapesOf(stdout), outputOf('exec.md', 'exec PID --host-binary /bin/busybox -- ls /'));
  },
  { skip: noContainer },
);

test.run();
