import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as assert from 'uvu/assert';
import { printable } from '../../lib/report/printable.ts';
import { trailHtml } from '../../lib/report/trail-html.ts';
import type { Trail } from '../../lib/trail/trail-result.ts';
import { Browser, BROWSER } from '../helpers/browser.ts';
import {
  hostileNames,
  hostileTrail,
  madeHolder,
  madeTrail,
  manyHolders,
  pageContext,
  richTrail,
} from '../helpers/made-trail.ts';
import { suite } from '../helpers/suite.ts';
import { missing } from '../helpers/toolchain.ts';

const test = suite('system: the page of a trail, in a browser');
const skip = missing([BROWSER]);
const directory = mkdtempSync(join(tmpdir(), 'podprobe-page-'));
let browser: Browser;

test.before(async () => {
  browser = await Browser.start();
});
test.after(async () => {
  await browser[Symbol.asyncDispose]();
});
process.on('exit', () => rmSync(directory, { recursive: true }));

function pageOf(name: string, trail: Trail): string {
  const path = join(directory, `${name}.html`);
  writeFileSync(path, trailHtml(trail, { fingerprint: () => '0123456789abcdef', reveal: true }, pageContext));
  return path;
}

const trails: Record<string, () => Trail> = {
  nothing: () => madeTrail([]),
  'one holder': () => madeTrail([madeHolder('current')]),
  'every verdict': richTrail,
  'hostile names': hostileTrail,
  '200 holders': () => madeTrail(manyHolders(200)),
};

interface Measures {
  page: number;
  picture: { width: number; height: number };
  texts: number;
}

const MEASURE = `(() => {
  const { width, height } = document.querySelector('svg.picture').getBoundingClientRect();
  return { page: document.documentElement.scrollWidth, picture: { width, height },
    texts: document.querySelectorAll('svg.picture text').length };
})()`;

for (const [what, make] of Object.entries(trails)) {
  test(
    `${what}: is shown without a complaint, a request or a page that is too wide`,
    async () => {
      const path = pageOf(what, make());
      for (const width of [1280, 400]) {
        browser.forget();
        await browser.open(path, width);
        const { page, picture, texts } = await browser.evaluate<Measures>(MEASURE);
        assert.ok(page <= width, `${page} of ${width}`);
        assert.ok(picture.width >= 300 && picture.height >= 50, JSON.stringify(picture));
        assert.ok(texts >= 4, String(texts));
        assert.equal(browser.complaints, []);
        assert.equal(browser.requests, [pathToFileURL(path).href]);
      }
    },
    { skip },
  );
}

test(
  'would not run a script, load an image or send a form, and the browser says so',
  async () => {
    const path = pageOf('broken into', richTrail());
    const text = trailHtml(richTrail(), { fingerprint: () => '', reveal: false }, pageContext);
    const foreign = '<script>document.title = "pwned"</script><img src="http://127.0.0.1:9/x.png">';
    writeFileSync(path, text.replace('<main>', `<main>${foreign}`));
    browser.forget();
    await browser.open(path, 1280);
    assert.is(await browser.evaluate('document.title'), 'Who holds Secret shop/payments-db');
    const complaints = browser.complaints.join('\n');
    assert.match(complaints, /script-src/);
    assert.match(complaints, /img-src/);
  },
  { skip },
);

test(
  'hostile names stay text',
  async () => {
    await browser.open(pageOf('hostile', hostileTrail()), 1280);
    const tags = await browser.evaluate<string[]>(
      `[...new Set([...document.querySelectorAll('*')].map(({ localName }) => localName))]`,
    );
    for (const tag of ['script', 'img', 'b', 'iframe', 'form', 'a']) assert.not.ok(tags.includes(tag), tag);
    assert.is(await browser.evaluate('document.querySelectorAll("style").length'), 1);
    assert.match(await browser.evaluate<string>('document.title'), /^Who holds Secret <script>/);
    const names = await browser.evaluate<string[]>(
      `[...document.querySelectorAll('td .name')].map(({ textContent }) => textContent)`,
    );
    const { long: _, ...whole } = hostileNames;
    for (const name of Object.values(whole)) assert.ok(names.includes(printable(name)), printable(name));
  },
  { skip },
);

test(
  'a name from right to left turns nothing around',
  async () => {
    await browser.open(pageOf('turned', hostileTrail()), 1280);
    const order = await browser.evaluate<boolean[]>(`[...document.querySelectorAll('svg.picture g')]
      .map((row) => [row.querySelector('.word'), row.querySelector('.name')].map((one) => one.getBoundingClientRect().left))
      .map(([word, name]) => word < name)`);
    assert.ok(order.length >= Object.keys(hostileNames).length);
    assert.ok(order.every(Boolean));
  },
  { skip },
);

