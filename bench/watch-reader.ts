// watch-reader.ts WAY DIR: watches a volume in one way; prints for each generation its number, when the program was told of
// it, and when it had all values. Ends when DIR has a file named `end`.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, watch } from 'node:fs';
import { join } from 'node:path';
import { watchSecretVolume } from '../lib/index.ts';

const [way = '', directory = ''] = process.argv.slice(2);
const seen = new Map<string, [told: bigint, read: bigint]>();

function note(generation: string, told: bigint): void {
  const number = generation.slice(generation.lastIndexOf('.') + 1);
  if (!seen.has(number)) seen.set(number, [told, process.hrtime.bigint()]);
}

/** What a program does that is told that something has changed. */
function read(told: bigint): void {
  try {
    const generation = readlinkSync(join(directory, '..data'));
    for (const key of readdirSync(join(directory, generation))) readFileSync(join(directory, generation, key));
    note(generation, told);
  } catch {
    // it was overtaken by the next one
  }
}

const ways: Record<string, () => unknown> = {
  podprobe: async () => {
    for await (const event of watchSecretVolume(directory)) {
      const told = process.hrtime.bigint();
      if (event.entries.length > 0 && event.generation !== null) note(event.generation, told);
    }
  },
  'fs.watch': () =>
    watch(directory, (_, name) => {
      if (name === '..data') read(process.hrtime.bigint());
    }),
  chokidar: async () => {
    const { watch: watchTree } = await import('chokidar');
    const watcher = watchTree(directory, { ignoreInitial: true });
    watcher.on('all', () => read(process.hrtime.bigint()));
    await new Promise((resolve) => watcher.once('ready', () => resolve(null)));
  },
  inotifywait: () => {
    const child = spawn('inotifywait', ['-m', '-q', '-e', 'moved_to', '--format', '%f', directory]);
    child.stdout.on('data', (lines) => {
      if (String(lines).includes('..data\n')) read(process.hrtime.bigint());
    });
    process.on('exit', () => child.kill());
  },
  '@parcel/watcher': async () => {
    const { subscribe } = (await import('@parcel/watcher')).default;
    await subscribe(directory, () => read(process.hrtime.bigint()));
  },
};

const started = ways[way]?.();
if (way !== 'podprobe') await started;
setTimeout(() => process.stdout.write('ready\n'), 300);
setInterval(() => {
  if (!existsSync(join(directory, 'end'))) return;
  for (const [number, times] of seen) process.stdout.write(`${number} ${times.join(' ')}\n`);
  process.stdout.write('', () => process.exit(0));
}, 100);
