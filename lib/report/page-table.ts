import { describeTime } from './age.ts';
import { type Content, html, type Markup } from './html.ts';
import { shownName } from './trail-words.ts';

/** A name stands by itself: one that is written from right to left does not turn its neighbours around. */
export function nameMarkup(name: string): Markup {
  return html`<bdi class="name">${shownName(name)}</bdi>`;
}

/** A time that is not broken into two lines. */
export function timeMarkup(time: Date): Markup {
  return html`<time datetime="${time.toISOString()}">${describeTime(time)}</time>`;
}

/** A part of the body of a table: its rows, under a title of their own. */
export function tableRows(rows: readonly (readonly Content[])[], title: Markup | null = null): Markup {
  const head =
    title &&
    html`<tr>
      <th colspan="${rows[0]?.length ?? 1}" scope="rowgroup">${title}</th>
    </tr>`;
  const body = rows.map(
    (cells) =>
      html`<tr>
        ${cells.map((cell) => html`<td>${cell}</td>`)}
      </tr>`,
  );
  return html`<tbody>
    ${head}${body}
  </tbody>`;
}

/** A table under its heading, which can be wider than the page: then it is scrolled by itself, also by keys. */
export function table(id: string, title: string, heads: readonly string[], body: readonly Markup[]): Markup {
  const head = heads.map((text) => html`<th scope="col">${text}</th>`);
  return html`<h2 id="${id}">${title}</h2>
    <div class="scroll" role="region" aria-labelledby="${id}" tabindex="0">
      <table aria-labelledby="${id}">
        <thead>
          <tr>
            ${head}
          </tr>
        </thead>
        ${body}
      </table>
    </div>`;
}
