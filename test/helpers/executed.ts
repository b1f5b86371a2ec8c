import { type ExecExit, type ExecOptions, execIn } from '../../lib/index.ts';

export type Executed = ExecExit & { stdout: Buffer; stderr: string };

async function collect(stream: NodeJS.ReadableStream | null): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Runs a command to its end; gives all that it printed. */
export async function execute(
  pid: number,
  argv: readonly string[],
  options: ExecOptions = {},
  input = '',
): Promise<Executed> {
  await using command = await execIn(pid, argv, options);
  command.stdin?.on('error', () => undefined).end(input);
  const [stdout, stderr, exit] = await Promise.all([collect(command.stdout), collect(command.stderr), command.exit]);
  return { ...exit, stdout, stderr: stderr.toString() };
}

/** What it printed, as text; it must have ended well. */
export async function print(pid: number, argv: readonly string[], options: ExecOptions = {}): Promise<string> {
  const { code, signal, stdout, stderr } = await execute(pid, argv, options);
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${code ?? signal}: ${stderr}`);
  return stdout.toString();
}
