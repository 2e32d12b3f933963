import { dateIn } from '../../business-day.js';
import { shortDateOf } from '../page/figures.js';
import { html, type Html } from '../page/html.js';
import type { Language } from '../report.js';
import type { SloContent, SloPart } from './slo-content.js';
import { percentOf, sloTexts } from './slo-texts.js';

const WIDTH = 640;
const HEIGHT = 150;
const FLOOR = 122;
const TOP = 14;

/**
 * How the error budget was spent, hour by hour; what was not measured is grey, and the line is not drawn
 * there.
 */
export function burnChart(part: SloPart, { zone, since }: SloContent, language: Language): Html {
  const texts = sloTexts[language];
  const { hours } = part;
  const step = WIDTH / Math.max(1, hours.length);
  const spent = spentBy(part);
  const most = Math.max(1, ...spent) * 1.1;
  const y = (share: number): number => round(FLOOR - (share / most) * (FLOOR - TOP));
  const grey = hours.flatMap(({ measured }, index) =>
    measured >= 1
      ? []
      : [
          html`<rect
            x="${round(index * step)}"
            y="${TOP}"
            width="${round(step + 0.3)}"
            height="${FLOOR - TOP}"
            class="unseen"
            opacity="${round(1 - measured)}"
          ></rect>`,
        ],
  );
  const lines = runsOf(part).map(
    ([first, last]) =>
      html`<polyline
        class="burn"
        points="${
          `${round(first * step)},${y(spent[first - 1] ?? 0)} ` +
          spent
            .slice(first, last)
            .map((share, index) => `${round((first + index + 1) * step)},${y(share)}`)
            .join(' ')
        }"
      ></polyline>`,
  );
  const days = part.days.map(({ on }) => {
    const at = hours.findIndex((_, index) => dateIn(zone, hourOf(since, index)) === on);
    return html`<text x="${round(at * step) + 2}" y="${FLOOR + 16}" class="day">
      ${shortDateOf(on, language)}
    </text>`;
  });
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${texts.burnTitle}">
    ${grey}
    <line x1="0" x2="${WIDTH}" y1="${y(1)}" y2="${y(1)}" class="limit"></line>
    <text x="2" y="${y(1) - 3}" class="scale">${texts.allowed}: ${percentOf(1, language)}</text>
    ${lines}
    <rect x="0" y="${FLOOR}" width="${WIDTH}" height="1" class="axis"></rect>
    ${days}
  </svg>`;
}

/** The share of the week's budget that is gone after each hour. */
function spentBy({ hours, budgetSpent, bad }: SloPart): number[] {
  const each = bad === null || bad === 0 ? 0 : (budgetSpent ?? 0) / bad;
  let sum = 0;
  return hours.map((hour) => (sum += (hour.bad ?? 0) * each));
}

/** Hours in a row that were measured at least partly: from, and the one after the last. */
function runsOf({ hours }: SloPart): [number, number][] {
  const runs: [number, number][] = [];
  hours.forEach(({ total }, index) => {
    const last = runs.at(-1);
    if (total === null) return;
    if (last?.[1] === index) last[1] = index + 1;
    else runs.push([index, index + 1]);
  });
  return runs;
}

const hourOf = (since: string, index: number): Date => new Date(Date.parse(since) + index * 3_600_000);

const round = (value: number): number => Math.round(value * 100) / 100;
