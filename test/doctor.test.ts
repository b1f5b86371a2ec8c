import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import * as assert from 'uvu/assert';
import { type Check, runChecks } from '../lib/doctor.ts';
import { mayTraceAnything, yamaScope } from '../lib/permission.ts';
import { NOBODY, podprobe, unfitForNobody } from './helpers/command.ts';
import { checkNames } from './helpers/doctor.ts';
import { unfit } from './helpers/hostile.ts';
import { suite } from './helpers/suite.ts';

const test = suite('doctor');

async function checkOf(name: string, checks: readonly Check[] | Promise<readonly Check[]>): Promise<Check> {
  const found = (await checks).find((check) => check.name === name);
  if (!found) throw new Error(`there is no check '${name}'`);
  return found;
}

/** What the command finds when it is started in another way. */
async function checksWith(prefix: readonly string[], uid?: number): Promise<Check[]> {
  const { code, stdout, stderr } = await podprobe(
    ['doctor', '--json'],
    uid === undefined ? { prefix } : { prefix, uid },
  );
  assert.is(code, 0, stderr);
  return (JSON.parse(stdout) as { checks: Check[] }).checks;
}

test('looks at each thing once, in order', async () => {
  assert.equal(
    (await runChecks()).map(({ name }) => name),
    checkNames,
  );
});

test('has a cure for nothing that is well, and for all that is missing', async () => {
  for (const { name, state, found, cure } of await runChecks()) {
    assert.ok(found.length > 0, name);
    if (state === 'ok') assert.is(cure, null, name);
    if (state === 'missing') assert.ok(cure, name);
  }
});

test('names the kernel and the machine', async () => {
  assert.is((await checkOf('kernel', runChecks())).found, `Linux ${release()} on ${process.arch}`);
});

test('reads its own environment', async () => {
  const { state, found } = await checkOf('live environment', runChecks());
  assert.is(state, 'ok', found);
  assert.match(found, new RegExp(`^read from this process: ${Object.keys(process.env).length} variables by dynsym$`));
});

test('names what exec does not take over', async () => {
  const { found } = await checkOf('exec', runChecks());
  assert.match(found, /its seccomp filter and LSM label \(this process's own\) and its keyring \(a new one\)$/);
});

test(
  'names the capabilities that docs/security.md says exec needs',
  async () => {
    const page = readFileSync(new URL('../docs/security.md', import.meta.url), 'utf8');
    const [paragraph = ''] = /^The command is started by [^|]*?\n\n/m.exec(page) ?? [];
    const names = (text: string) => (text.match(/\bCAP_\w+/g) ?? []).sort();
    const { found } = await checkOf('exec', checksWith([], NOBODY));
    assert.equal(names(found), names(paragraph));
  },
  { skip: unfitForNobody() },
);

test('agrees with what is told of permissions', async () => {
  const checks = await runChecks();
  assert.is((await checkOf('other processes', checks)).state, mayTraceAnything() ? 'ok' : 'limited');
  const yama = await checkOf('yama', checks);
  assert.match(yama.found, new RegExp(`ptrace_scope is ${yamaScope()}`));
  assert.is(yama.state === 'ok', yamaScope() === 0 || (mayTraceAnything() && yamaScope() < 3));
});

test(
  'says what a kernel that is too old has not',
  async () => {
    const checks = await checksWith(['setarch', '--uname-2.6']);
    const [kernel, query] = [await checkOf('kernel', checks), await checkOf('mapping query', checks)];
    assert.equal([kernel.state, query.state], ['limited', 'limited']);
    assert.match(kernel.found, /Linux 2\.6\./);
    assert.match(String(kernel.cure), /5\.10/);
    assert.match(query.found, /\/proc\/PID\/maps/);
  },
  { skip: unfit({ tools: ['setarch'] }) },
);

test(
  'says to a user without privileges what he may not',
  async () => {
    const checks = await checksWith([], NOBODY);
    const { state, found, cure } = await checkOf('other processes', checks);
    assert.is(state, 'limited');
    assert.match(found, /^no CAP_SYS_PTRACE/);
    assert.match(String(cure), /root.*cap_sys_ptrace/);
    assert.is((await checkOf('live environment', checks)).state, 'ok');
  },
  { skip: unfitForNobody() },
);

const mounting = (options: string) => `mount -t proc -o ${options} proc /proc && exec "$@"`;
const hidden: [options: string, state: string, found: RegExp][] = [
  ['hidepid=2', 'limited', /hidepid=(2|invisible)/],
  ['hidepid=1', 'limited', /hidepid=(1|noaccess)/],
  ['hidepid=0', 'ok', /shows every process/],
];

for (const [options, state, found] of hidden) {
  test(
    `sees how /proc is mounted: ${options}`,
    async () => {
      const prefix = ['unshare', '--mount', '--pid', '--fork', 'sh', '-c', mounting(options), 'sh'];
      const check = await checkOf('hidepid', checksWith(prefix));
      assert.is(check.state, state);
      assert.match(check.found, found);
      assert.is(check.cure !== null, state !== 'ok');
    },
    { skip: unfit({ root: true, tools: ['unshare', 'mount'] }) },
  );
}

test.run();
