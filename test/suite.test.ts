import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import * as assert from 'uvu/assert';
import { suite } from './helpers/suite.ts';

const test = suite('suite');
const here = fileURLToPath(new URL('.', import.meta.url));

type Outcome = { code: number | null; output: string; total: number; passed: number; skipped: number };

function runChild(script: string, env: NodeJS.ProcessEnv = {}): Outcome {
  const folder = mkdtempSync(join(tmpdir(), 'podprobe-suite-'));
  try {
    const file = join(folder, 'child.mjs');
    const contents = `import { suite } from './helpers/suite.ts';\nconst test = suite('child');\n${script}`;
    const stdin = { contents, resolveDir: here, loader: 'ts' } as const;
    buildSync({ stdin, outfile: file, bundle: true, format: 'esm', platform: 'node', logLevel: 'error' });
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], {
      encoding: 'utf8',
      env: { ...process.env, PODPROBE_NO_SKIP: '', FORCE_COLOR: '0', ...env },
      timeout: 25_000,
    });
    const find = (label: string) => Number(new RegExp(`${label}: +(\\d+)`).exec(stdout)?.[1] ?? Number.NaN);
    return {
      code: status,
      output: stdout + stderr,
      total: find('Total'),
      passed: find('Passed'),
      skipped: find('Skipped'),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function expectCounts(outcome: Outcome, counts: Partial<Outcome>): void {
  const actual = Object.fromEntries(Object.keys(counts).map((key) => [key, Reflect.get(outcome, key)]));
  assert.equal(actual, counts, outcome.output);
}

test('exits 0 when all tests pass, with hooks in order', () => {
  const outcome = runChild(`
    const log: string[] = [];
    test.before(() => void log.push('before'));
    test.before.each(() => void log.push('each'));
    test.after.each(() => void log.push('/each'));
    test.after(() => console.log(log.join(' ')));
    test('one', () => void log.push('one'));
    test('two', async () => void log.push('two'));
    test.run();`);
  expectCounts(outcome, { code: 0, total: 2, passed: 2, skipped: 0 });
  assert.match(outcome.output, 'before each one /each each two /each');
});

test('a failing test fails the run, the others still run', () => {
  const outcome = runChild(`test('bad', () => { throw new Error('broken'); }); test('good', () => {}); test.run();`);
  expectCounts(outcome, { code: 1, total: 2, passed: 1 });
  assert.match(outcome.output, /"bad"\s+broken/);
});

test('a throwing before fails every test by name', () => {
  const outcome = runChild(`
    test.before(() => { throw new Error('no server'); });
    test('one', () => {}); test('two', () => {}); test.run();`);
  expectCounts(outcome, { code: 1, total: 2, passed: 0 });
  assert.match(outcome.output, /"one"\s+before: no server/);
  assert.match(outcome.output, /"two"\s+before: no server/);
});

for (const [hook, message] of [
  ['after', 'after: left over'],
  ['before.each', 'before each: left over'],
  ['after.each', 'after each: left over'],
]) {
  test(`a throwing ${hook} fails the run`, () => {
    const outcome = runChild(`
      test.${hook}(() => { throw new Error('left over'); }); test('only', () => {}); test.run();`);
    expectCounts(outcome, { code: 1, total: 1, passed: 0 });
    assert.match(outcome.output, `${message}`);
  });
}

test('a hung test fails after its time and the run goes on', () => {
  const outcome = runChild(`
    test('hung', () => new Promise(() => {}), { timeout: 50 }); test('next', () => {}); test.run();`);
  expectCounts(outcome, { code: 1, total: 2, passed: 1 });
  assert.match(outcome.output, /"hung"\s+timed out: still running after 50 ms/);
});

test('a process that does not end after its tests fails', () => {
  const outcome = runChild(`test('leaks', () => void setInterval(() => {}, 1000)); test.run();`);
  expectCounts(outcome, { code: 1, total: 1, passed: 1 });
  assert.match(outcome.output, /does not end: .*Timeout/);
});

test('a suite that is never run sets exit code 1', () => {
  const outcome = runChild(`test('forgotten', () => {});`);
  expectCounts(outcome, { code: 1 });
  assert.match(outcome.output, "suite 'child' was never run");
});

test('a suite that is never run is seen beside one that is', () => {
  const outcome = runChild(`suite('other'); test('one', () => {}); test.run();`);
  expectCounts(outcome, { code: 1, total: 1, passed: 1 });
  assert.match(outcome.output, "suite 'other' was never run");
});

test('a process that exits early with 0 fails', () => {
  const before = runChild(`test('one', () => {}); test.run(); process.exit(0);`);
  expectCounts(before, { code: 1 });
  assert.match(before.output, "suite 'child' did not finish");
  expectCounts(runChild(`test('one', () => process.exit(0)); test.run();`), { code: 1 });
});

test('a suite without tests fails', () => {
  const outcome = runChild(`test.run();`);
  expectCounts(outcome, { code: 1, total: 1, passed: 0 });
  assert.match(outcome.output, "suite 'child' has no tests");
});

test('a skipped test is not run, and its reason is printed', () => {
  const outcome = runChild(`
    test('one', () => { throw new Error('ran'); }, { skip: 'needs CAP_SYS_PTRACE' });
    test('two', () => {}, { skip: undefined }); test.run();`);
  expectCounts(outcome, { code: 0, total: 1, passed: 1, skipped: 1 });
  assert.match(outcome.output, /^skip: one: needs CAP_SYS_PTRACE$/m);
});

test('what the kernel cannot do is skipped, and counted, under PODPROBE_NO_SKIP=1 too', () => {
  const script = `test('one', () => { throw new Error('ran'); }, { impossible: 'no such hardware', skip: 'needs gcc' });
    test('two', () => {}); test.run();`;
  const outcome = runChild(script, { PODPROBE_NO_SKIP: '1' });
  expectCounts(outcome, { code: 0, total: 1, passed: 1, skipped: 1 });
  assert.match(outcome.output, /^skip: one: no such hardware$/m);
});

test('a skipped test is a failure under PODPROBE_NO_SKIP=1', () => {
  const script = `test('one', () => {}, { skip: 'needs CAP_SYS_PTRACE' }); test.run();`;
  expectCounts(runChild(script), { code: 0, total: 0, skipped: 1 });
  const outcome = runChild(script, { PODPROBE_NO_SKIP: '1' });
  expectCounts(outcome, { code: 1, total: 1, passed: 0, skipped: 0 });
  assert.match(outcome.output, /"one"\s+skipped, and PODPROBE_NO_SKIP=1: needs CAP_SYS_PTRACE/);
});

for (const [what, expression] of [
  ['undefined', 'undefined'],
  ['a string', `'text'`],
  ['an error without a stack', `Object.assign(new Error('x'), { stack: undefined })`],
  [
    'an AssertionError about functions',
    `Object.assign(new Error('x'), { name: 'AssertionError', actual: Symbol('a') })`,
  ],
]) {
  test(`a test that throws ${what} fails`, () => {
    const outcome = runChild(`test('odd', () => { throw ${expression}; }); test.run();`);
    expectCounts(outcome, { code: 1, total: 1, passed: 0 });
    assert.match(outcome.output, 'FAIL');
  });
}

test('a test or run that comes too late is refused', () => {
  assert.match(runChild(`test('a', () => {}); test.run(); test('b', () => {});`).output, `'b' comes after .run()`);
  assert.match(runChild(`test('a', () => {}); test('a', () => {}); test.run();`).output, `two tests named 'a'`);
  const late = `test('a', () => {}); test.run(); const b = suite('b'); b('b', () => {}); setTimeout(b.run, 100);`;
  expectCounts(runChild(late), { code: 1 });
});

test.run();
