import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { runPodExperiment } from '../../lib/demo/pod.ts';
import { commandLine, NOBODY, podprobe, unfitForNobody } from '../helpers/command.ts';
import { unfit } from '../helpers/hostile.ts';
import { suite } from '../helpers/suite.ts';
import { eventually } from '../helpers/threads.ts';

const test = suite('demo: the way of a Secret through a pod');
const skip = unfit({ root: true });
const KILLS = 20;

test(
  'shows what follows an update, and what does not',
  async () => {
    const { before, after } = await runPodExperiment();
    assert.equal([before.file, before.subPathFile, before.initial, before.live], ['bar', 'baz', 'bar', 'bar']);
    assert.equal([after.file, after.subPathFile, after.initial, after.live], ['new', 'baz', 'bar', 'bar']);
    assert.equal([before.subPath.stale, after.subPath.stale], [false, true]);
    assert.is.not(before.volume.generation, after.volume.generation);
  },
  { skip },
);

test(
  'shows both sides of the volume, and what a command in the container sees',
  async () => {
    const { before, entered, pod } = await runPodExperiment();
    assert.equal([before.volume.container.readOnly, before.volume.host.readOnly], [true, false]);
    assert.is(before.volume.hostPath.toString(), pod.hostPath);
    assert.is(before.volume.podUid, pod.uid);
    assert.is(entered.output, 'mypod\nbar');
  },
  { skip },
);

test(
  'shows the watch see the rotation, with the keys that changed',
  async () => {
    const { events, before, after } = await runPodExperiment();
    assert.equal(
      events.map(({ event, generation }) => [event, generation]),
      [
        ['ready', before.volume.generation],
        ['update', after.volume.generation],
      ],
    );
    assert.equal([...(events[1]?.changed ?? [])].sort(), ['caz', 'foo']);
  },
  { skip },
);

test(
  'works without privileges, in a user namespace, and says so',
  async () => {
    const { code, stdout, stderr } = await podprobe(['demo', 'pod'], { uid: NOBODY });
    assert.equal([code, stderr], [0, '']);
    assert.match(stdout, /in a user namespace/);
    assert.match(stdout, /file \/mnt\/foo\/foo +bar {2}-> {2}new {2}new/);
    assert.match(stdout, /FOO in the live environ +bar {2}-> {2}bar {2}old/);
  },
  { skip: skip ?? unfitForNobody() },
);

/** Processes of a session: all that a program started which made one. */
function processesOf(session: number): string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const [state, , , of] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(of) === session && state !== 'Z';
    } catch {
      return false;
    }
  });
}

for (const signal of ['SIGKILL', 'SIGINT', 'SIGTERM'] as const) {
  test(
    `leaves nothing behind when it is ended by ${signal} at any moment`,
    async () => {
      for (let i = 0; i < KILLS; i++) {
        const [program, ...args] = commandLine(['demo', 'pod', '--json']);
        const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
        const ended = once(child, 'close');
        child.stdout.resume();
        await wait(60 + i * 20);
        child.kill(signal);
        await ended;
        const left = (): string[] => processesOf(child.pid as number);
        await eventually(
          () => left().length === 0,
          () => `processes are left: ${left().join()}`,
        );
      }
    },
    { skip, timeout: 60_000 },
  );
}

test.run();
