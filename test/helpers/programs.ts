import { execFileSync } from 'node:child_process';
import { cannotRun386 } from './kernel.ts';
import type { Blind } from './states.ts';
import { build, bunProgram, locate, missing, type Recipe, type Tool } from './toolchain.ts';

/** One row of the matrix: a program in one language, built one way. */
export type Program = {
  name: string;
  needs: readonly Tool[];
  argv: () => Promise<string[]>;
  /**
   * Where the right answer comes from: the program's own enumeration (in the order of the vector, or in none), its
   * getenv for each name, or, where the language keeps a table of its own, what it was started with.
   */
  truth: 'ordered' | 'unordered' | 'asked' | 'start';
  /** Commands of the protocol that it answers with `unsupported`. */
  lacks: readonly string[];
  /** It can be started with, and lists, entries as they stand. */
  raw: boolean;
  /** Has no symbol that leads to its environment; what a scan cannot find depends on how it clears. */
  blind?: Blind;
  /** libc's environ is not, or not always, what the language goes by: the answer must say so. */
  caveat?: true;
  /** Holds bytes only as text in UTF-8. */
  text?: true;
  /** Why it cannot run here, whatever is installed. */
  impossible?: () => string | undefined;
  /** Variables that it gives to children only, or changes with every command. */
  ignore?: readonly string[];
};

