// Makes the command of lib/cli/main.ts and what that imports: files of CommonJS, for which Node need not start its loader of ES
// modules, nor look for a file per module. Parts that are imported dynamically are files of their own, since compiling all of it
// takes a third of Node's start, and one run needs few of them. Other packages stay outside, but for the addon's loader.
import { chmodSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const { dependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const parts = ['exec', 'ps', 'program', 'trail'];
const common = {
  absWorkingDir: root,
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20.19',
  external: Object.keys(dependencies).filter((name) => name !== 'bindings'),
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'warning',
};

/** The parts are there when the command runs. */
const leaveParts = {
  name: 'leave-parts',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/\w+\.ts$/ }, ({ path, kind }) => {
      const name = path.slice('./'.length, -'.ts'.length);
      return kind === 'dynamic-import' && parts.includes(name)
        ? { path: `./podprobe-${name}.cjs`, external: true }
        : null;
    });
  },
};

await build({
  ...common,
  entryPoints: { podprobe: 'lib/cli/main.ts' },
  plugins: [leaveParts],
  // as require(): import() would start the loader of ES modules
  supported: { 'dynamic-import': false },
});
await build({
  ...common,
  entryPoints: {
    ...Object.fromEntries(parts.map((name) => [`podprobe-${name}`, `lib/cli/${name}.ts`])),
    // the process that scans a node for the trail
    'podprobe-scan': 'lib/trail/scan/child.ts',
  },
  plugins: [leaveParts],
});
chmodSync(`${root}dist/podprobe.cjs`, 0o755);
