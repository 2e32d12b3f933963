import { countOf, shortDateOf, timeOf } from '../page/figures.js';
import { html, type Html, when } from '../page/html.js';
import { alarming, framed, framingOf, type Sheet, table, verdict } from '../page/layout.js';
import type { Language, StoredReport } from '../report.js';
import { burnChart } from './slo-chart.js';
import type { SloContent, SloOutcome, SloPart } from './slo-content.js';
import { percentOf, type SloTexts, sloTexts } from './slo-texts.js';

/** The week's objectives as a page that prints well. */
export function sloPage(report: StoredReport<SloContent>, sheet: Sheet): string {
  const { content } = report;
  const { language } = sheet;
  const texts = sloTexts[language];
  const sections = content.objectives.map((outcome) => section(outcome, content, language));
  const body = html` ${lead(content, language)}
    <p class="soft">${texts.purpose}</p>
    ${overview(content, language)} ${sections}`;
  const frame = framingOf(texts.title, report, sheet);
  const title = `${texts.title} · ${texts.week} ${content.week}`;
  return framed({ ...frame, title }, body);
}

const partsOf = ({ objectives }: SloContent): SloPart[] => objectives.flatMap(({ parts }) => parts);

function lead(content: SloContent, language: Language): Html {
  const { kind, sentences, todo } = leadOf(content, language);
  return verdict(kind, sentences, todo);
}

const isUnsure = ({ verdict }: SloPart): boolean => verdict === 'partial' || verdict === 'unknown';

interface Lead {
  readonly kind: 'good' | 'MED' | 'HIGH';
  readonly sentences: readonly string[];
  readonly todo: string;
}

/** What the report says first, for the page and for Markdown. */
export function leadOf(content: SloContent, language: Language): Lead {
  const texts = sloTexts[language];
  const parts = partsOf(content);
  if (parts.every(({ measured }) => measured === 0))
    return { kind: 'HIGH', sentences: [texts.nothingMeasured], todo: texts.unsureDo };
  const missed = missedNames(content, texts);
  const unmissed = parts.some(isUnsure) ? texts.noneMissed : texts.allKept;
  const first =
    missed.length > 0 ? texts.missed(countOf(missed.length, language), missed.join(', ')) : unmissed;
  const isWhole = parts.every(({ measured }) => measured === 1);
  const sentences = isWhole ? [first] : [first, texts.incomplete];
  if (missed.length > 0) {
    const todo = isWhole ? texts.missedDo : `${texts.missedDo} ${texts.unsureDo}`;
    return { kind: 'HIGH', sentences, todo };
  }
  return { kind: isWhole ? 'good' : 'MED', sentences, todo: isWhole ? texts.goodDo : texts.unsureDo };
}

const missedNames = ({ objectives }: SloContent, texts: SloTexts): string[] =>
  objectives.flatMap((outcome) =>
    outcome.parts
      .filter(({ verdict: its }) => its === 'missed')
      .map(({ part }) => (part === null ? nameOf(outcome, texts) : `${nameOf(outcome, texts)} (${part})`)),
  );

/** A part's figures as texts: what is not known says so. */
export function figuresOf(part: SloPart, language: Language): readonly string[] {
  const texts = sloTexts[language];
  const none = part.verdict === 'unknown' ? texts.noData : texts.noEvents;
  const count = (value: number | null): string =>
    value === null ? texts.noData : countOf(Math.round(value), language);
  return [
    part.attained === null ? none : percentOf(part.attained, language),
    part.budgetSpent === null ? none : percentOf(part.budgetSpent, language, 'up'),
    count(part.total),
    count(part.bad),
    percentOf(part.measured, language),
  ];
}

