import {
  type Blind,
  type Changes,
  type DailyContent,
  type MovedTotal,
  type NotCompared,
  notCompared,
  type OpenFinding,
  type SettledTotal,
} from '../daily-content.js';
import { type BySeverity, severities, type StoredReport } from '../report.js';
import { ageingChart, flowChart } from './charts.js';
import { correctionsTable } from './corrections-table.js';
import { explanationsTable } from './explanations-table.js';
import { amountOf, countOf, timeOf } from './figures.js';
import { wordsOf } from './finding-words.js';
import { html, type Html, nothing, when } from './html.js';
import { alarming, framed, framingOf, type Sheet, table, verdict } from './layout.js';
import type { Texts } from './texts.js';
import { todoList } from './todo-list.js';

/** The daily report as a page that can be read without knowing Defter, and printed. */
export function dailyPage(report: StoredReport<DailyContent>, sheet: Sheet): string {
  const { content } = report;
  const { texts } = sheet;
  const body = html` ${lead(content, sheet)} ${blindList(content, sheet)}
    <h2>${texts.todoTitle}</h2>
    ${todoList(content, sheet, content.blind.length > 0)}
    <h2>${texts.open}</h2>
    ${tiles(content, sheet)} ${changesOf(content, sheet)} ${correctionsTable(content, sheet)}
    ${when(content.findings.length > 0, () => ageingOf(content, sheet))} ${flowOf(content, sheet)}
    ${movedTable(content.moved, sheet)} ${settledTable(content.settled, sheet)}
    ${explanationsTable(content.explanations ?? [], sheet)}
    <h2>${texts.wordsTitle}</h2>
    <p class="soft">${texts.purpose}</p>
    <dl class="words">
      ${Object.entries(texts.words).map(
        ([word, text]) =>
          html`<dt>${word}</dt>
            <dd>${text}</dd>`,
      )}
    </dl>`;
  return framed(framingOf(texts.dailyTitle, report, sheet), body);
}

/** Is everything all right? What is to be done today? A day that nobody compared is never all right. */
function lead(content: DailyContent, { texts, language }: Sheet): Html {
  const { open, blind } = content;
  const count = (number: number): string => countOf(number, language);
  const total = severities.reduce((sum, severity) => sum + open[severity], 0);
  const uncompared = notCompared(content).length;
  if (total === 0 && blind.length === 0) return verdict('good', [texts.allGood], texts.allGoodDo);
  const unknown = uncompared > 0 ? texts.leadBlind(count(uncompared)) : texts.leadUnsure;
  if (total === 0) return verdict('MED', [texts.nothingKnown, unknown], texts.leadBlindDo);
  const rest = blind.length === 0 ? [] : [unknown];
  return open.HIGH > 0
    ? highLead({ high: count(open.HIGH), total: count(total), rest, isBlind: uncompared > 0 }, texts)
    : openLead({ total: count(total), rest, isBlind: uncompared > 0, isMed: open.MED > 0 }, texts);
}

interface Lead {
  readonly total: string;
  /** What isn't known. */
  readonly rest: readonly string[];
  readonly isBlind: boolean;
}

function highLead({ high, total, rest, isBlind }: Lead & { readonly high: string }, texts: Texts): Html {
  const also = isBlind ? ` ${texts.leadBlindToo}` : '';
  return verdict('HIGH', [texts.leadHigh(high, total), ...rest], texts.leadHighDo(high) + also);
}

function openLead({ total, rest, isBlind, isMed }: Lead & { readonly isMed: boolean }, texts: Texts): Html {
  const todo = isBlind ? texts.leadBlindDo : texts.leadOpenDo;
  return verdict(isMed || isBlind ? 'MED' : 'LOW', [texts.leadOpen(total), ...rest], todo);
}

