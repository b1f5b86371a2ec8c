// Type check, unit tests and system tests: each file in a process of its own, each test counted once.
// Arguments are parts of file names: `npm test -- languages` runs only those files, without the type check.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleOf, bundleTests } from './bundle-tests.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const filters = process.argv.slice(2);
const MINUTE = 60_000;
/** Those that measure time or the machine's memory, change what is the machine's, or take both processors themselves. */
const ALONE = ['growth', 'responsive', 'stop', 'stop-outlived', 'swap', 'torn', 'watch-release'];
/** Coverage is counted by module, which a bundle is not. */
const bundled = process.env.NODE_V8_COVERAGE === undefined;
const running = new Set();
const sum = { passed: 0, failed: 0, skipped: 0 };

function testFiles() {
  return readdirSync(`${root}/test`, { recursive: true })
    .filter((name) => name.endsWith('.test.ts') && !/^(fixtures|helpers)\//.test(name))
    .map((name) => `test/${name}`)
    .sort();
}

function endGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function execute(args, limit) {
  const { FORCE_COLOR: _, ...env } = process.env;
  const child = spawn(process.execPath, args, { cwd: root, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  child.stderr.on('data', (chunk) => chunks.push(chunk));
  return new Promise((resolve) => {
    let why = '';
    const timer = setTimeout(() => {
      why = `killed after ${limit / MINUTE} minutes`;
      endGroup(child);
    }, limit);
    child.on('error', (error) => resolve({ output: error.message, why: 'could not be started' }));
    // What a test left running may hold the pipes open: the end of the test process is what counts.
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      running.delete(child);
      endGroup(child);
      if (code !== 0) why ||= signal ? `ended by ${signal}` : `exit code ${code}`;
      const settle = () => {
        child.stdout.destroy();
        child.stderr.destroy();
        resolve({ output: Buffer.concat(chunks).toString(), why });
      };
      child.on('close', settle);
      setTimeout(settle, 1000);
    });
  });
}

function count(output, why) {
  const find = (label) => Number([...output.matchAll(new RegExp(`^ {2}${label}: +(\\d+)$`, 'gm'))].at(-1)?.[1]);
  const [total, passed, skipped] = ['Total', 'Passed', 'Skipped'].map(find);
  if (Number.isNaN(total + passed + skipped)) return { passed: 0, failed: 1, skipped: 0, why: `${why || 'no totals'}` };
  if (total + skipped < 1) return { passed, failed: 1, skipped, why: 'ran no test' };
  const failed = total - passed;
  if (failed === 0 && why) return { passed, failed: 1, skipped, why };
  return { passed, failed, skipped, why: failed > 0 ? why || 'failed, but exit code 0' : '' };
}

function report(name, result, output, start) {
  for (const key of Object.keys(sum)) sum[key] += result[key];
  const parts = [`${result.passed} ok`];
  if (result.failed > 0) parts.push(`${result.failed} FAILED: ${result.why}`);
  if (result.skipped > 0) parts.push(`${result.skipped} skipped`);
  console.log(`${name}: ${parts.join(', ')} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  const lines = result.failed > 0 ? output.trimEnd().split('\n') : output.match(/^skip: .*/gm);
  for (const line of lines ?? []) console.log(`    ${line}`);
}

async function checkTypes() {
  const start = Date.now();
  const { output, why } = await execute(['node_modules/typescript/bin/tsc', '-p', 'test/tsconfig.json'], 5 * MINUTE);
  report('types', { passed: why ? 0 : 1, failed: why ? 1 : 0, skipped: 0, why }, output, start);
}

async function runFile(file, limit) {
  const start = Date.now();
  const program = bundled ? ['--enable-source-maps', bundleOf(file)] : ['--import', 'tsx', file];
  const { output, why } = await execute(program, limit);
  report(file, count(output, why), output, start);
}

function toTask(file) {
  return () => runFile(file, file.startsWith('test/system/') ? 5 * MINUTE : 2 * MINUTE);
}

async function runAll(tasks, lanes) {
  const queue = [...tasks];
  const lane = async () => {
    for (let task = queue.shift(); task; task = queue.shift()) await task();
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    for (const child of running) endGroup(child);
    process.exit(1);
  });
}

const files = testFiles().filter((file) => filters.length === 0 || filters.some((part) => file.includes(part)));
if (bundled) await bundleTests(files);
const isAlone = (file) => ALONE.some((name) => file === `test/system/${name}.test.ts`);
// backwards: those of test/system take longest, and short ones at the end keep both lanes busy
const shared = files
  .filter((file) => !isAlone(file))
  .reverse()
  .map(toTask);
await runAll(filters.length === 0 ? [checkTypes, ...shared] : shared, 2);
await runAll(files.filter(isAlone).map(toTask), 1);
if (files.length === 0) console.log(`no test file${filters.length > 0 ? ` matches ${filters.join(', ')}` : ''}`);
const skipped = sum.skipped > 0 ? `, ${sum.skipped} skipped` : '';
console.log(`${sum.passed} passed, ${sum.failed} failed${skipped}`);
process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0;
