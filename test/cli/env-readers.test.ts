import * as assert from 'uvu/assert';
import { podprobe } from '../helpers/command.ts';
import { Holder, Opener, Programs } from '../helpers/environ-pairs.ts';
import { assertKeeps } from '../helpers/schema.ts';
import { suite } from '../helpers/suite.ts';
import { missing } from '../helpers/toolchain.ts';

const test = suite('cli: env --readers');
const skip = process.getuid?.() === 0 ? missing(['setpriv', 'unshare', 'cat']) : 'needs root';
const as = (uid: number): string[] => ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];

type Reader = { pid: number; answer: string; reason: string };
type Document = {
  bundle: object | null;
  initial: object | null;
  live: object | null;
  readers: { processes: Reader[]; complete: boolean; notes: string[] } | null;
};

test(
  'says of each other process whether it could, and nothing else unless that is asked for, too',
  async () => {
    using programs = new Programs();
    await using holder = await Holder.start({ words: as(1000) }, programs.open);
    await using friend = await Opener.start({ words: as(1000) });
    await using stranger = await Opener.start({ words: as(2000) });
    const { code, stdout, stderr } = await podprobe(['env', holder.pid, '--readers', '--json']);
    assert.is(stderr, '');
    const { bundle, initial, live, readers } = assertKeeps<Document>('env', JSON.parse(stdout));
    assert.equal([bundle, initial, live], [null, null, null]);
    const answerOf = (pid: number) => readers?.processes.find((one) => one.pid === pid)?.answer;
    assert.equal([answerOf(friend.pid), answerOf(stranger.pid), answerOf(holder.pid)], ['yes', 'no', undefined]);
    const doubt = readers?.complete === false || readers?.processes.some(({ answer }) => answer === 'unknown');
    assert.is(code, doubt ? 5 : 0);
    const text = (await podprobe(['env', holder.pid, '--readers', '--initial'])).stdout;
    assert.match(text, /^initial {2}intact/m);
    assert.match(text, new RegExp(`^ {2}${friend.pid} +sh +same uid 1000, in the same pid namespace$`, 'm'));
    assert.not.match(text, new RegExp(`^ {2}${stranger.pid} `, 'm'));
  },
  { skip },
);

test(
  'says in a pid namespace of its own that it has not seen all',
  async () => {
    const prefix = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', 'sleep 600 & "$@"', 'sh'];
    const { code, stdout } = await podprobe(['env', '1', '--readers', '--json'], { prefix });
    const { readers } = assertKeeps<Document>('env', JSON.parse(stdout));
    assert.is(code, 5);
    assert.is(readers?.complete, false);
    assert.match(String(readers?.notes), /pid namespace below the first/);
    assert.equal(
      readers?.processes.map(({ answer }) => answer),
      ['yes'],
    );
  },
  { skip },
);

test(
  'reads nothing of it',
  async () => {
    using programs = new Programs();
    await using holder = await Holder.start({ words: ['env', 'PLANTED=S3CR3T-of-the-holder'] }, programs.open);
    for (const words of [['--readers'], ['--readers', '--json']]) {
      assert.not.match((await podprobe(['env', holder.pid, ...words])).text, /S3CR3T/);
    }
  },
  { skip },
);

test.run();
