import { judgeGate } from '../trail/gate.ts';
import type { Verdict } from '../trail/holder.ts';
import type { Trail } from '../trail/trail-result.ts';
import type { Disclosure } from './entry.ts';
import { findingLine } from './finding.ts';
import { html, type Markup } from './html.ts';
import { nameMarkup, timeMarkup } from './page-table.ts';
import { shorten } from './shorten.ts';
import { count } from './style.ts';
import { actionText, trailActions } from './trail-actions.ts';
import { trailFindings } from './trail-findings.ts';
import { markShapes, verdictMark } from './trail-mark.ts';
import { PAGE_STYLE } from './trail-page-style.ts';
import { trailSvg } from './trail-svg.ts';
import { holderTable, unreadTable } from './trail-holder-table.ts';
import { versionTable } from './trail-version-table.ts';
import { secretName } from './trail-versions.ts';
import { versionsText } from './trail-secret-text.ts';
import { chooseHolders, conclusion, lookedText, openQuestions, shownName, VERDICTS } from './trail-words.ts';

/** When and where a page was made. */
export interface TrailPageContext {
  readonly made: Date;
  /** Name of the node. */
  readonly node: string;
  /** Of podprobe. */
  readonly version: string;
}

/** What is more is left out, and said to be. */
const MOST = { drawn: 60, holders: 200, actions: 50, questions: 20, unread: 50, findings: 50 };

/** Nothing but the page itself: no script, no form, no other resource, whatever a name in it would like. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** The colours of a summary. */
const GATES = { clear: 'current', stale: 'stale', unproved: 'unknown' } as const;

function banner(trail: Trail): Markup {
  const { gate } = judgeGate(trail);
  const counts = VERDICTS.filter((one) => trail.summary.verdicts[one] > 0).map(
    (one) => html`<li>${verdictMark(one)} ${trail.summary.verdicts[one]}</li>`,
  );
  return html`<section class="banner ${GATES[gate]}" aria-label="Summary">
    <p>${conclusion(trail)}</p>
    <ul class="counts">
      ${counts}
    </ul>
  </section>`;
}

function facts(trail: Trail, { made, node, version }: TrailPageContext): Markup {
  return html`<dl class="facts">
    <dt>Node</dt>
    <dd>${nameMarkup(node)}</dd>
    <dt>Made</dt>
    <dd>${timeMarkup(made)} by podprobe ${version}</dd>
    <dt>Versions</dt>
    <dd>${versionsText(trail.secret)}</dd>
    <dt>Looked at</dt>
    <dd>${lookedText(trail)}</dd>
  </dl>`;
}

function leftOut(left: number, noun: string): Markup | null {
  return left <= 0
    ? null
    : html`<p class="quiet">
        ${count(left, noun)} left out: the document of <code>podprobe trail --json</code> has all.
      </p>`;
}

function bounded(title: string, lines: readonly string[], most: number, noun: string): Markup | null {
  if (lines.length === 0) return null;
  const items = lines.slice(0, most).map((text) => html`<li>${text}</li>`);
  return html`<h2>${title}</h2>
    <ul class="actions">
      ${items}
    </ul>
    ${leftOut(lines.length - most, noun)}`;
}

function picture(trail: Trail, now: number): Markup {
  const { shown, left } = chooseHolders(trail.holders, MOST.drawn);
  return html`<h2>The way</h2>
    <figure>
      <div class="scroll" role="region" aria-label="Picture" tabindex="0">${trailSvg(trail, shown, now)}</div>
    </figure>
    ${leftOut(left, 'holder')}`;
}

function holdersPart(trail: Trail, now: number): Markup | null {
  const { shown, left } = chooseHolders(trail.holders, MOST.holders);
  return shown.length === 0 ? null : html`${holderTable(trail, shown, now)} ${leftOut(left, 'holder')}`;
}

function main(trail: Trail, { fingerprint }: Disclosure, context: TrailPageContext): Markup {
  const now = context.made.getTime();
  const actions = trailActions(trail).map((action) => actionText(action, trail.secret.namespace, now));
  const findings = trailFindings(trail).map((finding) => shorten(findingLine(finding), 480));
  return html`<main>
    ${banner(trail)} ${facts(trail, context)} ${bounded('What to do', actions, MOST.actions, 'line')}
    ${bounded('Not proved', openQuestions(trail), MOST.questions, 'reason')} ${picture(trail, now)}
    ${versionTable(trail, fingerprint)} ${holdersPart(trail, now)}
    ${trail.unread.length === 0 ? null : unreadTable(trail.unread, MOST.unread)}
    ${bounded('Findings', findings, MOST.findings, 'finding')} ${legend()}
  </main>`;
}

const MEANINGS: Record<Verdict, string> = {
  stale: 'it holds what the Secret held before',
  mismatch: 'the pod says that it is of this Secret, and it is none of its versions; all that it could be are known',
  suspect: 'the same, but it can be an older version, which is not known',
  unknown: 'it could not be read, or compared',
  current: 'it holds what the Secret holds now',
};

function legend(): Markup {
  const terms = VERDICTS.map(
    (verdict) =>
      html`<dt>${verdictMark(verdict)}</dt>
        <dd>${MEANINGS[verdict]}</dd>`,
  );
  return html`<h2>What the verdicts mean</h2>
    <dl class="verdicts">${terms}</dl>`;
}

function head(title: string): Markup {
  return html`<head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="referrer" content="no-referrer" />
    <title>${title}</title>
    <style>
      ${PAGE_STYLE}
    </style>
  </head>`;
}

/** The page of `podprobe trail --report`: complete by itself, without scripts, and without values, also where these are revealed. */
export function trailHtml(trail: Trail, disclosure: Disclosure, context: TrailPageContext): string {
  const name = secretName(trail.secret);
  const what = name === null ? 'values that were given' : `Secret ${shownName(name)}`;
  return html`<!doctype html>
    <html lang="en">
      ${head(`Who holds ${what}`)}
      <body>
        ${markShapes()}
        <header><h1>Who holds ${name === null ? what : html`Secret ${nameMarkup(name)}`}</h1></header>
        ${main(trail, disclosure, context)}
        <footer>
          No value is in this page: of each, its length and a fingerprint. Equal values have equal fingerprints within
          one run, and in all runs with the same <code>--fingerprint-key</code>.
        </footer>
      </body>
    </html> `.text;
}
