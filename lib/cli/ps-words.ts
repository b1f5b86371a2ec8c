import { parseArgs } from 'node:util';
import type { OutputOptions } from './output.ts';

/**
 * The options after `ps`, when they are known ones and nothing else stands there. Else null: then the whole command line is
 * read, which tells what is wrong or helps, and takes as long to load as half of Node's own start.
 */
export function parsePsWords(words: readonly string[]): OutputOptions | null {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        json: { type: 'boolean' },
        host: { type: 'string' },
        'state-directory': { type: 'string', multiple: true },
        timeout: { type: 'string', default: '2000' },
      },
    });
    return { ...values, stateDirectory: values['state-directory'] };
  } catch {
    return null;
  }
}
