import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { commandLine } from '../helpers/command.ts';
import { unfit } from '../helpers/hostile.ts';
import { suite } from '../helpers/suite.ts';
import { start, Terminal } from '../helpers/terminal.ts';

const test = suite('cli: trail on a terminal');
const skip = unfit({ root: true, tools: ['stty'] });
const CLEARED = '\r\x1b[K';
const manifest = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'mysecret', namespace: 'test' },
  stringData: { foo: 'bar' },
};

test(
  'shows how far it is on one line, which makes room for the answer',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'podprobe-trail-'));
    try {
      const file = join(folder, 'secret.yaml');
      writeFileSync(file, JSON.stringify(manifest));
      const words = ['trail', 'test/mysecret', '--from', file, '--pid', process.pid];
      await using terminal = await Terminal.open(commandLine(words), { columns: 200, rows: 24 }, { TERM: 'xterm' });
      start(terminal);
      await terminal.shows('Secret test/mysecret');
      await terminal.code();
      const answer = terminal.screen.indexOf('Secret test/mysecret');
      const progress = [...terminal.screen.matchAll(/looking: \d+ of \d+ process(?:es)?/g)];
      assert.ok(progress.length > 1, JSON.stringify(terminal.screen.slice(0, 500)));
      const last = progress.at(-1)?.index ?? Infinity;
      assert.ok(last < answer && terminal.screen.slice(last, answer).includes(CLEARED));
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  { skip },
);

test.run();
