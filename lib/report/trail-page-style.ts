import { Markup } from './html.ts';

/** The style of the page: light unless a screen prefers dark, so that paper is always light. */
export const PAGE_STYLE = new Markup(`
:root {
  color-scheme: light dark;
  --ground: #ffffff; --raised: #f6f7f9; --line: #d5d9e0; --text: #1b2028; --quiet: #56606e;
  --current: #0b6e3f; --stale: #b3180f; --unsure: #8a5200; --unknown: #56606e;
  --current-ground: #eaf6ef; --stale-ground: #fdeceb; --unsure-ground: #fdf4e3; --inner: #ffffff;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --ground: #12161c; --raised: #1a2028; --line: #343d49; --text: #e6eaf0; --quiet: #9aa5b4;
    --current: #5cc98d; --stale: #ff8b80; --unsure: #e5b25a; --unknown: #9aa5b4;
    --current-ground: #14291f; --stale-ground: #351a19; --unsure-ground: #2e2514; --inner: #12161c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 24px 24px 48px; max-width: 1240px; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
}
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 12px; overflow-wrap: anywhere; }
h2 { font-size: 17px; margin: 32px 0 8px; }
p { margin: 0 0 8px; }
.name, code { font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .93em; }
.name { unicode-bidi: isolate; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); font-size: .9em; }
.shapes { position: absolute; }
.banner { border: 1px solid; border-left-width: 8px; border-radius: 6px; padding: 12px 16px; margin: 0 0 16px; }
.banner p { font-size: 18px; font-weight: 600; margin: 0 0 4px; overflow-wrap: anywhere; }
.banner.stale { border-color: var(--stale); background: var(--stale-ground); }
.banner.current { border-color: var(--current); background: var(--current-ground); }
.banner.unknown, .banner.mismatch, .banner.suspect { border-color: var(--unsure); background: var(--unsure-ground); }
.counts { display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 0; padding: 0; list-style: none; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 0; }
.facts dt { color: var(--quiet); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.verdict { font-weight: 600; white-space: nowrap; }
.mark { fill: currentColor; stroke: currentColor; stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; }
span .mark { vertical-align: -2px; }
.inner { stroke: var(--inner); }
.current { color: var(--current); } .stale { color: var(--stale); } .unknown { color: var(--unknown); }
.mismatch, .suspect { color: var(--unsure); }
.banner, .banner p { color: var(--text); }
.actions { margin: 0; padding-left: 24px; }
.actions li { margin: 0 0 6px; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
.scroll:focus-visible { outline: 2px solid var(--text); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; line-height: 1.4; }
th, td { text-align: left; vertical-align: top; padding: 6px 10px; }
td { border-top: 1px solid var(--line); }
th { background: var(--raised); font-weight: 600; white-space: nowrap; }
td .name { display: inline-block; max-width: 34ch; overflow-wrap: break-word; }
.message { margin: 0; overflow-wrap: anywhere; min-width: 26ch; }
ul.message { padding-left: 16px; }
time { white-space: nowrap; }
tbody th { border-top: 1px solid var(--line); white-space: normal; }
tbody tr:first-child > td { border-top: 0; }
thead th { border-bottom: 1px solid var(--line); }
figure { margin: 0; }
.picture { display: block; width: 100%; min-width: 900px; height: auto; padding: 12px; }
.picture text { fill: var(--text); font: 12px ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.picture .small { fill: var(--quiet); font-size: 11px; }
.picture .title, .picture .pod, .picture .head { font-weight: 600; }
.picture .head { fill: var(--quiet); font-family: system-ui, sans-serif; }
.picture .word { fill: currentColor; font-weight: 600; }
.picture .rule { stroke: var(--line); }
.box rect { fill: var(--raised); stroke: currentColor; stroke-width: 1.25; }
.box.stale rect { fill: var(--stale-ground); stroke-width: 2; stroke-dasharray: 7 3; }
.box.version { color: var(--current); } .box.old { color: var(--quiet); } .box.old rect { stroke-dasharray: 7 3; }
.edge { fill: none; stroke: currentColor; stroke-width: 1.5; }
.edge.stale { stroke-width: 2.5; stroke-dasharray: 7 4; }
.edge.mismatch, .edge.suspect, .edge.unknown { stroke-dasharray: 2 4; }
dl.verdicts { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 0; font-size: 13.5px; }
dl.verdicts dd { margin: 0; }
footer { margin-top: 32px; color: var(--quiet); font-size: 13px; }
@media (max-width: 600px) { body { padding: 16px 12px 32px; } .facts { grid-template-columns: 1fr; gap: 0; } .facts dd { margin-bottom: 6px; } }
@media print {
  @page { margin: 12mm; }
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 10pt; print-color-adjust: exact; }
  table { font-size: 8pt; }
  .scroll { overflow: visible; border: 0; }
  .picture { min-width: 0; padding: 0; }
  td .name { max-width: 20ch; }
  time { white-space: normal; }
  .message { min-width: 0; }
  tr, .banner, .actions li { break-inside: avoid; }
  h2 { break-after: avoid; }
}
`);
