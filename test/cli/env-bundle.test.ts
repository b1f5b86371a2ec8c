import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { podprobe } from '../helpers/command.ts';
import { Container } from '../helpers/runc.ts';
import { assertKeeps } from '../helpers/schema.ts';
import { suite } from '../helpers/suite.ts';
import { eventually } from '../helpers/threads.ts';
import { missing } from '../helpers/toolchain.ts';

const test = suite('cli: env, the layer of the bundle');
const skip = process.getuid?.() === 0 ? missing(['runc', 'busybox']) : 'needs root';
const secret = 'S3CR3T-of-the-bundle';

/** A container of runc where runc keeps its own: `FOO` as it was to be, `TOKEN` changed by a wrapper before its program. */
function start(): Container {
  const id = randomBytes(32).toString('hex');
  const container = Container.start(
    (config) => {
      config.linux.cgroupsPath = `/docker/${id}`;
      config.process.env = ['PATH=/bin', `FOO=${secret}`, 'TOKEN=vault:token'];
      config.process.args = ['/bin/env', `TOKEN=${secret}`, 'WRAPPED=1', '/bin/sleep', '600'];
    },
    undefined,
    id,
  );
  return container;
}

async function started(container: Container): Promise<number> {
  await eventually(
    () => readFileSync(`/proc/${container.pid}/environ`).includes('WRAPPED=1'),
    () => 'the wrapper did not start the program',
  );
  return container.pid;
}

type Entry = { name: string; fingerprint: string; value?: string };
type Document = {
  bundle: {
    state: string;
    entries: Entry[];
    changes: { name: string; change: string; by: string | null }[] | null;
  } | null;
  initial: { entries: Entry[] } | null;
};

async function documentOf(...words: (string | number)[]): Promise<Document> {
  const { code, stdout, text } = await podprobe(['env', '--json', ...words]);
  assert.is(code, 0, text);
  return assertKeeps('env', JSON.parse(stdout));
}

const fingerprintOf = (entries: Entry[] | undefined, name: string) =>
  entries?.find((one) => one.name === name)?.fingerprint;

test(
  'tells what was changed between bundle and start, with fingerprints that compare',
  async () => {
    using container = start();
    const { bundle, initial } = await documentOf(await started(container));
    assert.is(bundle?.state, 'read');
    assert.equal(
      bundle?.changes?.map(({ name, change, by }) => [name, change, by]),
      [
        ['TOKEN', 'changed', null],
        ['HOME', 'added', 'runtime'],
        ['WRAPPED', 'added', null],
      ],
    );
    const [told, given] = [bundle?.entries, initial?.entries];
    assert.is(fingerprintOf(told, 'FOO'), fingerprintOf(given, 'FOO'));
    assert.is(fingerprintOf(told, 'FOO'), fingerprintOf(given, 'TOKEN'));
    assert.is.not(fingerprintOf(told, 'TOKEN'), fingerprintOf(given, 'TOKEN'));
  },
  { skip },
);

test(
  'shows values of the bundle only with --reveal, and it alone with --bundle',
  async () => {
    using container = start();
    const pid = await started(container);
    for (const words of [[], ['--json'], ['--bundle'], ['--bundle', '--json']]) {
      const { code, text } = await podprobe(['env', pid, ...words]);
      assert.is(code, 0, text);
      assert.not.match(text, new RegExp(secret));
    }
    const alone = await documentOf(pid, '--bundle', '--reveal');
    assert.is(alone.initial, null);
    assert.equal(
      alone.bundle?.entries.map(({ value }) => value),
      ['/bin', secret, 'vault:token'],
    );
    assert.is((await documentOf(pid, '--initial')).bundle, null);
    assert.match((await podprobe(['env', pid, '--reveal'])).stdout, new RegExp(`FOO.*${secret}`));
  },
  { skip },
);

test.run();
