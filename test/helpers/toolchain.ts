import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What a fixture needs from the machine: a command on PATH, or one of the names in `probes`. */
export type Tool = string;

export type Recipe = {
  /** Files in test/fixtures. */
  sources: readonly string[];
  /** Run one after the other; the words OUT and SOURCES stand for the program to make and the paths of the sources. */
  commands: readonly (readonly string[])[];
  env?: Readonly<Record<string, string>>;
};

export const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url));
const buildRoot = join(fixtures, '.build');
const goEnvironment = {
  GO111MODULE: 'off',
  GOFLAGS: '',
  GOCACHE: join(buildRoot, 'go'),
  GOPATH: join(buildRoot, 'gopath'),
};
const run = promisify(execFile);

const bunVersion = '1.4.5';
const bunPackage = process.arch === 'arm64' ? '@oven/bun-linux-aarch64' : '@oven/bun-linux-x64';
const bunHome = join(buildRoot, `bun-${bunVersion}`);
export const bunProgram = join(bunHome, 'node_modules', bunPackage, 'bin', 'bun');

const probes: Record<string, () => boolean> = {
  'gcc -m32': hasGcc32,
  bun: hasBun,
};

const found = new Map<Tool, boolean>();
const built = new Map<string, Promise<string>>();

/** The reason to skip what needs `tools`; undefined when all are there. */
export function missing(tools: readonly Tool[]): string | undefined {
  const absent = tools.filter((tool) => !has(tool));
  return absent.length > 0 ? `needs ${absent.join(', ')} (npm run test:deps)` : undefined;
}

/** Makes the fixture program, once for each state of sources and flags; gives its path. */
export function build(recipe: Recipe): Promise<string> {
  const out = join(buildRoot, nameOf(recipe));
  const already = built.get(out) ?? make(recipe, out);
  built.set(out, already);
  return already;
}

/** The full path of a command on PATH. */
export function locate(command: string): string {
  const path = search(command);
  if (path === undefined) throw new Error(`${command} is not on PATH`);
  return path;
}

function has(tool: Tool): boolean {
  const known = found.get(tool) ?? (probes[tool] ?? (() => search(tool) !== undefined))();
  found.set(tool, known);
  return known;
}

function search(command: string): string | undefined {
  const candidates = (process.env.PATH ?? '').split(delimiter).map((directory) => join(directory, command));
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

// gcc alone accepts -m32; what gcc-multilib adds is the 32-bit libc, of which gcc prints a bare name while it is absent.
function hasGcc32(): boolean {
  try {
    const path = execFileSync('gcc', ['-m32', '-print-file-name=libc.a'], { encoding: 'utf8' }).trim();
    return isAbsolute(path) && existsSync(path);
  } catch {
    return false;
  }
}

function hasBun(): boolean {
  if (existsSync(bunProgram)) return true;
  mkdirSync(buildRoot, { recursive: true });
  const fresh = mkdtempSync(join(buildRoot, 'bun-'));
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock', '--loglevel=error'];
  try {
    execFileSync('npm', ['install', '--prefix', fresh, ...options, `${bunPackage}@${bunVersion}`], { stdio: 'ignore' });
    renameSync(fresh, bunHome);
  } catch {
    rmSync(fresh, { recursive: true, force: true });
  }
  return existsSync(bunProgram);
}

function nameOf(recipe: Recipe): string {
  const hash = createHash('sha256').update(JSON.stringify(recipe));
  for (const source of recipe.sources) hash.update(readFileSync(join(fixtures, source)));
  return `${recipe.sources[0]}-${hash.digest('hex').slice(0, 16)}`;
}

async function make(recipe: Recipe, out: string): Promise<string> {
  if (existsSync(out)) return out;
  mkdirSync(buildRoot, { recursive: true });
  const fresh = mkdtempSync(join(buildRoot, 'make-'));
  try {
    for (const command of recipe.commands) await runStep(expand(command, recipe, join(fresh, 'out')), recipe);
    publish(join(fresh, 'out'), out);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return out;
}

// Two test processes may make the same program at once: a directory, unlike a file, cannot be renamed over its twin.
function publish(fresh: string, out: string): void {
  try {
    renameSync(fresh, out);
  } catch (error) {
    if (!existsSync(out)) throw error;
  }
}

function expand(command: readonly string[], { sources }: Recipe, out: string): string[] {
  return command.flatMap((word) => {
    if (word === 'SOURCES') return sources.map((source) => join(fixtures, source));
    return [word === 'OUT' ? out : word];
  });
}

async function runStep([program = '', ...args]: string[], recipe: Recipe): Promise<void> {
  const env = { ...process.env, ...goEnvironment, ...recipe.env };
  try {
    await run(program, args, { cwd: fixtures, env });
  } catch (cause) {
    const output = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : '';
    throw new Error(`cannot build a fixture: ${program} ${args.join(' ')}\n${output}`, { cause });
  }
}
