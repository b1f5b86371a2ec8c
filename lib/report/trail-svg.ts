import type { SecretVersion } from '../trail/known-secret.ts';
import type { Trail } from '../trail/trail-result.ts';
import { describeTime } from './age.ts';
import { shortId } from './container-text.ts';
import { html, type Markup } from './html.ts';
import { printable } from './printable.ts';
import { shorten } from './shorten.ts';
import { type Box, COLUMNS, type Edge, type Layout, layOut, rowTop, SIZES, worstVerdict } from './trail-layout.ts';
import { verdictWord } from './trail-mark.ts';
import type { ContainerBranch, HolderRow, PodBranch, ProcessBranch } from './trail-tree.ts';
import { versionTitle } from './trail-versions.ts';
import { conclusion, heldVersion, PLACES, shownName, sinceText } from './trail-words.ts';

/** Widest advance of a character in the usual monospaced fonts, in units of the view box, at both sizes. */
const ADVANCE = { normal: 7.4, small: 6.7 };
const INSET = 10;
const MARK = 20;

/** As much of a text as there is room for. */
function fit(text: string, width: number, size: keyof typeof ADVANCE = 'normal'): string {
  return shorten(text, Math.max(1, Math.floor(width / ADVANCE[size])));
}

/** A text that cannot leave its box, whatever characters it is made of: what is in an inner `svg` is cut at its edges. */
function boxMarkup(box: Box<unknown>, kind: string, whole: string, content: Markup): Markup {
  const { x, width } = COLUMNS[box.column];
  const { y, height } = box;
  return html`<svg class="box ${kind}" x="${x}" y="${y}" width="${width}" height="${height}">
    <title>${whole}</title>
    <rect x="1" y="1" width="${width - 2}" height="${height - 2}" rx="6" />
    ${content}
  </svg>`;
}

function line(text: string, y: number, kind: 'title' | 'small', width: number): Markup {
  const size = kind === 'small' ? 'small' : 'normal';
  return html`<text class="${kind} name" x="${INSET}" y="${y}">${fit(text, width - 2 * INSET, size)}</text>`;
}

function rowMarkup({ holder, places }: HolderRow, y: number, width: number, now: number): Markup {
  const { verdict, name } = holder;
  const room = width - 2 * INSET - MARK;
  const word = verdictWord(verdict);
  const since = verdict === 'current' ? null : sinceText(holder, now);
  const details = [
    places.map((place) => PLACES[place]).join(', '),
    heldVersion(holder),
    ...(since === null ? [] : [since]),
  ];
  return html`<g class="${verdict}">
    <use href="#mark-${verdict}" class="mark" x="${INSET}" y="${y - 1}" width="14" height="14" />
    <text class="row" x="${INSET + MARK}" y="${y + 11}">
      <tspan class="word">${word}</tspan>
      <tspan class="name">${fit(shownName(name), room - (word.length + 1) * ADVANCE.normal)}</tspan>
    </text>
    <text class="small" x="${INSET + MARK}" y="${y + 26}">${fit(details.join(' · '), room, 'small')}</text>
  </g>`;
}

function rowsMarkup(box: Box<unknown>, now: number): Markup[] {
  return box.rows.map((row, i) => rowMarkup(row, rowTop(box, i) - box.y, COLUMNS[box.column].width, now));
}

function versionMarkup(box: Box<SecretVersion>): Markup {
  const { since, by, current } = box.subject;
  const { width } = COLUMNS.version;
  const title = versionTitle(box.subject);
  const written = since === null ? 'time not known' : describeTime(since);
  const writer = by === null ? '' : `by ${shownName(by.manager)}`;
  const state = current ? 'current' : 'old';
  const content = html`${line(`${title}${current && box.subject.revision !== null ? ', current' : ''}`, 22, 'title', width)}
  ${line(written, 38, 'small', width)} ${line(writer, 53, 'small', width)}`;
  return boxMarkup(box, `version ${state}`, `${title}, ${written} ${writer}`, content);
}

function sourceMarkup(box: Box<'bundle' | 'volumes'>, now: number): Markup {
  const title = box.subject === 'bundle' ? 'OCI bundle' : 'kubelet volumes';
  const content = html`${line(title, 22, 'title', COLUMNS.source.width)} ${rowsMarkup(box, now)}`;
  return boxMarkup(box, worstVerdict(box.rows), title, content);
}

