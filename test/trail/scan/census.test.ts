import * as assert from 'uvu/assert';
import type { ListedContainer, ProcessSummary } from '../../../lib/index.ts';
import { takeCensus } from '../../../lib/trail/scan/node-processes.ts';
import { suite } from '../../helpers/suite.ts';

const test = suite('trail: what there is to scan');

function processOf(pid: number, more: Partial<ProcessSummary> = {}): ProcessSummary {
  const nothing = { credentials: null, cgroup: null, namespaces: null, kernelThread: false, zombie: false };
  return { pid, parentPid: 1, comm: 'app', startTime: BigInt(pid), state: 'S', ...nothing, ...more };
}

function containerOf(id: string | null, pids: readonly number[], sandbox = false): ListedContainer {
  const processes = pids.map((pid) => ({
    pid,
    parentPid: 1,
    comm: 'app',
    startTime: BigInt(pid),
    zombie: pid === 14,
    uid: 0,
    secretVariables: null,
  }));
  const nothing = { name: null, runtime: null, image: null, ownUserNamespace: null, secretVolumes: null, findings: [] };
  return { id, sandbox, processes, ...nothing };
}

test('leaves out kernel threads, zombies, this process, and the child that scans with its own', () => {
  const processes = [
    processOf(2, { kernelThread: true }),
    processOf(10),
    processOf(100),
    processOf(101, { parentPid: 100 }),
    processOf(200, { parentPid: 100 }),
    processOf(201, { parentPid: 200 }),
    processOf(300, { zombie: true }),
  ];
  const other = { host: 0, kernelThreads: 0, zombies: 0, unknown: 0 };
  const census = takeCensus({ processes, pods: { pods: [], containers: [], other, findings: [] } }, [100, 200]);
  assert.equal(
    census.processes.map(({ pid }) => pid),
    [10, 101],
  );
});

test('knows the container of each process; a sandbox, and one whose processes have all exited, are none to look into', () => {
  const containers = [
    containerOf('a', [10, 11]),
    containerOf('b', [12], true),
    containerOf(null, [13]),
    containerOf('c', [14]),
  ];
  const other = { host: 0, kernelThreads: 0, zombies: 0, unknown: 0 };
  const processes = [10, 11, 12, 13, 15].map((pid) => processOf(pid));
  const census = takeCensus({ processes, pods: { pods: [], containers, other, findings: [] } }, [1]);
  assert.equal(
    census.processes.map(({ pid, containerId }) => [pid, containerId]),
    [
      [10, 'a'],
      [11, 'a'],
      [12, 'b'],
      [13, null],
      [15, null],
    ],
  );
  assert.equal(census.containers, [
    {
      containerId: 'a',
      processes: [
        { pid: 10, startTime: 10n },
        { pid: 11, startTime: 11n },
      ],
    },
  ]);
});

test.run();
