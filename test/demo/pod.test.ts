import { setTimeout as wait } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { runPodExperiment } from '../../lib/demo/pod.ts';
import { CgroupTree, cgroupsMissing } from '../helpers/cgroup.ts';
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
    assert.is(stdout.match(/^ +unique mount id$/gm)?.length, 2, 'both lines of mountinfo are explained');
    assert.match(stdout, /file \/mnt\/foo\/foo +bar {2}-> {2}new {2}new/);
    assert.match(stdout, /FOO in the live environ +bar {2}-> {2}bar {2}old/);
  },
  { skip: skip ?? unfitForNobody() },
);

/** `group`: as a terminal's Ctrl-C does, all of its processes are told. */
const ENDS: readonly { by: string; signal: NodeJS.Signals; group?: boolean; uid?: number }[] = [
  { by: 'SIGKILL', signal: 'SIGKILL' },
  { by: 'SIGTERM', signal: 'SIGTERM' },
  { by: 'Ctrl-C', signal: 'SIGINT', group: true },
  { by: 'SIGKILL, without privileges', signal: 'SIGKILL', uid: NOBODY },
];

/** Unless it has come to its end already. */
function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    assert.is((error as NodeJS.ErrnoException).code, 'ESRCH');
  }
}

for (const { by, signal, group = false, uid = 0 } of ENDS) {
  test(
    `leaves nothing behind when it is ended at any moment by ${by}`,
    async () => {
      await using groups = new CgroupTree();
      for (let i = 0; i < KILLS; i++) {
        const pid = await groups.start('demo', commandLine(['demo', 'pod', '--json']), {
          detached: true,
          uid,
          gid: uid,
        });
        await wait(60 + i * 20);
        tell(group ? -pid : pid, signal);
        await eventually(
          () => groups.members('demo').length === 0,
          () => `processes are left: ${groups.members('demo').join()}`,
        );
      }
    },
    { skip: skip ?? cgroupsMissing() ?? unfitForNobody(), timeout: 60_000 },
  );
}

test.run();
