import type { Language, ReportHead, StoredReport } from '../report.js';
import { dateOf, timeOf } from './figures.js';
import { html, Html, nothing } from './html.js';
import { style } from './style.js';
import type { Texts } from './texts.js';

/** A page and what it is written in. */
export interface Sheet {
  readonly language: Language;
  readonly texts: Texts;
}

export interface Framing extends Sheet {
  readonly title: string;
  readonly tenantName: string;
  /** The line below the title. */
  readonly line: Html;
  readonly foot?: Html;
}

/** The whole document around a report's content. */
export function framed({ language, title, tenantName, line, foot }: Framing, body: Html): string {
  const sheet = new Html(style);
  const page = html`<html lang="${language}">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="robots" content="noindex" />
      <title>${title} · ${tenantName}</title>
      <style>
        ${sheet}
      </style>
    </head>
    <body>
      <header>
        <h1>${title}</h1>
        <p class="soft">${tenantName} · ${line}</p>
      </header>
      <main>${body}</main>
      <footer>${foot ?? nothing}</footer>
    </body>
  </html> `;
  return `<!doctype html>\n${page.text}`;
}

/** What stands over and under a stored report. */
export function framingOf(title: string, report: StoredReport, { language, texts }: Sheet): Framing {
  const { content, version, madeAt } = report;
  const known = `${texts.seenUntil} ${timeOf(content.asOf, content.zone, language)} (${content.zone})`;
  const made = `${texts.madeAt} ${timeOf(madeAt, content.zone, language)}`;
  return {
    ...{ language, texts, tenantName: content.tenantName },
    title: `${title} ${texts.forDay} ${dateOf(content.businessOn, language)}`,
    line: html`${known} · ${texts.version} ${version}`,
    foot: html`Defter · ${content.tenant} · ${texts.version} ${version}, ${made}`,
  };
}

/** The headline: whether all is well, and below it what to do. */
export const verdict = (kind: 'good' | 'LOW' | 'MED' | 'HIGH', says: readonly string[], todo: string): Html =>
  html`<div class="lead ${kind}">
    ${says.map((sentence) => html`<p>${sentence}</p>`)}
    <p class="do">${todo}</p>
  </div>`;

/** A table from ready cells; columns of figures stand to the right. */
export function table(
  heads: readonly (readonly [name: string, kind?: 'n'])[],
  rows: readonly (readonly (Html | string)[])[],
): Html {
  const kinds = heads.map(([, kind]) => kind ?? '');
  const top = heads.map(([name, kind]) => html`<th class="${kind ?? ''}" scope="col">${name}</th>`);
  const lines = rows.map(
    (cells) =>
      html`<tr>
        ${cells.map((cell, index) => html`<td class="${kinds[index] ?? ''}">${cell}</td>`)}
      </tr>`,
  );
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${top}
        </tr>
      </thead>
      <tbody>
        ${lines}
      </tbody>
    </table>
  </div>`;
}

/** A figure that is only right as nothing. */
export const alarming = (text: string, isWrong: boolean): Html =>
  isWrong ? html`<span class="wrong">${text}</span>` : html`${text}`;

export const asOfHead = (head: ReportHead, { language }: Sheet): string =>
  timeOf(head.asOf, head.zone, language);
