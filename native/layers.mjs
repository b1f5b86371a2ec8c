// One source of all those of a layer, for the addon's build: most of the time of a compiler goes into headers, and into what each
// source makes anew of them. Prints their paths for binding.gyp, as from there.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const { variables } = JSON.parse(readFileSync('native/sources.gypi', 'utf8'));
const folder = 'build/layers';

mkdirSync(folder, { recursive: true });
for (const layer of ['core', 'sys', 'task', 'napi']) {
  const path = `${folder}/${layer}.cc`;
  const text = variables[`${layer}_files`].map((file) => `#include "${file}"\n`).join('');
  // one that is written anew is compiled anew
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
  console.log(path);
}
