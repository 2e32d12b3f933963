import {
  type CapacityContent,
  inAYear,
  type ServiceUse,
  type TableSize,
  type Trend,
} from '../capacity-content.js';
import type { StoredReport } from '../report.js';
import { sizeChart } from './charts.js';
import { bytesOf, countOf } from './figures.js';
import { html, type Html, nothing } from './html.js';
import { alarming, framed, framingOf, type Sheet, table, verdict } from './layout.js';
import type { Texts } from './texts.js';

/** Tables below this are of no interest for space. */
const SHOWN = 12;
/** Tables that a picture shows: the largest. */
const CHARTED = 5;

/** What there is, how fast it grows. */
export function capacityPage(report: StoredReport<CapacityContent>, sheet: Sheet): string {
  const { content } = report;
  const { texts } = sheet;
  const services =
    content.services.length === 0 ? html`<p>${texts.noServices}</p>` : serviceTable(content.services, sheet);
  const body = html`${lead(content, sheet)}
    <p class="soft">${texts.capacityPurpose}</p>
    <h2>${texts.storageTitle}</h2>
    ${sizeChart(content.tables.slice(0, CHARTED), sheet)} ${sizeTable(content.tables, sheet)}
    <p class="soft">
      ${texts.arithmetic}: ${texts.bytesPerRow} = ${texts.size} ÷ ${texts.rows}; ${texts.inAYear} =
      ${texts.size} + 365 × ${texts.growth}.
    </p>
    <h2>${texts.servicesTitle}</h2>
    ${services} ${trendTable(content.trends ?? [], sheet)}`;
  return framed(framingOf(texts.capacityTitle, report, sheet), body);
}

function lead({ tables, services }: CapacityContent, { texts }: Sheet): Html {
  const namesOf = (is: (use: ServiceUse) => boolean): string =>
    services
      .filter(is)
      .map(({ service }) => service)
      .join(', ');
  const silent = namesOf(({ reason }) => reason !== null);
  const waiting = namesOf(({ connectionsWaiting }) => (connectionsWaiting ?? 0) > 0);
  const growth = growthText(tables, texts);
  if (silent === '' && waiting === '') return verdict('good', [texts.capacityGood], growth);
  const says = [
    ...(silent === '' ? [] : [texts.capacitySilent(silent)]),
    ...(waiting === '' ? [] : [texts.capacityWaiting(waiting)]),
    growth,
  ];
  return verdict('MED', says, texts.capacityDo);
}

function growthText(tables: readonly TableSize[], texts: Texts): string {
  const now = tables.reduce((sum, { bytes }) => sum + bytes, 0);
  const known = tables.filter(({ bytesPerDay }) => bytesPerDay !== null);
  if (known.length === 0) return texts.capacityFirst;
  const year = tables.reduce((sum, table) => sum + (inAYear(table) ?? table.bytes), 0);
  return texts.capacityGrowth(bytesOf(now), bytesOf(year));
}

function sizeTable(tables: readonly TableSize[], { texts, language }: Sheet): Html {
  const rows = tables.slice(0, SHOWN).map((each) => {
    const year = inAYear(each);
    return [
      each.table,
      countOf(each.rows, language),
      each.bytesPerRow === null ? '–' : countOf(each.bytesPerRow, language),
      bytesOf(each.bytes),
      each.bytesPerDay === null ? texts.growthUnknown : bytesOf(each.bytesPerDay),
      year === null ? '–' : bytesOf(year),
    ];
  });
  const { rows: count, bytesPerRow, size, growth, inAYear: later } = texts;
  const figures = [count, bytesPerRow, size, growth, later].map((name) => [name, 'n'] as const);
  return table([[texts.table], ...figures], rows);
}

function serviceTable(services: readonly ServiceUse[], { texts, language }: Sheet): Html {
  const known = (value: number | null, shown: (value: number) => string): string =>
    value === null ? '–' : shown(value);
  const count = (value: number | null): string => known(value, (each) => countOf(each, language));
  const rows = services.map((use) => [
    use.reason === null ? use.service : html`${use.service}<br /><span class="wrong">${use.reason}</span>`,
    known(use.cpuCores, (cores) => cores.toFixed(3)),
    known(use.memoryBytes, bytesOf),
    known(use.loopSeconds, (seconds) => `${Math.round(seconds * 1_000)} ms`),
    count(use.connectionsUsed),
    alarming(count(use.connectionsWaiting), (use.connectionsWaiting ?? 0) > 0),
    count(use.messagesBehind),
  ]);
  const { cpu, memory, loop, pool, waiting, behind } = texts;
  const figures = [cpu, memory, loop, pool, waiting, behind].map((name) => [name, 'n'] as const);
  return table([[texts.service], ...figures], rows);
}

function trendTable(trends: readonly Trend[], { texts, language }: Sheet): Html {
  if (trends.length === 0) return nothing;
  const shown = (value: number | null): string =>
    value === null ? '–' : countOf(Math.round(value * 10) / 10, language);
  const rows = trends.map(({ service, measure, weeks }) => {
    const [before, now] = weeks.slice(-2).map(({ value }) => value);
    const both = typeof before === 'number' && typeof now === 'number';
    const change = both ? `${now > before ? '+' : ''}${shown(now - before)}` : '–';
    return [
      service,
      texts.measures[measure],
      sparkline(weeks, `${service} ${texts.measures[measure]}`),
      ...[shown(before ?? null), shown(now ?? null), change],
    ];
  });
  const figures = [texts.weekBefore, texts.now, texts.change].map((name) => [name, 'n'] as const);
  return html`<h2>${texts.trendsTitle}</h2>
    <p class="soft">${texts.trendsWhy}</p>
    ${table([[texts.service], [texts.measure], [texts.weeks], ...figures], rows)}`;
}

const SPARK = { width: 140, height: 26, bar: 12, step: 17 };

/** A column for each week; a week of which nothing is known has none, and 0 has a line to stand on. */
function sparkline(weeks: Trend['weeks'], label: string): Html {
  const most = Math.max(1, ...weeks.map(({ value }) => value ?? 0));
  const columns = weeks.map(({ value }, index) => {
    if (value === null) return nothing;
    const height = Math.max(1, Math.round((value / most) * SPARK.height * 10) / 10);
    return html`<rect
      x="${index * SPARK.step}"
      y="${SPARK.height - height}"
      width="${SPARK.bar}"
      height="${height}"
      class="bar LOW"
    ></rect>`;
  });
  return html`<svg
    viewBox="0 0 ${SPARK.width} ${SPARK.height}"
    style="width: ${SPARK.width}px"
    role="img"
    aria-label="${label}"
  >
    ${columns}
  </svg>`;
}
