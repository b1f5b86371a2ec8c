import type { Trail } from '../trail/trail-result.ts';
import type { Fingerprint } from './fingerprint.ts';
import { html, type Markup } from './html.ts';
import { nameMarkup, table, tableRows, timeMarkup } from './page-table.ts';
import { count } from './style.ts';
import { type VersionStep, versionSteps, versionTitle } from './trail-versions.ts';

const SIGNS = { added: '+', changed: '~', removed: '-' } as const;
const MOST = 20;

function keysMarkup({ version, changes }: VersionStep, fingerprint: Fingerprint): Markup[] {
  const change = new Map(changes?.map(({ key, change }) => [key, change]));
  const kept = [...version.data].map(([key, value]) => {
    const sign = change.get(key);
    const shown = html`${count(value.length, 'byte')} <code>${fingerprint(value)}</code>`;
    return html`<div>
      ${sign === undefined ? null : `${SIGNS[sign]} `}${nameMarkup(key)} <span class="quiet">${shown}</span>
    </div>`;
  });
  const removed = (changes ?? []).filter((one) => one.change === 'removed');
  return [...kept, ...removed.map(({ key }) => html`<div>${SIGNS.removed} ${nameMarkup(key)}</div>`)];
}

/** The versions of the Secret, with fingerprints of their values and never these. */
export function versionTable({ secret, holders }: Trail, fingerprint: Fingerprint): Markup {
  const steps = versionSteps(secret);
  const left = Math.max(0, steps.length - MOST);
  const rows = steps.slice(left).map((step) => {
    const { version } = step;
    const { revision, current, since, by } = version;
    const held = holders.filter((holder) => holder.revision === revision).length;
    return [
      html`<strong>${versionTitle(version)}</strong>${current && revision !== null ? ', current' : null}`,
      since === null ? 'not known' : timeMarkup(since),
      by === null ? 'not known' : nameMarkup(by.manager),
      keysMarkup(step, fingerprint),
      revision === null ? 'not known' : held,
    ];
  });
  const title = `Versions${left === 0 ? '' : `; ${count(left, 'older version')} left out`}`;
  const heads = ['Version', 'Written', 'By', 'Keys (+ added, ~ changed, - removed)', 'Holders'];
  return table('versions', title, heads, [tableRows(rows)]);
}
