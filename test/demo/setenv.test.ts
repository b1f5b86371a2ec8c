import childProcess, { type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { setTimeout as wait } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { runSetenvExperiment } from '../../lib/demo/setenv.ts';
import { texts } from '../helpers/hostile.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('demo: the setenv experiment');
const given = ['PATH=/usr/bin:/bin', 'LANG=C.UTF-8', 'HELLO=world', 'EMPTY='];
const LINGER = 5_000;

test('finds the vector on the stack before, and on the heap after', async () => {
  const { before, after } = await runSetenvExperiment();
  assert.equal([before.live.state, before.live.region], ['ok', '[stack]'], String(before.live.reason));
  assert.equal([after.live.state, after.live.region], ['ok', '[heap]'], String(after.live.reason));
  assert.is.not(before.live.address, after.live.address);
});

test('finds foo in the live environment only', async () => {
  const { before, after, initialUnchanged } = await runSetenvExperiment();
  assert.equal([before.initial, before.live, after.initial].map(texts), [given, given, given]);
  assert.equal(texts(after.live), [...given, 'foo=bar']);
  assert.equal([before.initial.state, after.initial.state], ['intact', 'intact']);
  assert.is(initialUnchanged, true);
});

test('finds four strings where they were, and a new one', async () => {
  const { strings } = await runSetenvExperiment();
  assert.equal(
    strings.map(({ entry, region, stayed }) => [entry.name?.toString(), region, stayed]),
    [
      ['PATH', '[stack]', true],
      ['LANG', '[stack]', true],
      ['HELLO', '[stack]', true],
      ['EMPTY', '[stack]', true],
      ['foo', '[heap]', false],
    ],
  );
});

test('gives its child nothing of its own environment', async () => {
  process.env.PODPROBE_OWN = 'S3CR3T';
  const { after } = await runSetenvExperiment();
  delete process.env.PODPROBE_OWN;
  assert.not.match(texts(after.live).join(), /S3CR3T|PODPROBE_OWN/);
});

test('leaves no child behind', async () => {
  const { pid } = await runSetenvExperiment();
  assert.is(existsSync(`/proc/${pid}`), false);
});

test('can run twice at once', async () => {
  const [one, two] = await Promise.all([runSetenvExperiment(), runSetenvExperiment()]);
  assert.is.not(one.pid, two.pid);
  assert.equal(
    [one, two].map(({ after }) => after.live.get('foo')?.toString()),
    ['bar', 'bar'],
  );
});

type Spawn = (...args: Parameters<typeof childProcess.spawn>) => ChildProcess;

/** Runs the experiment with another way to start its child; gives the child. */
async function withSpawn(replacement: (original: Spawn) => Spawn, message: RegExp): Promise<ChildProcess> {
  const original = childProcess.spawn as Spawn;
  const children: ChildProcess[] = [];
  const replaced = replacement(original);
  const recording: Spawn = (...args) => {
    const child = replaced(...args);
    children.push(child);
    return child;
  };
  childProcess.spawn = recording as typeof childProcess.spawn;
  syncBuiltinESMExports();
  const late = wait(LINGER, undefined, { ref: false }).then(() => {
    throw new Error(`the experiment was not over after ${LINGER} ms`);
  });
  try {
    await rejects(Promise.race([runSetenvExperiment(), late]), { message });
  } finally {
    childProcess.spawn = original as typeof childProcess.spawn;
    syncBuiltinESMExports();
  }
  assert.is(children.length, 1, 'it started another number of children');
  return children[0] as ChildProcess;
}

function assertGone({ pid, exitCode, signalCode }: ChildProcess): void {
  assert.ok(exitCode !== null || signalCode !== null, 'the child has not been waited for');
  assert.is(existsSync(`/proc/${pid}`), false);
}

test('leaves no child behind when it fails half-way', async () => {
  const child = await withSpawn(
    (spawn) =>
      (...args) => {
        const started = spawn(...args);
        started.kill = () => {
          throw new Error('no signal today');
        };
        return started;
      },
    /^no signal today$/,
  );
  assertGone(child);
});

test('leaves no child behind when that says something else', async () => {
  const words = ['-c', 'echo nonsense; exec cat'];
  const child = await withSpawn((spawn) => (_program, _args, options) => spawn('/bin/sh', words, options), /'waiting'/);
  assertGone(child);
});

test('says so when its child ends', async () => {
  const child = await withSpawn((spawn) => (_program, _args, options) => spawn('/bin/true', [], options), /ended/);
  assertGone(child);
});

test('says so when its program is not there', async () => {
  await withSpawn((spawn) => (_program, _args, options) => spawn('/nowhere/setenv', [], options), /ENOENT/);
});

test.run();
