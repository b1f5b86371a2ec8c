// Brings a clone to a state in which it runs: npm packages, the addon, the JavaScript. Does only what is out of date.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const steps = [
  {
    what: 'npm packages',
    inputs: ['package.json', 'package-lock.json'],
    output: 'node_modules/.package-lock.json',
    command: ['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
  },
  {
    what: 'the addon (node-gyp)',
    inputs: ['binding.gyp', 'native', 'node_modules/node-addon-api/package.json'],
    output: 'build/Release/podprobe.node',
    command: ['npm', 'run', '--silent', 'build:addon', '--', '--silent', '--jobs=2'],
  },
  {
    what: 'the JavaScript (tsc)',
    inputs: ['tsconfig.json', '.ci/bundle.mjs', 'lib', 'node_modules/typescript/package.json'],
    output: 'dist/podprobe.cjs',
    command: ['npm', 'run', '--silent', 'build:lib'],
  },
];

function newest(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return 0;
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

for (const { what, inputs, output, command } of steps) {
  const built = newest(join(root, output));
  if (built > 0 && inputs.every((input) => newest(join(root, input)) <= built)) continue;
  process.stderr.write(`setup: ${what}\n`);
  const [program, ...args] = command;
  const { status, error, signal } = spawnSync(program, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) {
    process.stderr.write(
      `setup: ${what} failed: \`${command.join(' ')}\` ${error?.message ?? signal ?? `exited ${status}`}\n`,
    );
    process.exit(1);
  }
  if (!existsSync(join(root, output))) {
    process.stderr.write(`setup: ${what}: \`${command.join(' ')}\` did not make ${output}\n`);
    process.exit(1);
  }
  // what had nothing to do leaves its output as old as it was
  utimesSync(join(root, output), new Date(), new Date());
}
