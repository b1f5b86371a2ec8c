#!/usr/bin/env node
import { parseExecWords } from './exec-words.ts';
import { endWithReader } from './reader.ts';

async function run(): Promise<void> {
  const [name, ...words] = process.argv.slice(2);
  const exec = name === 'exec' ? parseExecWords(words) : null;
  if (exec === null) {
    const { createProgram } = await import('./program.ts');
    endWithReader();
    await createProgram().parseAsync();
    return;
  }
  const { runExec } = await import('./exec.ts');
  const running = runExec(exec.target, exec.argv, exec.options);
  // the command starts meanwhile: nothing is written yet
  endWithReader();
  process.exitCode = await running;
}

void run();
