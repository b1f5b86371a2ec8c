import * as assert from 'uvu/assert';
import { type ExecOptions, toRequest } from '../../lib/exec/options.ts';
import { throws } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('exec: options');

test('is as the container by default: all namespaces, no variables of ours, three pipes', () => {
  assert.equal(toRequest(['true'], {}), {
    arguments: ['true'],
    variables: [],
    cwd: null,
    asContainer: true,
    namespaces: 255,
    terminal: null,
    piped: [true, true, true],
    hostBinary: '',
    startTimeout: 10_000,
  });
});

test('has our variables with chosen namespaces', () => {
  const { asContainer, namespaces, variables } = toRequest(['true'], {
    namespaces: ['mnt', 'user'],
    env: { ADDED: 'a=b' },
  });
  assert.equal([asContainer, namespaces], [false, 129]);
  assert.equal(variables.length, Object.keys({ ...process.env, ADDED: '' }).length);
  assert.ok(variables.includes('ADDED=a=b'));
});

test('has one stream for a terminal', () => {
  const { terminal, piped } = toRequest(['sh'], { tty: { columns: 100, rows: 50 } });
  assert.equal(
    [terminal, piped],
    [
      [100, 50],
      [true, true, false],
    ],
  );
  assert.equal(toRequest(['sh'], { tty: true }).terminal, [80, 24]);
});

test('takes one word for all streams, or three', () => {
  assert.equal(toRequest(['sh'], { stdio: 'ignore' }).piped, [false, false, false]);
  assert.equal(toRequest(['sh'], { stdio: ['ignore', 'pipe', 'pipe'] }).piped, [false, true, true]);
});

const misuse: [what: string, argv: unknown, options: unknown, option: string][] = [
  ['no arguments', [], {}, 'argv'],
  ['a string for arguments', 'true', {}, 'argv'],
  ['an argument with NUL', ['a\0b'], {}, 'argv'],
  ['an empty program', [''], {}, 'argv[0]'],
  ['no options', ['a'], null, 'options'],
  ['an unknown namespace', ['a'], { namespaces: ['mount'] }, 'namespaces'],
  ['no namespaces', ['a'], { namespaces: [] }, 'namespaces'],
  ['a namespace that every object has', ['a'], { namespaces: ['toString'] }, 'namespaces'],
  ['a variable with =', ['a'], { env: { 'A=': '' } }, 'env'],
  ['a variable that is a number', ['a'], { env: { A: 1 } }, 'env'],
  ['an empty directory', ['a'], { cwd: '' }, 'cwd'],
  ['a terminal without rows', ['a'], { tty: { columns: 1 } }, 'tty'],
  ['a terminal that is too large', ['a'], { tty: { columns: 1, rows: 65_536 } }, 'tty'],
  ['a signal by name', ['a'], { signal: 'SIGTERM' }, 'signal'],
  ['no time', ['a'], { timeout: 0 }, 'timeout'],
  ['an unknown stream', ['a'], { stdio: 'inherit' }, 'stdio'],
  ['two streams', ['a'], { stdio: ['pipe', 'pipe'] }, 'stdio'],
  ['an empty host binary', ['a'], { hostBinary: '' }, 'hostBinary'],
];
for (const [what, argv, options, option] of misuse) {
  test(`refuses ${what}`, () => {
    const call = () => toRequest(argv as string[], options as ExecOptions);
    throws(call, { code: 'ERR_INVALID_ARG_VALUE', option });
  });
}

test('shows no value of a variable that it refuses', () => {
  const error = throws(() => toRequest(['a'], { env: { A: 'planted\0' } }), { option: 'env' });
  assert.not.match(error.message, /planted/);
});

test.run();