function overview({ objectives }: SloContent, language: Language): Html {
  const texts = sloTexts[language];
  const rows = objectives.flatMap((outcome) =>
    outcome.parts.map((part) => {
      const [attained = '', spent = '', total = '', bad = '', measured = ''] = figuresOf(part, language);
      return [
        nameOf(outcome, texts),
        part.part ?? '',
        alarming(texts.verdicts[part.verdict], part.verdict === 'missed' || isUnsure(part)),
        ...[percentOf(outcome.target, language), attained],
        alarming(spent, (part.budgetSpent ?? 0) > 1),
        ...[total, bad, alarming(measured, part.measured < 1)],
      ];
    }),
  );
  const figures = [texts.target, texts.attained, texts.spent, texts.events, texts.bad, texts.measured];
  return table(
    [[texts.objective], [texts.part], [texts.result], ...figures.map((name) => [name, 'n'] as const)],
    rows,
  );
}

const textsOf = ({ name }: SloOutcome, texts: SloTexts) =>
  Object.entries(texts.objectives).find(([known]) => known === name)?.[1];

/** An objective that is no more is shown by its label. */
export const nameOf = (outcome: SloOutcome, texts: SloTexts): string =>
  textsOf(outcome, texts)?.name ?? outcome.name;

export const promiseOf = (outcome: SloOutcome, texts: SloTexts): string =>
  textsOf(outcome, texts)?.promise ?? '';

function section(outcome: SloOutcome, content: SloContent, language: Language): Html {
  const texts = sloTexts[language];
  const parts = outcome.parts.map((part) => partOf(part, content, language));
  return html`<h2>${nameOf(outcome, texts)}</h2>
    <p class="soft">${promiseOf(outcome, texts)}</p>
    ${parts}`;
}

function partOf(part: SloPart, content: SloContent, language: Language): Html {
  const texts = sloTexts[language];
  const name = part.part === null ? texts.burnTitle : part.part;
  if (part.verdict === 'unknown')
    return html`<h3>${name}</h3>
      <p class="wrong">${texts.noData}</p>`;
  if (part.attained === null)
    return html`<h3>${name}</h3>
      <p>${texts.noEvents}</p>
      ${gaps(part, content, language)}`;
  // Seven rows of nothing hide the one that has something.
  if (part.bad === 0 && part.measured === 1)
    return html`<h3>${name}</h3>
      <p>${texts.nothingBad}</p>`;
  return html`<h3>${name}</h3>
    <p class="soft">${texts.burnWhy}</p>
    ${burnChart(part, content, language)} ${daysTable(part, language)} ${worst(part, content, language)}
    ${gaps(part, content, language)}`;
}

function daysTable({ days }: SloPart, language: Language): Html {
  const texts = sloTexts[language];
  const count = (value: number | null): string =>
    value === null ? texts.noData : countOf(Math.round(value), language);
  const rows = days.map(({ on, total, bad, spent, measured }) => [
    shortDateOf(on, language),
    ...[count(total), count(bad)],
    spent === null ? texts.noData : percentOf(spent, language, 'up'),
    alarming(percentOf(measured, language), measured < 1),
  ]);
  const figures = [texts.events, texts.bad, texts.spent, texts.measured];
  return table([[texts.day], ...figures.map((figure) => [figure, 'n'] as const)], rows);
}

function worst({ worst: hours }: SloPart, { zone }: SloContent, language: Language): Html {
  const texts = sloTexts[language];
  if (hours.length === 0) return html`<p>${texts.noneBad}</p>`;
  const rows = hours.map(({ from, total, bad }) => [
    timeOf(from, zone, language),
    ...[countOf(Math.round(bad), language), countOf(Math.round(total), language)],
    percentOf(total === 0 ? 0 : bad / total, language, 'up'),
  ]);
  const figures = [texts.bad, texts.events, '%'].map((figure) => [figure, 'n'] as const);
  return html`<h3>${texts.worstTitle}</h3>
    ${table([[texts.hour], ...figures], rows)}`;
}

function gaps({ gaps: times }: SloPart, { zone }: SloContent, language: Language): Html {
  const texts = sloTexts[language];
  const shown = (at: string): string => timeOf(at, zone, language);
  return when(
    times.length > 0,
    () =>
      html`<h3>${texts.gapsTitle}</h3>
        <ul>
          ${times.map(({ from, until }) => html`<li>${texts.gap(shown(from), shown(until))}</li>`)}
        </ul>`,
  );
}
