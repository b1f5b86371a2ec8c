import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from './helpers/suite.ts';

const test = suite('docs');
const root = fileURLToPath(new URL('..', import.meta.url));

// Put together here, so that this file does not hold what it looks for.
const privatePlaces = [
  ['', 'work', ''],
  ['', 'farm', ''],
  ['..', 'shared'],
].map((parts) => parts.join('/'));

function listFiles(...pathspecs: string[]): string[] {
  const options = ['--cached', '--others', '--exclude-standard', '-z', '--', ...pathspecs];
  const names = execFileSync('git', ['ls-files', ...options], { cwd: root, encoding: 'utf8' }).split('\0');
  return [...new Set(names)].filter((name) => name !== '' && existsSync(root + name));
}

function read(name: string): string {
  return readFileSync(root + name, 'utf8');
}

function findBrokenLinks(name: string, text: string, exists: (path: string) => boolean): string[] {
  const prose = text.replace(/^(```+|~~~+).*?^\1/gms, '').replace(/`[^`\n]*`/g, '');
  const inline = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
  const references = [...prose.matchAll(/^\s*\[[^\]]+\]:\s*<?([^\s>]+)/gm)];
  const html = [...prose.matchAll(/\b(?:src|href)="([^"]+)"/g)];
  const targets = [...inline, ...references, ...html].map(([, target]) => `${target}`);
  return targets
    .filter((target) => !/^([a-z][a-z0-9+.-]*:|#)/i.test(target))
    .filter((target) => !exists(join(dirname(name), decodeURI(target.replace(/[#?].*$/, '')))))
    .map((target) => `${name}: ${target} does not exist`);
}

function findUnknownScripts(name: string, text: string, scripts: readonly string[]): string[] {
  const named = [...text.matchAll(/\bnpm run(?:-script)?(?: --?[\w-]+)* ([\w:.-]*\w)/g)].map(
    ([, script]) => `${script}`,
  );
  const short = [...text.matchAll(/\bnpm (start|test)\b/g)].map(([, script]) => `${script}`);
  return [...named, ...short]
    .filter((script) => !scripts.includes(script))
    .map((script) => `${name}: package.json has no script ${script}`);
}

function findPrivatePlaces(name: string, text: string): string[] {
  return privatePlaces.filter((place) => text.includes(place)).map((place) => `${name}: names ${place}`);
}

test('every relative link in README and docs/ leads to a file', () => {
  const pages = listFiles('README.md', 'docs/*.md', 'docs/**/*.md', 'examples/*.md');
  assert.ok(pages.includes('README.md'), 'README.md is missing');
  assert.equal(
    pages.flatMap((name) => findBrokenLinks(name, read(name), (path) => existsSync(root + path))),
    [],
  );
});

test('every npm script that the pages name exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const pages = listFiles('*.md');
  assert.equal(
    pages.flatMap((name) => findUnknownScripts(name, read(name), Object.keys(scripts))),
    [],
  );
});

test('no file names a place outside of the project', () => {
  const names = listFiles().filter((name) => !name.startsWith('.ci/'));
  assert.ok(names.includes('package.json'));
  assert.equal(
    names.flatMap((name) => findPrivatePlaces(name, read(name))),
    [],
  );
});

test('a broken link is found, wherever it leads', () => {
  const exists = (path: string) => path === 'docs/errors.md';
  const find = (text: string) => findBrokenLinks('docs/guides/env.md', text, exists).length;
  assert.is(find('[a](../errors.md#codes) [b](https://example.org/x) [c](#here) `[d](no.md)`'), 0);
  assert.is(find('```sh\n[x](gone.md)\n```\n'), 0);
  assert.is(find('[a](errors.md)'), 1);
  assert.is(find('[a](../errors.md "title") [b](<gone.md> "title") ![c](gone.png)'), 2);
  assert.is(find('[a]: gone.md\n<img src="gone.svg">'), 2);
});

test('an unknown script is found', () => {
  const find = (text: string) => findUnknownScripts('README.md', text, ['test:core', 'test']).length;
  assert.is(find('`npm run test:core`, npm run --silent test:core -- -j 2. npm test -- x'), 0);
  assert.is(find('npm run test:corex; npm run gone, npm start'), 3);
});

test('a private place is found', () => {
  assert.equal(findPrivatePlaces('a', 'framework, docs/worked/a, shared/x, ./shared'), []);
  for (const place of privatePlaces) assert.is(findPrivatePlaces('a', `see ${place}x`).length, 1);
});

test.run();
