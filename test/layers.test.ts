import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { findCppViolations } from './helpers/layers-cpp.ts';
import { findTsViolations } from './helpers/layers-ts.ts';
import { suite } from './helpers/suite.ts';

const test = suite('layers');
const root = fileURLToPath(new URL('..', import.meta.url));

function readTree(folder: string, names: RegExp): Map<string, string> {
  const paths = readdirSync(root + folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`);
  return new Map(paths.filter((path) => names.test(path)).map((path) => [path, readFileSync(root + path, 'utf8')]));
}

function inTs(path: string, text: string, others: Record<string, string> = {}): string[] {
  return findTsViolations(new Map([[path, text], ...Object.entries(others)]));
}

function inCpp(path: string, text: string, list = listing(path)): string[] {
  return findCppViolations(new Map([[path, text]]), list);
}

function listing(path: string): string {
  const names = { core: 'core_files', sys: 'sys_files', tasks: 'task_files', napi: 'napi_files', demo: 'setenv_files' };
  const entries = Object.entries(names).map(([folder, list]) => {
    const own = path.startsWith(`native/${folder}/`) && /\.cc?$/.test(path);
    return [list, own ? [path.replace('native/', '')] : []];
  });
  return JSON.stringify({ variables: Object.fromEntries(entries) });
}

function expectOne(violations: string[], pattern: RegExp): void {
  assert.is(violations.length, 1, violations.join('\n'));
  assert.match(violations[0] ?? '', pattern);
}

test('lib/ keeps its layers', () => {
  const files = readTree('lib', /\.ts$/);
  assert.ok(files.size > 0, 'no file in lib/');
  assert.equal(findTsViolations(files), []);
});

test('native/ keeps its layers', () => {
  const files = readTree('native', /\.(cc|c|h)$/);
  assert.ok(files.size > 0, 'no file in native/');
  assert.equal(findCppViolations(files, readFileSync(`${root}native/sources.gypi`, 'utf8')), []);
});

test('what the design allows is no violation', () => {
  const good = {
    'lib/errors.ts': 'export const a = 1;',
    'lib/native.ts': `import bindings from 'bindings'; import './errors.ts';`,
    'lib/process.ts': `import type { A } from './native.ts'; export type B = A;`,
    'lib/environ.ts': `import { b } from './process.ts'; // process.stdout`,
    'lib/etcd/client.ts': `import '../errors.ts'; import './storage.ts'; const text = 'process.argv';`,
    'lib/etcd/storage.ts': '',
    'lib/exec.ts': `import { spawn } from 'node:child_process';`,
    'lib/cli/main.ts': `import * as all from '../index.ts'; process.exitCode = 1; console.log(process.argv);`,
    'lib/index.ts': `export { readEnvironment } from './environ.ts'; export type * from './errors.ts';`,
  };
  assert.equal(findTsViolations(new Map(Object.entries(good))), []);
});

const tsCases: [what: string, path: string, text: string, expected: RegExp][] = [
  ['importing upwards', 'lib/process.ts', `import './environ.ts';`, /environ is above process/],
  ['a type from above', 'lib/errors.ts', `import type { A } from './native.ts';`, /native is above errors/],
  ['exporting from above', 'lib/native.ts', `export * from './process.ts';`, /process is above native/],
  ['a late import from above', 'lib/mounts.ts', `await import('./trail/trail.ts');`, /trail is above mounts/],
  ['a type expression', 'lib/mounts.ts', `type A = import('./cli/main.ts').A;`, /cli is above mounts/],
  ['an import from beside', 'lib/environ.ts', `import './mounts.ts';`, /side by side/],
  ['an import from a folder beside', 'lib/etcd/client.ts', `import '../mounts/table.ts';`, /side by side/],
  ['a module in no layer', 'lib/utils.ts', '', /utils is in no layer/],
  ['the public face used inside', 'lib/trail/walk.ts', `import '../index.ts';`, /only the command line/],
  ['an import from outside', 'lib/kube/identity.ts', `import '../../test/helpers/suite.ts';`, /outside of lib/],
  ['the addon loaded elsewhere', 'lib/process.ts', `import bindings from 'bindings';`, /only native.ts/],
  ['stdout outside cli/', 'lib/report/text.ts', `process.stdout.write('x');`, /process.stdout: only cli/],
  ['argv outside cli/', 'lib/demo/setenv.ts', 'const [a] = process.argv;', /process.argv: only cli/],
  ['an exit outside cli/', 'lib/watch.ts', 'process.exit(1);', /process.exit: only cli/],
  ['an exit code outside cli/', 'lib/watch.ts', 'process.exitCode = 1;', /process.exitCode: only cli/],
  ['console outside cli/', 'lib/watch.ts', `console.error('x');`, /console.error: only cli/],
  ['process imported outside cli/', 'lib/watch.ts', `import { argv } from 'node:process';`, /only cli/],
  ['programs started elsewhere', 'lib/kube/runtime.ts', `import 'node:child_process';`, /start programs/],
  ['logic in the index', 'lib/index.ts', `export * from './errors.ts'; export const a = 1;`, /no re-export/],
  ['the index exporting cli', 'lib/index.ts', `export * from './cli/main.ts';`, /command line/],
];
for (const [what, path, text, expected] of tsCases) {
  test(`finds ${what}`, () => expectOne(inTs(path, text), expected));
}

