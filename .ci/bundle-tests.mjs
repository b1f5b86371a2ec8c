// Makes one module of each test file and what it imports: a loader that translates module by module while the tests run costs
// each of them a second of processor time. What runs is in .tests/, with source maps; the tests see the places of the sources.
import { readFile, rm } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** In each module, import.meta.url is that of its source. */
const keepUrls = {
  name: 'keep-urls',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const url = JSON.stringify(pathToFileURL(path).href);
      return { loader: 'ts', contents: `const importMetaUrl = ${url}; ${await readFile(path, 'utf8')}` };
    });
  },
};

/** Bundles `files`, named as from the root: `test/a/b.test.ts` becomes `.tests/a/b.test.mjs`. */
export async function bundleTests(files) {
  await rm(`${root}.tests`, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: files,
    outdir: '.tests',
    outbase: 'test',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    sourcemap: true,
    sourcesContent: false,
    define: { 'import.meta.url': 'importMetaUrl' },
    plugins: [keepUrls],
    logLevel: 'warning',
  });
}

/** Where the bundle of a test file is. */
export function bundleOf(file) {
  return file.replace(/^test\//, '.tests/').replace(/\.ts$/, '.mjs');
}
