import * as assert from 'uvu/assert';
import { joinRequests } from '../../lib/trail/joined-request.ts';
import type { TrailRequest } from '../../lib/trail/request.ts';
import type { ScannedContainer, ScannedProcess, Sighting } from '../../lib/trail/sighting.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('trail: several requests as one');

const request = (values: string[], distinctive: number[] = [], variables: [string, string[]][] = []): TrailRequest => ({
  request: {
    values: values.map((value) => Buffer.from(value)),
    distinctive: new Set(distinctive),
    variables: new Map(variables),
  },
  uses: [],
  versionsOf: () => new Map(),
});

const sighting = (more: Partial<Sighting>): Sighting => ({
  place: 'live',
  name: 'NAME',
  value: 0,
  whole: true,
  generation: null,
  removed: null,
  through: null,
  ...more,
});

const process = (sightings: Sighting[], containerId: string | null = 'c'): ScannedProcess => ({
  pid: 7,
  parentPid: 1,
  startTime: 5n,
  startedAt: new Date(0),
  comm: 'app',
  containerId,
  sightings,
  unread: [],
});

const told = (sightings: readonly Sighting[] | undefined) =>
  sightings?.map(({ place, name, value, whole }) => [place, name, value, whole]);

test('looks once for a value that several have', () => {
  const { request: joined } = joinRequests([request(['a', 'b'], [1]), request(['b', 'c'], [0])]);
  assert.equal(joined.values.map(String), ['a', 'b', 'c']);
  assert.equal([...joined.distinctive], [1]);
});

test('asks for the variables of all, once', () => {
  const [one, other] = [
    request([], [], [['c', ['A', 'B']]]),
    request(
      [],
      [],
      [
        ['c', ['B', 'C']],
        ['d', ['A']],
      ],
    ),
  ];
  const { request: joined } = joinRequests([one, other]);
  assert.equal(
    [...joined.variables],
    [
      ['c', ['A', 'B', 'C']],
      ['d', ['A']],
    ],
  );
});

test('gives each its own numbers, and nothing of what only others look for', () => {
  const { split } = joinRequests([request(['a', 'b']), request(['c', 'b'])]);
  const sightings = [
    sighting({ name: 'A', value: 0 }),
    sighting({ name: 'B', value: 1 }),
    sighting({ name: 'C', value: 2 }),
  ];
  const [first, second] = split({ processes: [process(sightings)], containers: [], findings: [] });
  assert.equal(told(first?.processes[0]?.sightings), [
    ['live', 'A', 0, true],
    ['live', 'B', 1, true],
  ]);
  assert.equal(told(second?.processes[0]?.sightings), [
    ['live', 'B', 1, true],
    ['live', 'C', 0, true],
  ]);
});

test('tells of a variable that was asked for, also where it holds what another looks for', () => {
  const { split } = joinRequests([request(['a'], [], [['c', ['FOO']]]), request(['b'])]);
  const sightings = [sighting({ name: 'FOO', value: 1 }), sighting({ name: 'FOO', value: 1, place: 'commandLine' })];
  const scan = { processes: [process(sightings), process(sightings, 'd')], containers: [], findings: [] };
  const [first, second] = split(scan);
  assert.equal(told(first?.processes[0]?.sightings), [['live', 'FOO', null, false]]);
  assert.equal(told(first?.processes[1]?.sightings), []);
  assert.is(second?.processes[0]?.sightings.length, 2);
});

test('keeps an open file of a volume, whatever is in it, and all files of containers', () => {
  const { split } = joinRequests([request(['a']), request(['b'])]);
  const open = sighting({
    place: 'openFile',
    name: '/x/foo',
    value: 1,
    generation: '..1',
    removed: true,
    through: 'fd/7',
  });
  const file = {
    place: 'volume' as const,
    volume: 'v',
    path: 'foo',
    containerPath: '/mnt/foo',
    generation: '..1',
    removed: false,
    value: 1,
  };
  const container: ScannedContainer = { containerId: 'c', bundle: [], files: [file], unread: [], findings: [] };
  const [first, second] = split({ processes: [process([open])], containers: [container], findings: [] });
  assert.equal(told(first?.processes[0]?.sightings), [['openFile', '/x/foo', null, false]]);
  assert.equal(told(second?.processes[0]?.sightings), [['openFile', '/x/foo', 0, true]]);
  assert.equal([first?.containers[0]?.files[0]?.value, second?.containers[0]?.files[0]?.value], [null, 0]);
});

test.run();
