import { readdirSync, readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { type EnvironReader, readersOf } from '../../lib/index.ts';
import { Holder, Opener, Programs, type Setting } from '../helpers/environ-pairs.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';
import { missing } from '../helpers/toolchain.ts';

const test = suite('system: who can read an environ');
const skip = process.getuid?.() === 0 ? missing(['setpriv', 'unshare', 'nsenter', 'cat']) : 'needs root';

const as = (uid: number, gid = uid): string[] => ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
const without = (...capabilities: string[]): string[] => [
  'setpriv',
  `--bounding-set=${capabilities.map((name) => `-${name}`).join(',')}`,
];
const withAmbient = (uid: number, ...capabilities: string[]): string[] => {
  const list = capabilities.map((name) => `+${name}`).join(',');
  return [...as(uid), `--inh-caps=${list}`, `--ambient-caps=${list}`];
};
const ownPids = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];
const mounting = (command: string, ...words: string[]): string[] => [
  'unshare',
  '--mount',
  'sh',
  '-c',
  `${command} && exec "$@"`,
  'sh',
  ...words,
];

type Target = Setting & { readonly shut?: boolean };

const targets: Record<string, Target> = {
  'root with all capabilities': { words: [] },
  'root without capabilities': { words: without('all') },
  'root without capabilities, not dumpable': { words: without('all'), shut: true },
  'root without CAP_SYS_PTRACE': { words: without('sys_ptrace') },
  'uid 1000': { words: as(1000) },
  'uid 1000, not dumpable': { words: as(1000), shut: true },
  'uid 1000 with a capability': { words: withAmbient(1000, 'net_raw') },
  'effective uid 1000, real uid 0': { words: ['setpriv', '--euid=1000', '--egid=1000', '--clear-groups'] },
  'uid 1000 in a user namespace of its own': { words: [...as(1000), 'unshare', '--user', '--map-root-user'] },
  'uid 1000 in a pid namespace of its own': { words: [...ownPids, ...as(1000)], forks: true },
};

const readers: Record<string, Setting> = {
  root: { words: [] },
  'root without CAP_SYS_PTRACE': { words: without('sys_ptrace') },
  'root without CAP_SYS_PTRACE, CAP_PERFMON, CAP_SYS_ADMIN': { words: without('sys_ptrace', 'perfmon', 'sys_admin') },
  'uid 2000 with CAP_PERFMON and CAP_DAC_READ_SEARCH': { words: withAmbient(2000, 'perfmon', 'dac_read_search') },
  'root without CAP_DAC_*': { words: without('dac_override', 'dac_read_search') },
  'root without capabilities': { words: without('all') },
  'uid 1000': { words: as(1000) },
  'uid 1000, gid 1001': { words: as(1000, 1001) },
  'uid 2000': { words: as(2000) },
  'uid 1000 with CAP_SYS_PTRACE': { words: withAmbient(1000, 'sys_ptrace') },
  'uid 2000 with CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH': { words: withAmbient(2000, 'sys_ptrace', 'dac_read_search') },
  'uid 1000 with a capability': { words: withAmbient(1000, 'net_raw') },
  'uid 1000, root of a user namespace': { words: [...as(1000), 'unshare', '--user', '--map-root-user'] },
  'root in a pid namespace of its own': { words: ownPids, forks: true },
  "root in a pid namespace of its own, with its parent's /proc": {
    words: ['unshare', '--pid', '--fork', '--kill-child'],
    forks: true,
  },
  'root without a /proc': { words: mounting('mount -t tmpfs none /proc') },
  'uid 1000 with a /proc that hides': { words: mounting('mount -t proc -o hidepid=2 proc /proc', ...as(1000)) },
  'uid 2000 with a /proc that hides': { words: mounting('mount -t proc -o hidepid=2 proc /proc', ...as(2000)) },
};

const openers = new Map<string, Opener>();

test.before(async () => {
  if (skip !== undefined) return;
  for (const [who, setting] of Object.entries(readers)) openers.set(who, await Opener.start(setting));
});

test.after(async () => {
  for (const opener of openers.values()) await opener[Symbol.asyncDispose]();
});

function answerFor(all: readonly EnvironReader[], { pid }: Opener): EnvironReader {
  const found = all.find((one) => one.pid === pid);
  assert.ok(found, `process ${pid} is not among the readers`);
  return found;
}

