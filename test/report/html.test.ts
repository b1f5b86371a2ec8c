import * as assert from 'uvu/assert';
import { html, Markup } from '../../lib/report/html.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('report: html');

const escaped: [what: string, content: string, text: string][] = [
  ['tags', '<script>', '&lt;script&gt;'],
  ['entities', '&lt;', '&amp;lt;'],
  ['quotes, for attributes', `" '`, '&quot; &#39;'],
  ['an escape sequence and NUL', 'a\x1b[31m\0', 'a\ufffd[31m\ufffd'],
  ['what turns text around', '\u202ea\u2066', '\ufffda\ufffd'],
  ['half a character', '\ud800', '\ufffd'],
];

for (const [what, content, text] of escaped) {
  test(`escapes ${what}`, () =>
    assert.is(html`<p title="${content}">${content}</p>`.text, `<p title="${text}">${text}</p>`));
}

test('keeps markup, line ends, numbers and lists, and makes nothing of null', () => {
  const items = ['<', 'b\n'].map((item) => html`<li>${item}</li>`);
  assert.is(html`${items}${1}${2n}${null}`.text, '<li>&lt;</li><li>b\n</li>12');
  assert.is(html`${new Markup('<b>')}`.text, '<b>');
});

test.run();