function tiles({ open, openBefore }: DailyContent, sheet: Sheet): Html {
  const { texts, language } = sheet;
  const names = { HIGH: texts.highRisk, MED: texts.medRisk, LOW: texts.lowRisk };
  const tile = (severity: keyof BySeverity): Html =>
    html`<div class="tile ${open[severity] > 0 ? severity : ''}">
      <b>${countOf(open[severity], language)}</b>${names[severity]}<br />
      <span>${compared(open[severity], openBefore?.[severity], sheet)}</span>
    </div>`;
  return html`<div class="tiles">${severities.map(tile)}</div>`;
}

function compared(now: number, before: number | undefined, { texts, language }: Sheet): string {
  if (before === undefined) return '';
  if (now === before) return texts.same;
  const difference = countOf(Math.abs(now - before), language);
  return `${difference} ${now > before ? texts.more : texts.fewer}`;
}

function blindList({ blind, zone }: DailyContent, { texts, language }: Sheet): Html {
  const at = (instant: string): string => timeOf(instant, zone, language);
  const sentence = (each: Blind): string => {
    if (each.what === 'connection') return uncomparedText(each, at, texts);
    if (each.what === 'report') return texts.blindReport(each.provider, each.connection);
    const { job, lastSuccessAt } = each;
    return lastSuccessAt === null ? texts.blindJobNever(job) : texts.blindJob(job, at(lastSuccessAt));
  };
  return when(
    blind.length > 0,
    () =>
      html`<h2>${texts.blindTitle}</h2>
        <ul>
          ${blind.map((each) => html`<li>${sentence(each)}</li>`)}
        </ul>`,
  );
}

function uncomparedText(
  { provider, connection, lastComparedAt, failure }: NotCompared,
  at: (instant: string) => string,
  texts: Texts,
): string {
  const when =
    typeof lastComparedAt === 'string' ? texts.lastCompared(at(lastComparedAt)) : texts.neverCompared;
  const why = typeof failure === 'string' ? [texts.lastFailed(failure)] : [];
  return [texts.notCompared(provider, connection), when, ...why, texts.compareNow].join(' ');
}

function changesOf({ changes, since, zone }: DailyContent, { texts, language }: Sheet): Html {
  const { raised, cameBack, closedByPeople, closedByThemselves }: Changes = changes;
  const all = severities.reduce((sum, severity) => sum + raised[severity], 0);
  const high = raised.HIGH > 0 ? `${countOf(raised.HIGH, language)} ${texts.ofThemHigh}` : '';
  const tile = (count: number, text: string, below = ''): Html =>
    html`<div class="tile"><b>${countOf(count, language)}</b>${text}<br /><span>${below}</span></div>`;
  return html`<h2>${texts.changesTitle}</h2>
    <p class="soft">${texts.since} ${timeOf(since, zone, language)}</p>
    <div class="tiles">
      ${tile(all, texts.raised, high)}${tile(cameBack, texts.cameBack)}
      ${tile(closedByPeople, texts.closedByPeople)}${tile(closedByThemselves, texts.closedByThemselves)}
    </div>`;
}

function ageingOf(content: DailyContent, sheet: Sheet): Html {
  const { texts, language } = sheet;
  const names = { HIGH: texts.highRisk, MED: texts.medRisk, LOW: texts.lowRisk };
  const key = severities.map((severity) => html`<span><i class="${severity}"></i>${names[severity]}</span>`);
  return html`<h2>${texts.ageingTitle}</h2>
    <p class="soft">${texts.ageingWhy}</p>
    <p class="key">${key}</p>
    ${ageingChart(content.ageing, texts, language)}
    <h2>${texts.typesTitle}</h2>
    ${kindsTable(content, sheet)}`;
}

function kindsTable({ findings, zone }: DailyContent, { texts, language }: Sheet): Html {
  const risk = { HIGH: texts.highRisk, MED: texts.medRisk, LOW: texts.lowRisk };
  const kinds = [...new Set(findings.map(({ type }) => type))];
  const rows = kinds.map((type) => {
    const of = findings.filter((finding) => finding.type === type);
    const { name, meaning } = wordsOf(type, language);
    const oldest = of.reduce((first, { since }) => (since < first ? since : first), of[0]?.since ?? '');
    const severity = of[0]?.severity ?? 'LOW';
    return [
      html`<span class="risk ${severity}">${risk[severity]}</span>`,
      html`<b>${name}</b>`,
      meaning,
      countOf(of.length, language),
      timeOf(oldest, zone, language),
      html`${stakes(of).map(([currency, minor]) => html`${amountOf(minor, currency, language)}<br />`)}`,
    ];
  });
  const { kind, meaning, count, oldest, atStake } = texts;
  return table([[''], [kind], [meaning], [count, 'n'], [oldest], [atStake, 'n']], rows);
}

