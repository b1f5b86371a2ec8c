#!/usr/bin/env node
import { parseExecWords } from './exec-words.ts';
import { parsePsWords } from './ps-words.ts';
import { endWithReader } from './reader.ts';

async function runAny(): Promise<void> {
  const { createProgram } = await import('./program.ts');
  endWithReader();
  await createProgram().parseAsync();
}

async function run(): Promise<void> {
  const [name, ...words] = process.argv.slice(2);
  const exec = name === 'exec' ? parseExecWords(words) : null;
  const ps = name === 'ps' ? parsePsWords(words) : null;
  if (exec !== null) {
    const { runExec } = await import('./exec.ts');
    const running = runExec(exec.target, exec.argv, exec.options);
    // the command starts meanwhile: nothing is written yet
    endWithReader();
    process.exitCode = await running;
  } else if (ps !== null) {
    const { runPs } = await import('./ps.ts');
    endWithReader();
    process.exitCode = await runPs(ps);
  } else {
    await runAny();
  }
}

void run();
