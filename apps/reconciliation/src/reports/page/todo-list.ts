import type { DailyContent, OpenFinding } from '../daily-content.js';
import { amountOf, countOf, timeOf } from './figures.js';
import { sentenceOf, wordsOf } from './finding-words.js';
import { html, type Html, when } from './html.js';
import type { Sheet } from './layout.js';

/** Findings that a page lists; what a person does in a day is less. */
const LISTED = 12;

type Listed = Pick<DailyContent, 'findings' | 'notListed' | 'zone'>;

/** What to do, the most urgent first, each with its sentence. `isUnsure`: not everything was compared. */
export function todoList({ findings, notListed, zone }: Listed, sheet: Sheet, isUnsure = false): Html {
  const { texts, language } = sheet;
  if (findings.length === 0) return html`<p>${isUnsure ? texts.todoUnknown : texts.todoNone}</p>`;
  const rest = findings.length - LISTED + notListed;
  const items = findings.slice(0, LISTED).map((finding) => item(finding, zone, sheet));
  return html`<ol class="todo">
      ${items}
    </ol>
    ${when(rest > 0, () => html`<p class="soft">${texts.todoRest(countOf(rest, language))}</p>`)}`;
}

function item(finding: OpenFinding, zone: string, { texts, language }: Sheet): Html {
  const { severity, type, amount, currency, provider, customer, since, id } = finding;
  const message = language === 'tr' ? (finding.messageTr ?? finding.message) : finding.message;
  const money =
    amount === null || currency === null || amount === '0' ? '' : amountOf(amount, currency, language);
  const risk = { HIGH: texts.highRisk, MED: texts.medRisk, LOW: texts.lowRisk }[severity];
  const who = customer === null ? '' : ` · ${texts.customer} ${customer}`;
  return html`<li>
    <div class="head">
      <span class="risk ${severity}">${risk}</span> <b>${wordsOf(type, language).name}</b
      ><span class="soft">${provider}${who}</span> <span class="amount">${money}</span>
    </div>
    <p>${sentenceOf(finding, language)}</p>
    <p class="what">${message} · ${texts.openSince} ${timeOf(since, zone, language)} · ${id}</p>
  </li>`;
}