test('finds that etcd/ reaches native.ts by way of others', () => {
  const between = { 'lib/process.ts': `import './native.ts';`, 'lib/native.ts': '' };
  expectOne(inTs('lib/etcd/client.ts', `import '../process.ts';`, between), /etcd.client.ts: reaches lib.native.ts/);
});

const cppCases: [what: string, path: string, text: string, expected: RegExp][] = [
  ['core using sys', 'native/core/elf.cc', '#include "sys/fd.h"', /core. may not use sys/],
  ['sys using core', 'native/sys/fd.h', '#include "../core/elf.h"', /sys. may not use core/],
  ['sys using tasks', 'native/sys/fd.cc', '#include "tasks/read.h"', /sys. may not use tasks/],
  ['tasks using napi', 'native/tasks/read.cc', '# include "napi/async.h"', /tasks. may not use napi/],
  ['napi.h outside napi/', 'native/tasks/read.cc', '#include <napi.h>', /only napi/],
  ['napi.h in quotes', 'native/core/elf.h', '#include "napi.h"', /only napi/],
  ['uv.h outside napi/', 'native/sys/fd.cc', '#include <uv.h>', /only napi/],
  ['logic in the table', 'native/napi/addon.cc', 'int Init() { if (a) b(); }', /more than a table: if/],
  ['a folder in no layer', 'native/helpers/string.h', '', /in no layer/],
  ['a source in no list', 'native/core/new.cc', '', /in no list/],
];
for (const [what, path, text, expected] of cppCases) {
  const list = what === 'a source in no list' ? listing('') : listing(path);
  test(`finds ${what}`, () => expectOne(inCpp(path, text, list), expected));
}

test('finds every system header in core/', () => {
  const headers = 'unistd.h fcntl.h sys/ptrace.h errno.h cerrno fstream chrono thread iostream linux/openat2.h'.split(
    ' ',
  );
  for (const header of headers) {
    expectOne(inCpp('native/core/elf.cc', `#include <${header}>`), /core asks nothing/);
    assert.equal(inCpp('native/sys/fd.cc', `#include <${header}>`), []);
  }
});

test('finds sources listed in the wrong place, twice, or without a file', () => {
  const list = (variables: object) => JSON.stringify({ variables });
  const path = 'native/core/elf.cc';
  expectOne(inCpp(path, '', list({ sys_files: ['core/elf.cc'] })), /does not belong into sys_files/);
  expectOne(inCpp(path, '', list({ core_files: ['core/elf.cc', 'core/elf.cc'] })), /listed twice/);
  expectOne(inCpp(path, '', list({ core_files: ['core/elf.cc', 'core/x.cc'] })), /x.cc: is in core_files, but/);
});

test('what stands in a C++ comment or string is no violation', () => {
  const text = '// #include "sys/fd.h"\n/*\n#include <napi.h>\n*/\nconst char* a = "// if"; #include <cstdint>';
  assert.equal(inCpp('native/core/elf.cc', text), []);
  assert.equal(inCpp('native/napi/addon.cc', '#include <napi.h>\n#include "napi/environ.h"\nint a; // for all'), []);
});

test.run();
