import * as assert from 'uvu/assert';
import { podRefusedText } from '../../lib/report/pod.ts';
import { createStyle } from '../../lib/report/style.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('report: a pod without a cluster');

test('says of a pod that cannot be made that it is left out, and why', () => {
  const reason = 'no namespaces can be made here. unshare: Operation not permitted';
  const text = podRefusedText(reason, createStyle(false)).join('\n');
  assert.match(text, /^The pod without a cluster is left out: /);
  assert.ok(text.includes(reason));
});

test('lets nothing of the reason act upon the terminal', () => {
  const [line, ...more] = podRefusedText('a\x1b[31mb\nc', createStyle(false));
  assert.ok(line?.endsWith(': a\\x1b[31mb\\x0ac'));
  assert.equal(more, []);
});

test.run();
