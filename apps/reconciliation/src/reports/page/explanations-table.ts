import type { Explanation } from '../explanation.js';
import { amountOf, countOf, shortDateOf } from './figures.js';
import { wordsOf } from './finding-words.js';
import { html, type Html, nothing, when } from './html.js';
import { type Sheet, table } from './layout.js';
import type { Texts } from './texts.js';

/** Rows of a page; all of them are in its other forms. */
const SHOWN = 50;

/** Whose word explains which difference: the finding, how it was settled, and how much of it that is. */
export function explanationsTable(explanations: readonly Explanation[], { texts, language }: Sheet): Html {
  if (explanations.length === 0) return nothing;
  const small = (text: string): Html => html`<br /><span class="what">${text}</span>`;
  const rows = explanations
    .slice(0, SHOWN)
    .map((each) => [
      html`${texts.explainedWhat[each.what] ?? each.what},
      ${shortDateOf(each.on, language)}${small(`${each.provider} · ${each.name}`)}`,
      html`<b>${wordsOf(each.type, language).name}</b>${small(each.finding)}`,
      html`${howOf(each, texts)}${small(byOf(each, texts))}`,
      html`${amountOf(each.minor, each.currency, language)}${when(!each.isWhole, () => small(texts.aPart))}`,
    ]);
  const heads = [[texts.difference], [texts.finding], [texts.explainedHow], [texts.explained, 'n']] as const;
  const rest = explanations.length - SHOWN;
  return html`<h2>${texts.explainedTitle}</h2>
    <p class="soft">${texts.explainedWhy}</p>
    ${table(heads, rows)}
    ${when(rest > 0, () => html`<p class="soft">${texts.explainedRest(countOf(rest, language))}</p>`)}`;
}

const howOf = ({ how }: Explanation, texts: Texts): string => texts.resolutions[how] ?? how;

/** The transaction in the ledger, or who said so. */
function byOf({ transactionId, by }: Explanation, texts: Texts): string {
  return transactionId === null ? (by ?? '') : `${texts.transaction} ${transactionId}`;
}
