// Makes the command, dist/podprobe.cjs, of lib/cli/main.ts and what that imports: one CommonJS file, for which Node need not
// start its loader of ES modules, nor look for a file per module. Other packages stay outside, but for the addon's loader.
import { chmodSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const { dependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const outfile = `${root}dist/podprobe.cjs`;

await build({
  absWorkingDir: root,
  entryPoints: ['lib/cli/main.ts'],
  outfile,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20.19',
  external: Object.keys(dependencies).filter((name) => name !== 'bindings'),
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'warning',
});
chmodSync(outfile, 0o755);