for (const [what, target] of Object.entries(targets)) {
  test(
    `says of each process whether it can read: ${what}`,
    async () => {
      using programs = new Programs();
      await using holder = await Holder.start(target, target.shut === true ? programs.shut : programs.open);
      const { readers: told } = await readersOf(holder.pid);
      const wrong: string[] = [];
      for (const [who, opener] of openers) {
        const { answer, reason } = answerFor(told, opener);
        const truth = await opener.opens(`/proc/${holder.pid}/environ`);
        if (answer !== truth) wrong.push(`${who}: told ${answer} (${reason}), but it is ${truth}`);
      }
      assert.equal(wrong, []);
    },
    { skip },
  );
}

/** What is told of one process, and what is so. */
async function compare(holder: Holder, setting: Setting, path: string): Promise<[EnvironReader, string]> {
  await using opener = await Opener.start(setting);
  const { readers: told } = await readersOf(holder.pid);
  return [answerFor(told, opener), await opener.opens(path)];
}

test(
  'knows processes that share a pid namespace below this one',
  async () => {
    using programs = new Programs();
    await using holder = await Holder.start({ words: ownPids, forks: true }, programs.open);
    const words = ['nsenter', `--target=${holder.pid}`, '--pid', '--mount'];
    const [{ answer, reason }, truth] = await compare(
      holder,
      { words, forks: true },
      `/proc/${holder.ownNumber}/environ`,
    );
    assert.equal([answer, truth], ['yes', 'yes']);
    assert.match(reason, /in the same pid namespace$/);
  },
  { skip },
);

test(
  'finds a /proc of the node in a container that has another at the usual place, as a hostPath volume is',
  async () => {
    using programs = new Programs();
    await using holder = await Holder.start({ words: as(1000) }, programs.open);
    const place = programs.folder;
    // the program is running: it is the folder alone that is hidden
    const words = [
      'unshare',
      '--pid',
      '--fork',
      '--kill-child',
      ...mounting(`mount --bind /proc ${place} && mount -t proc proc /proc`),
    ];
    const [{ answer, reason }, truth] = await compare(holder, { words, forks: true }, `${place}/${holder.pid}/environ`);
    assert.equal([answer, truth], ['yes', 'yes']);
    assert.ok(reason.endsWith(`through the /proc of a pid namespace of it at ${place}`), reason);
  },
  { skip },
);

test(
  'is not told by a container what its /proc shows',
  async () => {
    using programs = new Programs();
    await using holder = await Holder.start({ words: as(1000) }, programs.open);
    const forge = 'mount -t tmpfs none /proc && mkdir -p /proc/1/ns && ln -s "pid:[4026531836]" /proc/1/ns/pid';
    const words = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', ...mounting(forge)];
    const [{ answer }, truth] = await compare(holder, { words, forks: true }, `/proc/${holder.pid}/environ`);
    assert.equal([answer, truth], ['no', 'no']);
  },
  { skip },
);

test(
  'says unknown where only the process itself knows: whether the root of a user namespace is dumpable',
  async () => {
    using programs = new Programs();
    const words = [...as(1000), 'unshare', '--user', '--map-root-user', ...without('all')];
    await using holder = await Holder.start({ words }, programs.open);
    const entering = ['nsenter', `--target=${holder.pid}`, '--user', '--preserve-credentials', ...without('all')];
    const inside = [...as(1000), ...entering];
    const [{ answer, reason }, truth] = await compare(holder, { words: inside }, `/proc/${holder.pid}/environ`);
    assert.equal([answer, truth], ['unknown', 'yes']);
    assert.match(reason, /whether it is dumpable cannot be seen/);
  },
  { skip },
);

test(
  'keeps the capabilities of its threads',
  async () => {
    using programs = new Programs();
    await using holder = await Holder.start({ words: as(1000) }, programs.open);
    const before = readFileSync('/proc/self/status', 'latin1').match(/^CapEff:.*$/m)?.[0];
    await Promise.all([readersOf(holder.pid), readersOf(holder.pid)]);
    const threads = readdirSync('/proc/self/task').map(
      (task) => readFileSync(`/proc/self/task/${task}/status`, 'latin1').match(/^CapEff:.*$/m)?.[0],
    );
    assert.equal([...new Set(threads)], [before]);
  },
  { skip },
);

test('rejects where there is no such process', async () => {
  await rejects(readersOf(2 ** 22 + 1), { code: 'ESRCH' });
});

test.run();
