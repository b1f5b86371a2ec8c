// Programs that execute themselves again and again, stopped at random moments: until their libc or runtime has taken over the
// environment, its variable says that there is none.
import { setTimeout as wait } from 'node:timers/promises';
import { readEnvironment } from '../../lib/index.ts';
import { assertTrueOrRefused, unfit } from '../helpers/hostile.ts';
import { suite } from '../helpers/suite.ts';
import { Target } from '../helpers/target.ts';
import { build, type Recipe } from '../helpers/toolchain.ts';

const test = suite('programs that are just starting');
const env = { FIRST: '1', SECOND: 'two' };
const truth = Object.entries(env).map(([name, value]) => `${name}=${value}`);
const ROUNDS = Number(process.env.PODPROBE_STARTS ?? 25);
/** Milliseconds: an environment that looks cleared is believed after 25. */
const STOPPED = 30;

const c = (compiler: string, ...flags: string[]): Recipe => ({
  sources: ['again.c', 'fixture.h'],
  commands: [[compiler, '-std=gnu11', '-O1', ...flags, '-o', 'OUT', 'again.c']],
});
const go = (...flags: string[]): Recipe => ({
  sources: ['again.go'],
  commands: [['go', 'build', ...flags, '-o', 'OUT', 'SOURCES']],
  env: { CGO_ENABLED: '0' },
});

const programs: Readonly<Record<string, { recipe: Recipe; tool: string }>> = {
  'glibc, dynamic': { recipe: c('gcc'), tool: 'gcc' },
  'glibc, dynamic, referring to environ': { recipe: c('gcc', '-DREFER'), tool: 'gcc' },
  'glibc, dynamic, no PIE': { recipe: c('gcc', '-no-pie', '-DREFER'), tool: 'gcc' },
  'glibc, static': { recipe: c('gcc', '-static'), tool: 'gcc' },
  'glibc, static-pie': { recipe: c('gcc', '-static-pie'), tool: 'gcc' },
  'glibc, static, stripped': { recipe: c('gcc', '-static', '-s'), tool: 'gcc' },
  'musl, dynamic': { recipe: c('musl-gcc'), tool: 'musl-gcc' },
  'musl, static': { recipe: c('musl-gcc', '-static'), tool: 'musl-gcc' },
  'musl, static, stripped': { recipe: c('musl-gcc', '-static', '-s'), tool: 'musl-gcc' },
  Go: { recipe: go(), tool: 'go' },
  'Go, stripped': { recipe: go('-ldflags=-s -w'), tool: 'go' },
};

/** A read, and a stop in its middle or just before it. */
async function readStopped(pid: number) {
  const read = readEnvironment(pid);
  await wait(Math.random() * 3);
  process.kill(pid, 'SIGSTOP');
  await wait(STOPPED * Math.random() * 1.5);
  process.kill(pid, 'SIGCONT');
  return read;
}

for (const [name, { recipe, tool }] of Object.entries(programs)) {
  test(
    `never takes one that is starting for one without variables: ${name}`,
    async () => {
      await using target = await Target.start([await build(recipe)], { env });
      for (let round = 0; round < ROUNDS; ++round) {
        const { live } = await readStopped(target.pid);
        assertTrueOrRefused(live, truth);
      }
    },
    { skip: unfit({ tools: [tool] }) },
  );
}

test.run();
