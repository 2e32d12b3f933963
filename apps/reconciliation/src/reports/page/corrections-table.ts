import type { DailyContent, ReportedCorrection } from '../daily-content.js';
import { amountOf } from './figures.js';
import { wordsOf } from './finding-words.js';
import { html, type Html, nothing } from './html.js';
import { alarming, type Sheet, table } from './layout.js';

/** What two people booked, or decided about, since the report before: who, how much, which transaction. */
export function correctionsTable(
  { corrections = [] }: Pick<DailyContent, 'corrections'>,
  { texts, language }: Sheet,
): Html {
  if (corrections.length === 0) return nothing;
  const small = (text: string): Html => html`<br /><span class="what">${text}</span>`;
  const kindOf = ({ kind, resolution }: ReportedCorrection): string =>
    texts.correctionKinds[kind === 'take_back' ? kind : resolution] ?? kind;
  const outcome = (each: ReportedCorrection): Html => {
    const name = texts.correctionOutcomes[each.status] ?? each.status;
    const isReverted = each.status === 'reverted';
    if (each.transactionId !== null) return html`${alarming(name, isReverted)}${small(each.transactionId)}`;
    return html`${alarming(name, each.status === 'refused')}${small(each.endReason ?? '')}`;
  };
  const rows = corrections.map((each) => [
    html`<b>${wordsOf(each.type, language).name}</b>${small(each.finding)}`,
    html`${kindOf(each)}${small(each.reason)}`,
    amountOf(each.amount, each.asset.split('/')[0] ?? each.asset, language),
    each.proposedBy,
    each.approvedBy ?? '–',
    outcome(each),
  ]);
  const { finding, correction, atStake, proposedBy, approvedBy, outcome: heading } = texts;
  const heads = [[finding], [correction], [atStake, 'n'], [proposedBy], [approvedBy], [heading]] as const;
  return html`<h2>${texts.correctionsTitle}</h2>
    <p class="soft">${texts.correctionsWhy}</p>
    ${table(heads, rows)}`;
}
