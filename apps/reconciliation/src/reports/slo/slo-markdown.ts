import { shortDateOf, timeOf } from '../page/figures.js';
import type { Language, StoredReport } from '../report.js';
import type { SloContent, SloOutcome, SloPart } from './slo-content.js';
import { figuresOf, leadOf, nameOf, promiseOf } from './slo-page.js';
import { percentOf, sloTexts } from './slo-texts.js';

/** The week's objectives as Markdown: for an issue, a wiki, a chat. */
export function sloMarkdown({ content, version }: StoredReport<SloContent>, language: Language): string {
  const texts = sloTexts[language];
  const [from, until] = [content.since, content.until].map((at) => timeOf(at, content.zone, language));
  const period = `${from} – ${until}`;
  return [
    `# ${texts.title} · ${texts.week} ${content.week}`,
    `${plain(content.tenantName)} · ${period} (${content.zone}) · v${version}`,
    `**${leadOf(content, language).sentences.join(' ')}**`,
    leadOf(content, language).todo,
    overview(content, language),
    ...content.objectives.map((outcome) => section(outcome, content, language)),
    '',
  ].join('\n\n');
}

/** What would be a sign of Markdown stands as text. */
const plain = (text: string): string => text.replace(/[\\`*_{}[\]<>()#+!|~]/g, '\\$&').replace(/\s+/g, ' ');

const row = (cells: readonly string[]): string => `| ${cells.map(plain).join(' | ')} |`;

const tableOf = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(heads), `|${heads.map(() => '---|').join('')}`, ...rows.map(row)].join('\n');

function overview({ objectives }: SloContent, language: Language): string {
  const texts = sloTexts[language];
  const heads = [
    ...[texts.objective, texts.part, texts.result, texts.target, texts.attained, texts.spent],
    texts.events,
  ];
  const rows = objectives.flatMap((outcome) =>
    outcome.parts.map((part) => [
      ...[nameOf(outcome, texts), part.part ?? '', texts.verdicts[part.verdict]],
      ...[percentOf(outcome.target, language), ...figuresOf(part, language)],
    ]),
  );
  return tableOf([...heads, texts.bad, texts.measured], rows);
}

function section(outcome: SloOutcome, content: SloContent, language: Language): string {
  const texts = sloTexts[language];
  const parts = outcome.parts.map((part) => partOf(part, content, language));
  return [`## ${nameOf(outcome, texts)}`, promiseOf(outcome, texts), ...parts].join('\n\n');
}

function partOf(part: SloPart, { zone }: SloContent, language: Language): string {
  const texts = sloTexts[language];
  const spent = part.days.map(({ on, spent: share }) => [
    shortDateOf(on, language),
    share === null ? texts.noData : percentOf(share, language, 'up'),
  ]);
  const worst = part.worst.map(
    ({ from, bad, total }) => `* ${timeOf(from, zone, language)}: ${Math.round(bad)} / ${Math.round(total)}`,
  );
  const gaps = part.gaps.map(
    ({ from, until }) => `* ${texts.gap(timeOf(from, zone, language), timeOf(until, zone, language))}`,
  );
  const listed = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [`${title}:`, lines.join('\n')];
  const head = part.part === null ? [] : [`### ${part.part}`];
  if (part.verdict === 'unknown') return [...head, texts.noData].join('\n\n');
  return [
    ...head,
    tableOf([texts.day, texts.spent], spent),
    ...listed(texts.worstTitle, worst),
    ...listed(texts.gapsTitle, gaps),
  ].join('\n\n');
}