test(
  'text stays within the boxes of the picture',
  async () => {
    for (const make of [richTrail, hostileTrail]) {
      await browser.open(pageOf('boxes', make()), 1280);
      const wide = await browser.evaluate<string[]>(`[...document.querySelectorAll('svg.box')].flatMap((box) => {
        const limit = box.querySelector('rect').getBoundingClientRect().right;
        return [...box.querySelectorAll('text')]
          .filter((text) => text.getBoundingClientRect().right > limit)
          .map((text) => text.textContent);
      })`);
      assert.equal(
        wide.filter((text) => !/\p{M}/u.test(text)),
        [],
      );
    }
  },
  { skip },
);

/** The lowest contrast of text to what is behind it, by WCAG 2, and where. */
const CONTRAST = `(() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = (colour) => channels(colour).slice(0, 3).map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
  const isClear = (colour) => channels(colour)[3] === 0;
  const ground = (element) => {
    const box = element.closest('svg.box');
    if (box !== null) return getComputedStyle(box.querySelector('rect')).fill;
    for (let one = element; one !== null; one = one.parentElement) {
      const { backgroundColor } = getComputedStyle(one);
      if (!isClear(backgroundColor)) return backgroundColor;
    }
    return 'rgb(255, 255, 255)';
  };
  const shown = [...document.querySelectorAll('p, li, td, th, dt, dd, h1, h2, code, .quiet, .verdict, text, tspan, footer')];
  const ratios = shown.filter(({ textContent }) => textContent.trim() !== '').map((element) => {
    const { color, fill } = getComputedStyle(element);
    const pair = [luminance(element.closest('text') ? fill : color), luminance(ground(element))];
    return { ratio: (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05), text: element.textContent.slice(0, 40) };
  });
  return ratios.reduce((least, one) => (one.ratio < least.ratio ? one : least));
})()`;

test(
  'can be read in light and in dark, and is light on paper',
  async () => {
    const path = pageOf('contrast', richTrail());
    const grounds: string[] = [];
    for (const media of [{}, { scheme: 'dark' }, { scheme: 'dark', type: 'print' }] as const) {
      await browser.open(path, 1280, media);
      const { ratio, text } = await browser.evaluate<{ ratio: number; text: string }>(CONTRAST);
      assert.ok(ratio >= 4.5, `${ratio.toFixed(2)}: ${text}`);
      grounds.push(await browser.evaluate('getComputedStyle(document.body).backgroundColor'));
    }
    assert.is(grounds[0], 'rgb(255, 255, 255)');
    assert.is.not(grounds[1], grounds[0]);
    assert.is(grounds[2], grounds[0]);
    assert.match((await browser.print()).subarray(0, 5).toString(), /^%PDF-/);
  },
  { skip },
);

test(
  'tells those who do not see it, and those who see no colours',
  async () => {
    await browser.open(pageOf('told', richTrail()), 1280);
    assert.is(await browser.evaluate('document.documentElement.lang'), 'en');
    const nodes = (await browser.send('Accessibility.getFullAXTree')).nodes as {
      role?: { value: string };
      name?: { value: string };
      description?: { value: string };
    }[];
    const named = (role: string) =>
      nodes.filter((node) => node.role?.value === role).map(({ name }) => name?.value ?? '');
    assert.match(
      named('image').join() + named('img').join() + named('graphics-document').join(),
      /The way of the Secret/,
    );
    assert.equal(named('table').sort(), ['Holders, and what proves it', 'Not read, and may hold it', 'Versions']);
    assert.is(named('columnheader').length, 7 + 5 + 3);
    const ids = await browser.evaluate<string[]>(`[...document.querySelectorAll('[id]')].map(({ id }) => id)`);
    assert.is(new Set(ids).size, ids.length);
    const marks = await browser.evaluate<string[]>(
      `[...document.querySelectorAll('svg.picture g')].map((row) => row.querySelector('use').getAttribute('href') + ' ' + row.querySelector('.word').textContent)`,
    );
    assert.equal([...new Set(marks)].sort(), [
      '#mark-current current',
      '#mark-mismatch mismatch',
      '#mark-stale STALE',
      '#mark-suspect suspect',
      '#mark-unknown unknown',
    ]);
  },
  { skip },
);

test.run();