const environOnly = ['mine', 'null'];
const changes = [...environOnly, 'putenv'];
const muslLibrary = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-musl`;

type Link = { name: string; flags: readonly string[]; static: boolean };

const dynamicPie: Link = { name: 'dynamic PIE', flags: ['-fPIE', '-pie'], static: false };
const dynamicFixed: Link = { name: 'dynamic non-PIE', flags: ['-fno-pie', '-no-pie'], static: false };
const staticFixed: Link = { name: 'static', flags: ['-fno-pie', '-no-pie', '-static'], static: true };
const staticPie: Link = { name: 'static-pie', flags: ['-fPIE', '-static-pie'], static: true };

// musl-gcc's specs know no -static-pie: it would quietly link a dynamic program.
const muslStaticPie: Link = {
  name: 'static-pie',
  flags: [
    ...['-fPIE', '-static', '-nostartfiles', '-Wl,-pie,--no-dynamic-linker,-z,text'],
    ...[`${muslLibrary}/rcrt1.o`, `${muslLibrary}/crti.o`, `${muslLibrary}/crtn.o`],
  ],
  static: true,
};

const libcs = [
  { name: 'glibc', compiler: ['gcc'], tool: 'gcc', links: [dynamicPie, dynamicFixed, staticFixed, staticPie] },
  {
    name: 'musl',
    compiler: ['musl-gcc'],
    tool: 'musl-gcc',
    links: [dynamicPie, dynamicFixed, staticFixed, muslStaticPie],
  },
  { name: 'i386 glibc', compiler: ['gcc', '-m32'], tool: 'gcc -m32', links: [dynamicPie, dynamicFixed, staticFixed] },
] as const;

function cProgram(libc: (typeof libcs)[number], link: Link, refers: boolean, stripped: boolean): Program {
  const flags = [...(refers ? ['-DREFER'] : []), ...link.flags];
  const commands = [
    [...libc.compiler, '-O2', '-o', 'OUT', 'SOURCES', ...flags],
    ...(stripped ? [['strip', '-s', 'OUT']] : []),
  ];
  const how = [link.name, stripped ? 'stripped' : '', refers ? 'referring to environ' : ''].filter(Boolean).join(', ');
  return {
    name: `C, ${libc.name}, ${how}`,
    needs: [libc.tool],
    argv: async () => [await build({ sources: ['target.c'], commands })],
    truth: refers ? 'ordered' : 'asked',
    lacks: refers ? [] : environOnly,
    raw: true,
    ...(libc.name === 'i386 glibc' ? { impossible: cannotRun386 } : {}),
    ...(link.static && stripped ? { blind: 'clearenv' as const } : {}),
  };
}

const cPrograms = libcs.flatMap((libc) =>
  libc.links.flatMap((link) =>
    [false, true].flatMap((refers) => [false, true].map((stripped) => cProgram(libc, link, refers, stripped))),
  ),
);

function goProgram(name: string, flags: readonly string[], blind: boolean): Program {
  const recipe: Recipe = {
    sources: ['target.go'],
    commands: [['go', 'build', ...flags, '-o', 'OUT', 'SOURCES']],
    env: { CGO_ENABLED: '0' },
  };
  return {
    name: `Go, ${name}`,
    needs: ['go'],
    argv: async () => [await build(recipe)],
    truth: 'ordered',
    lacks: changes,
    raw: true,
    ...(blind ? { blind: 'go' as const } : {}),
  };
}

const cgo: Recipe = {
  sources: ['target.go', 'target_cgo.go'],
  commands: [['go', 'build', '-o', 'OUT', 'SOURCES']],
  env: { CGO_ENABLED: '1' },
};

const goPrograms: Program[] = [
  goProgram('static', [], false),
  goProgram('static, stripped', ['-ldflags=-s -w'], true),
  goProgram('PIE', ['-buildmode=pie'], false),
  goProgram('PIE, stripped', ['-buildmode=pie', '-ldflags=-s -w'], true),
  {
    name: 'Go, cgo',
    needs: ['go', 'gcc'],
    argv: async () => [await build(cgo)],
    truth: 'unordered',
    lacks: changes,
    raw: false,
  },
];

function rustProgram(name: string, flags: readonly string[], blind: boolean): Program {
  const commands = [['rustc', '-O', '--edition=2021', ...flags, '-o', 'OUT', 'SOURCES']];
  return {
    name: `Rust, ${name}`,
    needs: ['rustc'],
    argv: async () => [await build({ sources: ['target.rs'], commands })],
    truth: 'ordered',
    lacks: changes,
    raw: false,
    ...(blind ? { blind: 'unsetenv' as const } : {}),
  };
}

type Script = Pick<Program, 'name' | 'needs'> & Partial<Omit<Program, 'argv'>> & { words: () => string[] };

function scriptProgram({ words, ...rest }: Script): Program {
  return { truth: 'unordered', lacks: changes, raw: false, ...rest, argv: async () => words() };
}

// python3 on PATH may be a shim: a shell script that adds variables of its own.
function pythonItself(): string {
  return execFileSync(locate('python3'), ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
}

const followers: Script[] = [
  { name: 'Python', words: () => [pythonItself(), 'target.py'], needs: ['python3'], caveat: true, lacks: environOnly },
  { name: 'Node', words: () => [process.execPath, 'target.mjs'], needs: [], caveat: true, text: true },
  { name: 'Perl', words: () => [locate('perl'), 'target.pl'], needs: ['perl'] },
  { name: 'Ruby', words: () => [locate('ruby'), 'target.rb'], needs: ['ruby'] },
  { name: 'PHP', words: () => [locate('php'), 'target.php'], needs: ['php'], lacks: environOnly },
  { name: 'bash', words: () => [locate('bash'), '--norc', 'bash.sh'], needs: ['bash'], caveat: true, ignore: ['_'] },
  { name: 'zsh', words: () => [locate('zsh'), '-f', 'zsh.sh'], needs: ['zsh'], ignore: ['_'] },
];

const ownTable = { truth: 'start' as const, caveat: true as const, lacks: [...changes, 'clear'] };

const java: Program = {
  ...ownTable,
  name: 'Java',
  needs: ['java', 'javac'],
  argv: async () => {
    const classes = await build({ sources: ['Target.java'], commands: [['javac', '-d', 'OUT', 'SOURCES']] });
    return [locate('java'), '-Xshare:auto', '-XX:TieredStopAtLevel=1', '-cp', classes, 'Target'];
  },
  lacks: [...ownTable.lacks, 'set', 'unset', 'add'],
  raw: false,
};

const keepers: Script[] = [
  { name: 'dash', words: () => [locate('dash'), 'own-table.sh'], needs: ['dash'] },
  { name: 'mksh', words: () => [locate('mksh'), 'own-table.sh'], needs: ['mksh'] },
  { name: 'busybox sh', words: () => [locate('busybox'), 'sh', 'own-table.sh'], needs: ['busybox'] },
  { name: 'Bun', words: () => [bunProgram, 'target.mjs'], needs: ['bun'], text: true, lacks: changes },
];

export const programs: readonly Program[] = [
  ...cPrograms,
  ...goPrograms,
  rustProgram('dynamic', [], false),
  rustProgram('static, stripped', ['-C', 'target-feature=+crt-static', '-C', 'strip=symbols'], true),
  ...followers.map(scriptProgram),
  ...keepers.map((keeper) => scriptProgram({ ...ownTable, ...keeper })),
  java,
];

/** The reason not to try a program on this machine. */
export function skipReason(program: Program): string | undefined {
  return missing(program.needs);
}
