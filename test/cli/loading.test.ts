import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import * as library from '../../lib/index.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('cli: what is loaded');
const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(root + path, 'utf8');

/** The values that a module imports at once, by the module that they come from. Types are not loaded. */
function importsOf(path: string): [from: string, names: string[]][] {
  const statements = read(path).matchAll(/^(?:import|export) (?!type\b)([^;']*) from '([^']+)';/gm);
  return [...statements].flatMap(([, clause = '', from = '']) => {
    const names = clause
      .replace(/[{}\s]/g, ' ')
      .split(',')
      .map((name) => name.trim());
    const values = names.filter((name) => name !== '' && !name.startsWith('type '));
    const target = from.startsWith('.') ? posix.join(posix.dirname(path), from) : from;
    return values.length === 0 ? [] : [[target, values] as [string, string[]]];
  });
}

function loadedBy(...paths: string[]): Set<string> {
  const loaded = new Set(paths);
  for (const path of loaded) {
    if (!path.startsWith('lib/')) continue;
    for (const [from] of importsOf(path)) loaded.add(from);
  }
  return loaded;
}

test('exec loads neither the whole library nor what reads any command line', () => {
  const loaded = loadedBy('lib/cli/main.ts', 'lib/cli/exec.ts');
  for (const needed of ['lib/exec.ts', 'lib/native.ts', 'bindings']) assert.ok(loaded.has(needed), needed);
  for (const path of ['lib/index.ts', 'lib/environ.ts', 'lib/cli/program.ts', 'commander'])
    assert.not.ok(loaded.has(path), path);
});

test('the streams of a command are loaded while it starts', () => {
  for (const path of ['node:net', 'lib/exec/executed-process.ts'])
    assert.not.ok(loadedBy('lib/exec.ts').has(path), path);
});

test('ps begins with the list of processes, before what reads and shows the rest is loaded', () => {
  const loaded = loadedBy('lib/cli/main.ts', 'lib/cli/ps.ts');
  assert.ok(loaded.has('lib/processes.ts'));
  for (const path of ['lib/kube/node-survey.ts', 'lib/report/ps-text.ts', 'lib/index.ts', 'commander'])
    assert.not.ok(loaded.has(path), path);
});

test('neither help nor version loads the addon', () => {
  assert.not.ok(loadedBy('lib/cli/main.ts', 'lib/cli/program.ts').has('lib/native.ts'));
});

const NOT_FOR_USERS = new Set(['lib/doctor.ts', 'lib/root.ts']);

test('what the commands take from the library, it exports', () => {
  for (const file of readdirSync(`${root}lib/cli`)) {
    for (const [from, names] of importsOf(`lib/cli/${file}`)) {
      if (!/^lib\/[^/]+\.ts$/.test(from) || NOT_FOR_USERS.has(from)) continue;
      for (const name of names) assert.ok(name in library, `lib/cli/${file}: ${name}`);
    }
  }
});

test.run();
