import { closeSync, openSync } from 'node:fs';
import { RawTerminal } from '../../lib/index.ts';
import { throws } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('exec: raw terminals');

test('refuses what is no terminal, and what is no descriptor', () => {
  const file = openSync('/dev/null', 'r');
  throws(() => new RawTerminal(file), { code: 'ENOTTY', syscall: 'tcgetattr' });
  closeSync(file);
  throws(() => new RawTerminal(file), { code: 'EBADF', syscall: 'tcgetattr' });
  for (const number of [-1, 0.5, 2 ** 31, NaN, '0' as unknown as number])
    throws(() => new RawTerminal(number), { code: 'ERR_INVALID_ARG_VALUE', option: 'descriptor' });
});

test.run();
