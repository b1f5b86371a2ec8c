import type { Verdict } from '../trail/holder.ts';
import { html, type Markup } from './html.ts';

/** Each verdict has a shape of its own, for whoever sees no colours, and for paper. */
const SHAPES: Record<Verdict, Markup> = {
  current: html`<circle cx="8" cy="8" r="6.5" fill="none" /><path d="M5 8.2l2.2 2.3L11.2 6" fill="none" />`,
  stale: html`<path d="M8 .8L15.2 8L8 15.2L.8 8z" /><path class="inner" d="M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8" />`,
  mismatch: html`<rect x="1.5" y="1.5" width="13" height="13" fill="none" /><path
      d="M4.5 6.3h7M4.5 9.7h7M10 4L6 12"
    />`,
  suspect: html`<path d="M8 1.8L15 14H1z" fill="none" /><path d="M8 6.2v3.6M8 11.4v.9" />`,
  unknown: html`<circle cx="8" cy="8" r="6.5" fill="none" stroke-dasharray="2.6 2" /><path d="M5.4 8h5.2" />`,
};

/** The shapes, to be in a page once. */
export function markShapes(): Markup {
  const symbols = Object.entries(SHAPES).map(
    ([verdict, shape]) => html`<symbol id="mark-${verdict}" viewBox="0 0 16 16">${shape}</symbol>`,
  );
  return html`<svg class="shapes" width="0" height="0" aria-hidden="true">${symbols}</svg>`;
}

/** What is old is written in capitals, here as on a terminal. */
export function verdictWord(verdict: Verdict): string {
  return verdict === 'stale' ? 'STALE' : verdict;
}

/** A verdict by shape, word and colour. */
export function verdictMark(verdict: Verdict): Markup {
  return html`<span class="verdict ${verdict}"
    ><svg class="mark" width="14" height="14" aria-hidden="true"><use href="#mark-${verdict}" /></svg>
    ${verdictWord(verdict)}</span
  >`;
}
