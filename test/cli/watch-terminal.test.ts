import { writeGeneration } from '../../lib/demo/atomic-writer.ts';
import * as assert from 'uvu/assert';
import { commandLine } from '../helpers/command.ts';
import { unfit } from '../helpers/hostile.ts';
import { suite } from '../helpers/suite.ts';
import { start, Terminal } from '../helpers/terminal.ts';
import { Tmpfs } from '../helpers/volumes.ts';

const test = suite('cli: watch on a terminal');
const skip = unfit({ root: true, tools: ['stty'] });
const ESCAPE = '\x1b';

/** What a watch of two generations and of the end of the volume shows, line by line, times and fingerprints as words. */
async function shown(env: Record<string, string>, ...words: string[]): Promise<{ lines: string[]; path: string }> {
  using tmpfs = new Tmpfs();
  const path = tmpfs.directory('volume');
  const first = writeGeneration(path, { foo: 'planted', caz: '' });
  await using terminal = await Terminal.open(
    commandLine(['watch', path, '--count', 3, ...words]),
    { columns: 200, rows: 24 },
    env,
  );
  start(terminal);
  await terminal.shows(first);
  const second = writeGeneration(path, { foo: 'other', more: '1' });
  await terminal.shows(second);
  tmpfs.unmount();
  assert.is(await terminal.code(), 0);
  const lines = terminal.screen.split('\r\n').filter((line) => /^\S*\d{4}-/.test(line));
  const plain = (line: string): string =>
    line
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, 'TIME')
      .replace(first, 'FIRST')
      .replace(second, 'SECOND')
      .replaceAll(/[0-9a-f]{16}/g, 'PRINT');
  return { lines: lines.map(plain), path };
}

const texts = (path: string): string[] => [
  `TIME  ready   ${path}  FIRST  +caz (0 bytes PRINT)  +foo (7 bytes PRINT)`,
  `TIME  update  ${path}  SECOND  +more (1 bytes PRINT)  ~foo (5 bytes PRINT)  -caz`,
  `TIME  gone    ${path}`,
];

test(
  'shows each event on one line of text, its kind in a colour',
  async () => {
    const { lines, path } = await shown({ NO_COLOR: '', TERM: 'xterm' });
    const colours = ['32', '36', '31'];
    const coloured = texts(path).map((line, i) =>
      line.replace(/(ready {3}|update|gone {4})/, (kind) => {
        const rest = kind.slice('update'.length);
        return `${ESCAPE}[${colours[i]}m${kind.slice(0, 'update'.length)}${ESCAPE}[39m${rest}`;
      }),
    );
    assert.equal(lines, coloured);
  },
  { skip },
);

test(
  'shows no colour with NO_COLOR, or on a terminal that has none',
  async () => {
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
      const { lines, path } = await shown(env);
      assert.equal(lines, texts(path));
    }
  },
  { skip },
);

test(
  'gives documents with --json, on a terminal, too',
  async () => {
    using tmpfs = new Tmpfs();
    writeGeneration(tmpfs.path, { foo: 'bar' });
    await using terminal = await Terminal.open(commandLine(['watch', tmpfs.path, '--count', 1, '--json']));
    start(terminal);
    assert.is(await terminal.code(), 0);
    const [, line = ''] = /(\{.*\})\r\n/.exec(terminal.screen) ?? [];
    assert.is((JSON.parse(line) as { event: string }).event, 'ready');
    assert.ok(!terminal.screen.includes(ESCAPE));
  },
  { skip },
);

test(
  'Ctrl-C ends it, with exit code 0',
  async () => {
    using tmpfs = new Tmpfs();
    writeGeneration(tmpfs.path, { foo: 'bar' });
    await using terminal = await Terminal.open(commandLine(['watch', tmpfs.path]));
    start(terminal);
    await terminal.shows('ready');
    terminal.type('\x03');
    assert.is(await terminal.code(), 0);
  },
  { skip },
);

test.run();
