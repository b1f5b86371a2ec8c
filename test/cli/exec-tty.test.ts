import { spawn } from 'node:child_process';
import * as assert from 'uvu/assert';
import { commandLine } from '../helpers/command.ts';
import { unfit } from '../helpers/hostile.ts';
import { suite } from '../helpers/suite.ts';
import { assertRaw, start, Terminal } from '../helpers/terminal.ts';

const test = suite('cli: exec --tty on a terminal');
const skip = unfit({ root: true, tools: ['stty'] });
const target = spawn('sleep', ['600'], { stdio: 'ignore' });
test.after(() => target.kill('SIGKILL'));

const WAIT = 'while :; do sleep 0.02; done';

/** `podprobe exec --tty` of a line of shell, not yet started. */
const open = (script: string, ...size: [columns: number, rows: number] | []): Promise<Terminal> => {
  const [columns = 80, rows = 24] = size;
  const words = commandLine(['exec', '--tty', target.pid as number, '--', 'sh', '-c', script]);
  return Terminal.open(words, { columns, rows });
};

test(
  "makes the caller's terminal raw while the command runs, and as it was afterwards",
  async () => {
    await using terminal = await open('tty; echo ready; read line; echo "<$line>"; exit 7');
    const before = start(terminal);
    await terminal.shows('ready');
    assertRaw(terminal);
    terminal.type('typed\r');
    assert.is(await terminal.code(), 7);
    assert.match(terminal.screen, /\/dev\/pts\/\d+\r\nready\r\ntyped\r\n<typed>\r\n/);
    assert.is(terminal.modes(), before);
  },
  { skip },
);

const ends: [what: string, script: string, end: (terminal: Terminal, pid: number) => void, code: number][] = [
  ['the command is killed', WAIT, (_, pid) => process.kill(pid, 'SIGKILL'), 137],
  ['Ctrl-C ends the command', WAIT, (terminal) => terminal.type('\x03'), 130],
  ['Ctrl-\\ ends the command', `ulimit -c 0; ${WAIT}`, (terminal) => terminal.type('\x1c'), 131],
  ['podprobe gets SIGTERM', WAIT, (terminal) => process.kill(terminal.pid, 'SIGTERM'), 143],
  ['podprobe gets SIGHUP', WAIT, (terminal) => process.kill(terminal.pid, 'SIGHUP'), 129],
];
for (const [what, script, end, code] of ends) {
  test(
    `the terminal is as it was when ${what}`,
    async () => {
      await using terminal = await open(`echo "pid=$$="; ${script}`);
      const before = start(terminal);
      await terminal.shows(/pid=\d+=/);
      assertRaw(terminal);
      end(terminal, Number(/pid=(\d+)=/.exec(terminal.screen)?.[1]));
      assert.is(await terminal.code(), code, terminal.screen);
      assert.is(terminal.modes(), before);
    },
    { skip },
  );
}

test(
  'Ctrl-C goes to the command, and podprobe stays with it',
  async () => {
    await using terminal = await open(`trap 'echo caught; read line; exit 33' INT; echo ready; ${WAIT}`);
    const before = start(terminal);
    await terminal.shows('ready');
    terminal.type('\x03');
    await terminal.shows('caught');
    assertRaw(terminal);
    terminal.type('on\r');
    assert.is(await terminal.code(), 33);
    assert.is(terminal.modes(), before);
  },
  { skip },
);

test(
  'the terminal is as it was when podprobe gets SIGTERM and the command goes on for a while',
  async () => {
    await using terminal = await open(`trap 'echo caught; read line; exit 34' TERM; echo ready; ${WAIT}`);
    const before = start(terminal);
    await terminal.shows('ready');
    process.kill(terminal.pid, 'SIGTERM');
    await terminal.shows('caught');
    assertRaw(terminal);
    terminal.type('\r');
    assert.is(await terminal.code(), 34);
    assert.is(terminal.modes(), before);
  },
  { skip },
);

test(
  'the terminal is as it was when there is no such program',
  async () => {
    const words = commandLine(['exec', '--tty', target.pid as number, '--', 'no-such-program']);
    await using terminal = await Terminal.open(words);
    const before = start(terminal);
    assert.is(await terminal.code(), 127);
    assert.is(terminal.modes(), before);
  },
  { skip },
);

test(
  "has the caller's size at the start, and each later one with SIGWINCH",
  async () => {
    const report = "trap 'echo size=$(stty size)=' WINCH";
    await using terminal = await open(`${report}; stty size; echo ready; ${WAIT}`, 101, 31);
    start(terminal);
    await terminal.shows('31 101\r\nready');
    for (const [columns, rows] of [
      [90, 25],
      [200, 60],
    ] as const) {
      terminal.resize(columns, rows);
      await terminal.shows(`size=${rows} ${columns}=`);
    }
  },
  { skip },
);

test.run();