function containerMarkup(box: Box<ContainerBranch>): Markup {
  const { container, rows, processes } = box.subject;
  const verdict = worstVerdict([...rows, ...processes.flatMap((one) => one.rows)]);
  if (container === null)
    return boxMarkup(
      box,
      `${verdict} none`,
      'in no container',
      line('in no container', 34, 'title', COLUMNS.container.width),
    );
  const name = container.name === null ? 'container' : shownName(container.name);
  const id = shortId(container.id);
  const content = html`${line(name, 26, 'title', COLUMNS.container.width)}
  ${line(id, 44, 'small', COLUMNS.container.width)}`;
  return boxMarkup(box, verdict, `container ${name}, ${id}`, content);
}

function processMarkup(box: Box<ProcessBranch>, now: number): Markup {
  const { pid, comm } = box.subject.process;
  const title = `pid ${pid} (${printable(comm)})`;
  const content = html`${line(title, 22, 'title', COLUMNS.process.width)} ${rowsMarkup(box, now)}`;
  return boxMarkup(box, worstVerdict(box.rows), title, content);
}

function podMarkup({ pod, y }: { readonly pod: PodBranch; readonly y: number }): Markup {
  const { x } = COLUMNS.source;
  const owner = pod.owner === null ? '' : `  of ${shownName(pod.owner)}`;
  const outside = pod.containers.some(({ container }) => container === null)
    ? 'processes in no container'
    : 'in no pod';
  const title = pod.pod === null ? outside : `pod ${shownName(pod.pod)}${owner}`;
  return html`<line class="rule" x1="${x}" x2="${SIZES.width}" y1="${y + 1}" y2="${y + 1}" />
    <svg x="${x}" y="${y}" width="${SIZES.width - x}" height="${SIZES.podTitle}">
      <text class="pod name" x="0" y="18">${fit(title, SIZES.width - x)}</text>
    </svg>`;
}

/** Of the corners of a line. */
const RADIUS = 8;
/** Lines of one version share a lane beside it; there is room for so many. */
const LANES = { most: 5, first: 14, step: 8 };

/** Down or up a lane, then straight to where it ends: many of them look like one line that branches. */
function lanePath(left: number, start: number, right: number, end: number, lane: number): string {
  const x = left + LANES.first + (lane % LANES.most) * LANES.step;
  const radius = Math.min(RADIUS, Math.abs(end - start) / 2);
  const turn = Math.sign(end - start) * radius;
  return `M${left} ${start}H${x - radius}Q${x} ${start} ${x} ${start + turn}V${end - turn}Q${x} ${end} ${x + radius} ${end}H${right}`;
}

function curvePath(left: number, start: number, right: number, end: number): string {
  const middle = (left + right) / 2;
  return `M${left} ${start}C${middle} ${start} ${middle} ${end} ${right} ${end}`;
}

function edgeMarkup({ from, to, end, verdict, lane }: Edge): Markup {
  const { x, width } = COLUMNS[from.column];
  const [left, right] = [x + width, COLUMNS[to.column].x];
  const start = from.y + from.height / 2;
  const path = lane === null ? curvePath(left, start, right, end) : lanePath(left, start, right, end, lane);
  return html`<path class="edge ${verdict}" d="${path}" />`;
}

function headMarkup(): Markup[] {
  const titles = {
    version: 'Secret',
    source: 'Bundle and volumes',
    container: 'Container',
    process: 'Process',
  } as const;
  return (['version', 'source', 'container', 'process'] as const).map(
    (column) => html`<text class="head" x="${COLUMNS[column].x}" y="16">${titles[column]}</text>`,
  );
}

function layers(layout: Layout, now: number): Markup[] {
  const { versions, pods, sources, containers, processes, edges } = layout;
  return [
    ...edges.filter(({ verdict }) => verdict !== 'stale').map(edgeMarkup),
    ...edges.filter(({ verdict }) => verdict === 'stale').map(edgeMarkup),
    ...pods.map(podMarkup),
    ...versions.map(versionMarkup),
    ...sources.map((box) => sourceMarkup(box, now)),
    ...containers.map(containerMarkup),
    ...processes.map((box) => processMarkup(box, now)),
  ];
}

/** The way of the Secret to these holders as SVG within HTML; `now` in milliseconds. */
export function trailSvg(trail: Trail, holders: Trail['holders'], now: number): Markup {
  const layout = layOut(trail.secret, holders);
  const box = `0 0 ${SIZES.width} ${layout.height}`;
  return html`<svg class="picture" viewBox="${box}" role="img" aria-labelledby="picture-title picture-description">
    <title id="picture-title">The way of the Secret to what holds it</title>
    <desc id="picture-description">
      From its versions over bundles and volumes to containers and processes. ${conclusion(trail)} The table of holders
      has the same in words.
    </desc>
    ${headMarkup()} ${layers(layout, now)}
  </svg>`;
}
