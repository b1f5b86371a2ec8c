import { parseArgs } from 'node:util';
import type { OutputOptions } from './output.ts';

/** A command line of `podprobe exec` that says nothing but what it must. */
export interface ExecWords {
  readonly target: string;
  readonly argv: readonly string[];
  readonly options: OutputOptions;
}

/**
 * The words after `exec`, when they are `[options] TARGET -- CMD…` with known options. Else null: then the whole command
 * line is read, which tells what is wrong or helps. Loading what reads that takes as long as half of Node's own start.
 */
export function parseExecWords(words: readonly string[]): ExecWords | null {
  const end = words.indexOf('--');
  if (end < 0 || end === words.length - 1) return null;
  try {
    const { values, positionals } = parseArgs({
      args: words.slice(0, end),
      allowPositionals: true,
      options: {
        namespaces: { type: 'string' },
        tty: { type: 'boolean' },
        'host-binary': { type: 'string' },
        timeout: { type: 'string' },
        'state-directory': { type: 'string', multiple: true },
      },
    });
    const [target, ...others] = positionals;
    if (target === undefined || others.length > 0) return null;
    const options = {
      ...values,
      hostBinary: values['host-binary'],
      stateDirectory: values['state-directory'],
    };
    return { target, argv: words.slice(end + 1), options };
  } catch {
    return null;
  }
}
