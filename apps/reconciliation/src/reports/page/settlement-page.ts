import type { StoredReport } from '../report.js';
import { type Batch, doubtfulLines, type SettlementContent } from '../settlement-content.js';
import { amountOf, countOf, shortDateOf } from './figures.js';
import { html, type Html, when } from './html.js';
import { alarming, framed, framingOf, type Sheet, table } from './layout.js';

/** What providers settled, beside our books and the bank. */
export function settlementPage(report: StoredReport<SettlementContent>, sheet: Sheet): string {
  const { content } = report;
  const { texts, language } = sheet;
  const days = texts.period(shortDateOf(content.from, language), shortDateOf(content.businessOn, language));
  const some = html` <h2>${texts.bankTitle}</h2>
    <p class="soft">${texts.bankWhy}</p>
    ${bankTable(content, sheet)}
    <h2>${texts.batchesTitle}</h2>
    <p class="soft">${texts.settledWhy}</p>
    ${batchTable(content.batches, sheet)}`;
  const body = html`${lead(content, sheet)}
    <p class="soft">${texts.settlementPurpose} (${days})</p>
    ${when(content.batches.length + content.bank.length > 0, () => some)}`;
  return framed(framingOf(texts.settlementTitle, report, sheet), body);
}

function lead(content: SettlementContent, { texts, language }: Sheet): Html {
  if (content.batches.length === 0) return html`<p class="lead MED">${texts.settlementNone}</p>`;
  const doubtful = doubtfulLines(content);
  return doubtful === 0
    ? html`<p class="lead good">${texts.settlementGood}</p>`
    : html`<p class="lead HIGH">${texts.settlementBad(countOf(doubtful, language))}</p>`;
}

function bankTable({ bank }: SettlementContent, { texts, language }: Sheet): Html {
  const rows = bank.map((total) => {
    const money = (minor: string): string => amountOf(minor, total.currency, language);
    return [
      html`${total.provider}<br /><span class="what">${total.connection}</span>`,
      money(total.netMinor),
      html`${money(total.arrivedMinor)}<br /><span class="what"
          >${countOf(total.transfers, language)} ×</span
        >`,
      html`<b>${money(total.toComeMinor)}</b>`,
    ];
  });
  const heads = [texts.net, texts.arrived, texts.stillToCome].map((name) => [name, 'n'] as const);
  return table([[texts.provider], ...heads], rows);
}

function batchTable(batches: readonly Batch[], { texts, language }: Sheet): Html {
  const rows = batches.map((batch) => {
    const money = (minor: string): string => amountOf(minor, batch.currency, language);
    const missing = `${money(batch.unmatchedMinor)} (${countOf(batch.unmatchedLines, language)})`;
    const unexplained = `${money(batch.unexplainedMinor)} (${countOf(batch.unexplainedLines, language)})`;
    return [
      html`${shortDateOf(batch.on, language)}<br /><span class="what"
          >${batch.provider} · ${batch.batch}</span
        >`,
      countOf(batch.lines, language),
      html`${money(batch.inMinor)}<br /><span class="what"
          >− ${money(batch.outMinor)}<br />− ${texts.fees} ${money(batch.feeMinor)}</span
        >`,
      money(batch.netMinor),
      money(batch.oursMinor),
      alarming(missing, batch.unmatchedLines > 0),
      money(batch.explainedMinor),
      alarming(unexplained, batch.unexplainedLines > 0),
    ];
  });
  const { lines, settled, net, ours, notMatched, explained, unexplained } = texts;
  const figures = [lines, settled, net, ours, notMatched, explained, unexplained];
  return table([[texts.batch], ...figures.map((name) => [name, 'n'] as const)], rows);
}
