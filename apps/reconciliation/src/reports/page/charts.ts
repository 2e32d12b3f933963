import type { AgeBand, Ageing, DayFlow } from '../daily-content.js';
import { type Language, severities } from '../report.js';
import { inAYear, type TableSize } from '../capacity-content.js';
import { amountOf, bytesOf, countOf, shareOf, shortDateOf } from './figures.js';
import { html, type Html } from './html.js';
import type { Sheet } from './layout.js';
import type { Texts } from './texts.js';

const WIDTH = 640;
const ROW = 34;
const LABEL = 150;
const BAR = 410;

/** Open findings by age: a bar for each band, divided by risk, with its number beside it. */
export function ageingChart(ageing: readonly Ageing[], texts: Texts, language: Language): Html {
  const totals = ageing.map((band) => severities.reduce((sum, severity) => sum + band[severity], 0));
  const most = Math.max(1, ...totals);
  const rows = ageing.map((band, index) => bandRow(band, { index, most, total: totals[index] ?? 0 }));
  const labels = ageing.map(({ band }, index) => {
    const total = countOf(totals[index] ?? 0, language);
    const end = LABEL + ((totals[index] ?? 0) / most) * BAR + 8;
    return html`<text x="${LABEL - 10}" y="${index * ROW + 22}" text-anchor="end">${texts.ages[band]}</text>
      <text x="${end}" y="${index * ROW + 22}" class="figure">${total}</text>`;
  });
  return html`<svg viewBox="0 0 ${WIDTH} ${ageing.length * ROW}" role="img" aria-label="${texts.ageingTitle}">
    ${rows}${labels}
  </svg>`;
}

function bandRow(
  band: Ageing & { readonly band: AgeBand },
  { index, most, total }: { readonly index: number; readonly most: number; readonly total: number },
): Html {
  let from = LABEL;
  const parts = severities.map((severity) => {
    const width = (band[severity] / most) * BAR;
    const part = html`<rect
      x="${from}"
      y="${index * ROW + 6}"
      width="${width}"
      height="24"
      class="bar ${severity}"
    ></rect>`;
    from += width;
    return part;
  });
  // An empty band has a line to stand on, so that nobody takes it for a fault of the picture.
  const foot = html`<rect x="${LABEL}" y="${index * ROW + 6}" width="1" height="24" class="axis"></rect>`;
  return html`${total === 0 ? [] : parts}${foot}`;
}

const HEIGHT = 180;
const FLOOR = 140;
const TOP = 18;

/** In and out per day of one currency: two columns a day on one scale, the largest written beside it. */
export function flowChart(days: readonly DayFlow[], texts: Texts, language: Language): Html {
  const currency = days[0]?.currency ?? '';
  const most = days.reduce((top, { inMinor, outMinor }) => largest(top, inMinor, outMinor), '1');
  const step = WIDTH / days.length;
  const columns = days.map(({ on, inMinor, outMinor }, index) => {
    const width = Math.min(16, step / 2 - 3);
    const middle = index * step + step / 2;
    return html`${column(middle - width - 1, width, shareOf(inMinor, most), 'in')}
      ${column(middle + 1, width, shareOf(outMinor, most), 'out')}
      <text x="${middle}" y="${FLOOR + 18}" text-anchor="middle" class="day"
        >${shortDateOf(on, language)}</text
      >`;
  });
  const scale = `${texts.upTo} ${amountOf(most, currency, language)}`;
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${texts.flowTitle} ${currency}">
    <text x="0" y="10" class="scale">${scale}</text>
    <rect x="0" y="${TOP}" width="${WIDTH}" height="0.5" class="axis"></rect>
    ${columns}
    <rect x="0" y="${FLOOR}" width="${WIDTH}" height="1" class="axis"></rect>
  </svg>`;
}

function column(x: number, width: number, share: number, way: 'in' | 'out'): Html {
  const height = share === 0 ? 0 : Math.max(1.5, share * (FLOOR - TOP));
  return html`<rect
    x="${x}"
    y="${FLOOR - height}"
    width="${width}"
    height="${height}"
    class="${way}"
  ></rect>`;
}

const largest = (...amounts: readonly string[]): string =>
  amounts.reduce((most, amount) => (BigInt(amount) > BigInt(most) ? amount : most));

/** The largest tables: what they have now, and, lighter, what a year of growing as they do adds. */
export function sizeChart(tables: readonly TableSize[], { texts }: Sheet): Html {
  const later = (table: TableSize): number => inAYear(table) ?? table.bytes;
  const most = Math.max(1, ...tables.map(later));
  const rows = tables.map((table, index) => {
    const [now, year] = [(table.bytes / most) * BAR, (later(table) / most) * BAR];
    const y = index * ROW;
    const text =
      table.bytesPerDay === null
        ? bytesOf(table.bytes)
        : `${bytesOf(table.bytes)} → ${bytesOf(later(table))}`;
    return html`<text x="${LABEL - 10}" y="${y + 22}" text-anchor="end">${table.table}</text>
      <rect x="${LABEL}" y="${y + 6}" width="${year}" height="24" class="bar LOW"></rect>
      <rect x="${LABEL}" y="${y + 6}" width="${now}" height="24" class="in"></rect>
      <text x="${LABEL + year + 8}" y="${y + 22}" class="figure">${text}</text>`;
  });
  return html`<p class="key">
      <span><i class="in"></i>${texts.sizeNow}</span> <span><i class="LOW"></i>${texts.inAYear}</span>
    </p>
    <svg viewBox="0 0 ${WIDTH + 60} ${tables.length * ROW}" role="img" aria-label="${texts.storageTitle}">
      ${rows}
    </svg>`;
}
