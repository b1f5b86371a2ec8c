#!/usr/bin/env node
import { parseExecWords } from './exec-words.ts';
import { endWithReader } from './output.ts';

endWithReader();
const [name, ...words] = process.argv.slice(2);
const exec = name === 'exec' ? parseExecWords(words) : null;
if (exec === null) await (await import('./program.ts')).createProgram().parseAsync();
else process.exitCode = await (await import('./exec.ts')).runExec(exec.target, exec.argv, exec.options);