/** Money in question, per currency: amounts of two currencies have no sum. */
function stakes(findings: readonly OpenFinding[]): [currency: string, minor: string][] {
  const sums = new Map<string, bigint>();
  for (const { amount, currency } of findings) {
    if (amount === null || currency === null || amount === '0') continue;
    sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(amount));
  }
  return [...sums].map(([currency, sum]) => [currency, `${sum}`]);
}

function flowOf({ flow }: DailyContent, { texts, language }: Sheet): Html {
  const currencies = [...new Set(flow.map(({ currency }) => currency))];
  const key = html`<p class="key">
    <span><i class="in"></i>${texts.moneyIn}</span> <span><i class="out"></i>${texts.moneyOut}</span>
  </p>`;
  const charts = currencies.map((currency) => {
    const days = flow.filter((day) => day.currency === currency);
    return html`<h3>${currency}</h3>
      ${flowChart(days, texts, language)}`;
  });
  const pictures = html`<p class="soft">${texts.flowWhy}</p>
    ${key}${charts}`;
  const body = flow.length === 0 ? html`<p>${texts.noMoney}</p>` : pictures;
  return html`<h2>${texts.flowTitle}</h2>
    ${body}`;
}

function movedTable(moved: readonly MovedTotal[], { texts, language }: Sheet): Html {
  if (moved.length === 0) return nothing;
  const rows = moved.map((total) => {
    const money = (minor: string): string => amountOf(minor, total.currency, language);
    const sum = (count: number, minor: string): Html =>
      html`${money(minor)}<br /><span class="what">${countOf(count, language)} ×</span>`;
    return [
      html`${total.provider}<br /><span class="what">${total.connection}</span>`,
      sum(total.inCount, total.inMinor),
      sum(total.outCount, total.outMinor),
      money(total.feeMinor),
      alarming(countOf(total.openCount, language), total.openCount > 0),
    ];
  });
  const { provider, moneyIn, moneyOut, fees, openCalls } = texts;
  const heads = [[provider], [moneyIn, 'n'], [moneyOut, 'n'], [fees, 'n'], [openCalls, 'n']] as const;
  return html`<h2>${texts.movedTitle}</h2>
    <p class="soft">${texts.movedWhy}</p>
    ${table(heads, rows)}`;
}

function settledTable(settled: readonly SettledTotal[], { texts, language }: Sheet): Html {
  const rows = settled.map((total) => {
    const money = (minor: string): string => amountOf(minor, total.currency, language);
    const missing = `${money(total.unmatchedMinor)} (${countOf(total.unmatchedLines, language)})`;
    return [
      html`${total.provider}<br /><span class="what">${total.connection}</span>`,
      countOf(total.lines, language),
      money(total.amountMinor),
      money(total.feeMinor),
      alarming(missing, total.unmatchedLines > 0),
      money(total.explainedMinor),
      alarming(money(total.unexplainedMinor), total.unexplainedMinor !== '0'),
    ];
  });
  const { provider, lines, fees, notMatched, explained, unexplained } = texts;
  const figures = [lines, texts.settled, fees, notMatched, explained, unexplained];
  const heads = [[provider] as const, ...figures.map((name) => [name, 'n'] as const)];
  const body =
    settled.length === 0
      ? html`<p>${texts.settledNone}</p>`
      : html`<p class="soft">${texts.settledWhy}</p>
          ${table(heads, rows)}`;
  return html`<h2>${texts.settledTitle}</h2>
    ${body}`;
}
