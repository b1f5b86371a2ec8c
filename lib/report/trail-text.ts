import type { Finding } from '../kube/finding.ts';
import type { Trail } from '../trail/trail-result.ts';
import type { Disclosure } from './entry.ts';
import { findingLine } from './finding.ts';
import { shorten } from './shorten.ts';
import { count, type Style } from './style.ts';
import { actionText, trailActions } from './trail-actions.ts';
import { trailFindings } from './trail-findings.ts';
import { pictureLines } from './trail-picture-text.ts';
import { secretLines } from './trail-secret-text.ts';
import { unreadGroups, unreadText } from './trail-unread.ts';
import { chooseHolders, conclusion, isAskingKnown, lookedText, openQuestions, VERDICTS } from './trail-words.ts';

const MOST = { holders: 200, actions: 50, questions: 10, unread: 10, findings: 10 };

/** A list under a title, of which no more than so many are told; nothing where there are none. */
function section(title: string, lines: readonly string[], most: number, style: Style): string[] {
  if (lines.length === 0) return [];
  const left = lines.length - most;
  const cut = left > 0 ? [`and ${left} more: --json has all`] : [];
  return [style('bold', title), ...[...lines.slice(0, most), ...cut].map((line) => `  ${line}`), ''];
}

/** Paths can have 4,096 characters. */
function shownFinding(finding: Finding): string {
  return shorten(findingLine(finding), 480);
}

function countLines(trail: Trail): string[] {
  const { verdicts } = trail.summary;
  const parts = VERDICTS.filter((verdict) => verdicts[verdict] > 0).map((verdict) => `${verdicts[verdict]} ${verdict}`);
  const found = [count(trail.holders.length, 'holder'), ...(parts.length === 0 ? [] : [parts.join(', ')])];
  return [found.join(': '), lookedText(trail)];
}

/** A trail for people; `now` in milliseconds. */
export function trailText(trail: Trail, disclosure: Disclosure, style: Style, now = Date.now()): string[] {
  const { shown, left } = chooseHolders(trail.holders, MOST.holders);
  const actions = trailActions(trail).map((action) => actionText(action, trail.secret.namespace, now));
  const stale = trail.summary.verdicts.stale > 0;
  return [
    ...secretLines(trail, disclosure, style),
    '',
    ...pictureLines(shown, { style, now, askingKnown: isAskingKnown(trail) }),
    ...(left === 0 ? [] : [`${count(left, 'holder')} more, not shown: --json has all`, '']),
    ...section('What to do', actions, MOST.actions, style),
    ...section('Not proved', openQuestions(trail), MOST.questions, style),
    ...section('Not read', unreadGroups(trail.unread).map(unreadText), MOST.unread, style),
    ...section('Findings', trailFindings(trail).map(shownFinding), MOST.findings, style),
    ...countLines(trail),
    style(stale ? 'red' : 'bold', conclusion(trail)),
  ];
}
