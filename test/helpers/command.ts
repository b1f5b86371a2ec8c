import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../dist/podprobe.cjs', import.meta.url));
const LIMIT = 20_000;

export const NOBODY = 65_534;

/** What a command came to; `text` is all that it printed. */
export type Result = { code: number | null; stdout: string; stderr: string; text: string };

export type CommandOptions = {
  env?: Readonly<Record<string, string>>;
  uid?: number;
  /** A program with its arguments that starts node. */
  prefix?: readonly string[];
};

/** The words that start the command line, built by `npm run setup`. */
export function commandLine(args: readonly (string | number)[]): [program: string, ...args: string[]] {
  return [process.execPath, main, ...args.map(String)];
}

/** Runs `podprobe ARGS` as a process of its own, with no terminal. */
export async function podprobe(args: readonly (string | number)[], options: CommandOptions = {}): Promise<Result> {
  const { env = {}, uid, prefix = [] } = options;
  const [program = '', ...rest] = [...prefix, ...commandLine(args)];
  const child = spawn(program, rest, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT,
    killSignal: 'SIGKILL',
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const [stdout, stderr, code] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve)),
  ]);
  return { code, stdout, stderr, text: stdout + stderr };
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Why the command cannot be run as another user here. */
export function unfitForNobody(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root';
  const [program, ...args] = commandLine(['--version']);
  const { status } = spawnSync(program, args, { uid: NOBODY, gid: NOBODY, stdio: 'ignore' });
  return status === 0 ? undefined : 'needs a repository that other users can read';
}
