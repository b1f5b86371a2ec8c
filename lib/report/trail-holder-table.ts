import type { Holder, HolderContainer } from '../trail/holder.ts';
import type { Trail } from '../trail/trail-result.ts';
import { shortId } from './container-text.ts';
import { type Content, html, type Markup } from './html.ts';
import { nameMarkup, table, tableRows, timeMarkup } from './page-table.ts';
import { shorten } from './shorten.ts';
import { verdictMark } from './trail-mark.ts';
import { type ContainerBranch, type HolderRow, type PodBranch, trailTree } from './trail-tree.ts';
import { unreadGroups } from './trail-unread.ts';
import { heldVersion, isAskingKnown, oddities, PLACES, replacedLines, shownMessage, sinceText } from './trail-words.ts';

const MOST_EVIDENCE = 8;

/** What rows are told by. */
interface Moment {
  /** In milliseconds. */
  readonly now: number;
  /** It is known what the pods ask for. */
  readonly askingKnown: boolean;
}

/** A pod and container in a line. */
function placeMarkup({ pod, owner }: PodBranch, container: HolderContainer | null): Markup {
  if (container === null) return html`in no container`;
  const inPod = pod === null ? 'in no pod' : html`pod ${nameMarkup(pod)}`;
  const belongs = owner === null ? null : html` of ${nameMarkup(owner)}`;
  const name = container.name === null ? null : html`${nameMarkup(container.name)} `;
  return html`${inPod}${belongs}, container ${name}<code>${shortId(container.id)}</code>`;
}

function evidenceMarkup(holder: Holder, { now, askingKnown }: Moment): Markup {
  const told = holder.evidence.slice(0, MOST_EVIDENCE).map(({ by, message }) => `${by}: ${shownMessage(message)}`);
  const left = holder.evidence.length - told.length;
  const all = [
    ...told,
    ...(left > 0 ? [`and ${left} more`] : []),
    ...oddities(holder, askingKnown),
    ...replacedLines(holder, now),
  ];
  return html`<ul class="message">
    ${all.map((text) => html`<li>${text}</li>`)}
  </ul>`;
}

function sinceMarkup(holder: Holder, { now }: Moment): Markup | null {
  if (holder.heldSince === null) return null;
  return html`${sinceText(holder, now)}
    <div class="quiet">${timeMarkup(holder.heldSince)}</div>`;
}

function processMarkup({ pid, comm }: NonNullable<Holder['process']>): Markup {
  return html`pid ${pid}
    <div class="quiet">${nameMarkup(comm)}</div>`;
}

function holderCells({ holder, places }: HolderRow, process: Holder['process'], moment: Moment): Content[] {
  const { verdict, name, key, generation } = holder;
  const written = generation === null ? null : html`<div class="quiet">generation ${nameMarkup(generation)}</div>`;
  const where = places.map((place) => PLACES[place]).join(', ');
  return [
    verdictMark(verdict),
    process === null ? 'container' : processMarkup(process),
    html`${nameMarkup(name)}
      <div class="quiet">${where}</div>`,
    key === null ? null : nameMarkup(key),
    html`${heldVersion(holder)}${written}`,
    sinceMarkup(holder, moment),
    evidenceMarkup(holder, moment),
  ];
}

function containerRows(pod: PodBranch, { container, rows, processes }: ContainerBranch, moment: Moment): Markup {
  const cells = [
    ...rows.map((row) => holderCells(row, null, moment)),
    ...processes.flatMap(({ process, rows: own }) => own.map((row) => holderCells(row, process, moment))),
  ];
  return tableRows(cells, placeMarkup(pod, container));
}

/** These of its holders, with the evidence for each verdict; `now` in milliseconds. */
export function holderTable(trail: Trail, holders: Trail['holders'], now: number): Markup {
  const moment = { now, askingKnown: isAskingKnown(trail) };
  const heads = ['Verdict', 'Process', 'In', 'Key', 'Version', 'Held', 'Evidence'];
  const groups = trailTree(holders).flatMap((pod) => pod.containers.map((one) => containerRows(pod, one, moment)));
  return table('holders', 'Holders, and what proves it', heads, groups);
}

/** What could not be read; at most so many rows. */
export function unreadTable(unread: Trail['unread'], most: number): Markup {
  const groups = unreadGroups(unread);
  const rows = groups
    .slice(0, most)
    .map(({ place, where, reason }) => [
      place,
      shorten(where.join(', '), 240),
      html`<div class="message">${reason}</div>`,
    ]);
  const left = groups.length - rows.length;
  const title = `Not read, and may hold it${left > 0 ? `; ${left} more left out` : ''}`;
  return table('unread', title, ['What', 'Of', 'Why'], [tableRows(rows)]);
}
