import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import * as assert from 'uvu/assert';
import { commandLine, podprobe, type Result } from '../helpers/command.ts';
import { Etcd, etcdMissing } from '../helpers/etcd.ts';
import { assertKeeps } from '../helpers/schema.ts';
import { managed, secretValue } from '../helpers/stored.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('cli: etcd history');
const skip = etcdMissing();
const KEY = '/registry/secrets/test/mysecret';
const PLANTED = 'S3CR3T-value-8Qw1zX';
let etcd: Etcd;

test.before(async () => {
  etcd = await Etcd.start({ tls: true });
  await write('old');
  await write(PLANTED);
  await etcd.ctl(['compact', '3']);
  await write('new', 'rotator');
});
test.after(() => etcd[Symbol.asyncDispose]());

function write(value: string, manager = 'kubectl'): Promise<void> {
  return etcd.put(KEY, secretValue({ data: { foo: value }, managed: [managed(manager, ['foo'])] }));
}

function history(...words: string[]): Promise<Result> {
  return podprobe(['etcd', 'history', 'test/mysecret', ...etcd.flags, ...words]);
}

test(
  'tells the versions that are there, and where compaction cut them off',
  async () => {
    const { stdout, code, text } = await history();
    assert.is(code, 0, text);
    assert.match(stdout, /^what was before revision 3 has been compacted$/m);
    assert.match(stdout, /^revision 3 {2}retained {2}by kubectl .* in clear$/m);
    assert.match(stdout, /^revision 4 {2}updated {2}by rotator/m);
    assert.match(stdout, /^ {2}~foo {2}19 bytes [0-9a-f]{16} -> 3 bytes [0-9a-f]{16} {2}by rotator at /m);
  },
  { skip },
);

test(
  'keeps to its schema',
  async () => {
    const { stdout } = await history('--json');
    const document = assertKeeps<{ versions: { event: string }[] }>('etcd-history', JSON.parse(stdout) as object);
    assert.equal(
      document.versions.map(({ event }) => event),
      ['retained', 'updated'],
    );
  },
  { skip },
);

test(
  'shows values with --reveal only',
  async () => {
    for (const words of [[], ['--json']]) {
      assert.not.match((await history(...words)).text, /S3CR3T/);
      assert.match((await history(...words, '--reveal')).stdout, new RegExp(PLANTED));
    }
  },
  { skip },
);

test(
  'says that there is no such record',
  async () => {
    const { code, stderr } = await podprobe(['etcd', 'history', 'test/never', ...etcd.flags]);
    assert.is(code, 3);
    assert.match(stderr, /no key '\/registry\/secrets\/test\/never' in .*, and none was deleted of late/);
  },
  { skip },
);

test('has nothing to tell of a dump', async () => {
  const { code, stderr } = await podprobe(['etcd', 'history', 'test/mysecret', '--from', '/dev/null']);
  assert.is(code, 2);
  assert.match(stderr, /--from has one revision only/);
});

test(
  '--watch goes on, one document a line, until it is interrupted',
  async () => {
    const [program, ...args] = commandLine(['etcd', 'history', 'test/mysecret', ...etcd.flags, '--watch', '--json']);
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env['PATH'] } });
    const ended = once(child, 'exit');
    const told: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      type Line = { event: string; changes: { before: { length: number } | null }[] | null };
      const { event, changes } = assertKeeps<Line>('etcd-version', JSON.parse(line) as object);
      told.push(`${event} ${changes?.[0]?.before?.length ?? '-'}`);
      if (told.length === 2) await write('newest', 'rotator');
      if (told.length === 3) await etcd.ctl(['del', KEY]);
      if (told.length === 4) child.kill('SIGINT');
    }
    assert.equal(told, ['retained -', 'updated 19', 'updated 3', 'deleted -']);
    assert.equal(await ended, [0, null]);
  },
  { skip },
);

test.run();
