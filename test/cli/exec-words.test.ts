import * as assert from 'uvu/assert';
import { parseExecWords } from '../../lib/cli/exec-words.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('cli: the words of exec');

test('takes options on both sides of the target, and all that follows --', () => {
  const { target, argv, options } =
    parseExecWords(['--tty', '42', '--timeout', '5', '--host-binary=/x', '--', 'sh', '--tty', '--', 'x']) ?? {};
  assert.equal([target, argv], ['42', ['sh', '--tty', '--', 'x']]);
  assert.equal([options?.tty, options?.timeout, options?.hostBinary], [true, '5', '/x']);
});

test('takes several state directories', () => {
  const words = ['--state-directory', 'runc=/a', '--state-directory=docker=/b', 'test/mypod', '--', 'true'];
  const { target, options } = parseExecWords(words) ?? {};
  assert.equal([target, options?.['stateDirectory']], ['test/mypod', ['runc=/a', 'docker=/b']]);
});

test('leaves all else to those who can tell what is wrong', () => {
  for (const words of [
    [],
    ['42'],
    ['42', '--'],
    ['42', 'true'],
    ['--', 'true'],
    ['42', '43', '--', 'true'],
    ['42', '--nonsense', '--', 'true'],
    ['42', '--timeout', '--', 'true'],
    ['--help', '--', 'true'],
  ])
    assert.is(parseExecWords(words), null, words.join(' '));
});

test.run();
