import type { Explanation } from '../explanation.js';
import type { StoredReport } from '../report.js';
import {
  type BankTotal,
  type Batch,
  doubtfulAccounts,
  doubtfulLines,
  type Payment,
  type SettlementContent,
  unseenAccounts,
} from '../settlement-content.js';
import { explanationsTable } from './explanations-table.js';
import { amountOf, countOf, shortDateOf } from './figures.js';
import { html, type Html, nothing, when } from './html.js';
import { alarming, framed, framingOf, type Sheet, table, verdict } from './layout.js';
import type { Texts } from './texts.js';

/** What providers settled, beside our books and the bank. */
export function settlementPage(report: StoredReport<SettlementContent>, sheet: Sheet): string {
  const { content } = report;
  const { texts, language } = sheet;
  const days = texts.period(shortDateOf(content.from, language), shortDateOf(content.businessOn, language));
  const some = html` <h2>${texts.bankTitle}</h2>
    <p class="soft">${texts.bankWhy}</p>
    ${bankTable(content, sheet)} ${paymentTable(content, sheet)}
    <h2>${texts.batchesTitle}</h2>
    <p class="soft">${texts.settledWhy}</p>
    ${batchTable(content.batches, sheet)} ${explanationsTable(content.explanations ?? [], sheet)}`;
  const body = html`${lead(content, sheet)}
    <p class="soft">${texts.settlementPurpose} (${days})</p>
    ${when(content.batches.length + content.bank.length > 0, () => some)}`;
  return framed(framingOf(texts.settlementTitle, report, sheet), body);
}

function lead(content: SettlementContent, { texts, language }: Sheet): Html {
  if (content.batches.length + content.bank.length === 0)
    return verdict('MED', [texts.settlementNone], texts.settlementNoneDo);
  const [lines, accounts] = [doubtfulLines(content), doubtfulAccounts(content)];
  const unseen = unseenAccounts(content);
  const unknown = unseen > 0 ? [texts.settlementUnseen(countOf(unseen, language))] : [];
  const byPeople = content.explanations?.length ?? 0;
  const good =
    byPeople > 0 ? texts.settlementGoodByPeople(countOf(byPeople, language)) : texts.settlementGood;
  if (lines + accounts === 0)
    return unseen > 0
      ? verdict('MED', [good, ...unknown], texts.settlementUnseenDo)
      : verdict('good', [good], texts.settlementGoodDo);
  const says = [
    ...(lines > 0 ? [texts.settlementBad(countOf(lines, language))] : []),
    ...(accounts > 0 ? [texts.settlementBank(countOf(accounts, language))] : []),
    ...unknown,
  ];
  return verdict('HIGH', says, texts.settlementBadDo);
}

function bankTable({ bank }: SettlementContent, { texts, language }: Sheet): Html {
  const rows = bank.map((total) => {
    const money = (minor: string): string => amountOf(minor, total.currency, language);
    const times = (count: number): Html =>
      html`<br /><span class="what">${countOf(count, language)} ×</span>`;
    const { statementMinor: statement = null, unexplainedMinor = '0', explainedMinor = '0' } = total;
    return [
      html`${total.provider}<br /><span class="what">${total.connection}</span>`,
      money(total.netMinor),
      html`${money(total.arrivedMinor)}${times(total.transfers)}`,
      statement === null
        ? html`<span class="what">${texts.noStatement}</span>`
        : html`${money(statement)}${times(total.bookings)}${notBooked(total, texts, money)}`,
      statement === null ? '–' : money(explainedMinor),
      statement === null ? '–' : alarming(money(unexplainedMinor), unexplainedMinor !== '0'),
    ];
  });
  const { settledNet, arrived, onStatement, explained, unexplained } = texts;
  const figures = [settledNet, arrived, onStatement, explained, unexplained];
  return table([[texts.provider], ...figures.map((name) => [name, 'n'] as const)], rows);
}

/** Where the bank says something else than our own books. */
function notBooked({ notBookedMinor }: BankTotal, texts: Texts, money: (minor: string) => string): Html {
  if (typeof notBookedMinor !== 'string' || notBookedMinor === '0') return nothing;
  const size = money(notBookedMinor.replace('-', ''));
  const text = notBookedMinor.startsWith('-') ? texts.bookedOnly : texts.notBooked;
  return html`<br /><span class="wrong">${text}: ${size}</span>`;
}

function paymentTable(
  { payments = [], explanations = [] }: SettlementContent,
  { texts, language }: Sheet,
): Html {
  if (payments.length === 0) return nothing;
  const rows = payments.map((payment) => {
    const money = (minor: string): string => amountOf(minor, payment.currency, language);
    const byPeople = explanations.find((each) => each.what === 'settlement' && isOf(payment, each));
    const isOff = payment.state === 'late' || payment.state === 'differs';
    const isWrong = isOff && byPeople?.isWhole !== true;
    const named =
      byPeople === undefined ? nothing : html`<br /><span class="what">${byPeople.finding}</span>`;
    const on = payment.paidOn === null ? '' : shortDateOf(payment.paidOn, language);
    return [
      html`${shortDateOf(payment.on, language)}<br /><span class="what"
          >${payment.provider} · ${payment.settlement}</span
        >`,
      countOf(payment.lines, language),
      money(payment.netMinor),
      payment.bookings === 0 ? '–' : html`${money(payment.paidMinor)}<br /><span class="what">${on}</span>`,
      html`${alarming(texts.states[payment.state], isWrong)}${named}`,
    ];
  });
  const { settlement, lines, net, onStatement, state } = texts;
  const heads = [[settlement], [lines, 'n'], [net, 'n'], [onStatement, 'n'], [state]] as const;
  return html`<h2>${texts.paymentsTitle}</h2>
    <p class="soft">${texts.paymentsWhy}</p>
    ${table(heads, rows)}`;
}

const isOf = (payment: Payment, explanation: Explanation): boolean =>
  payment.provider === explanation.provider &&
  payment.connection === explanation.connection &&
  payment.currency === explanation.currency &&
  payment.settlement === explanation.name;

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
