import { html, Html, none } from './html.js';
import { moneyText } from './money-text.js';
import { pageStyle } from './page-style.js';
import { type Language, pageTexts } from './page-texts.js';
import type { PageView, Situation } from './page-view.js';
import { payForm } from './pay-form.js';

/** Ours, so not escaped; a character more and its hash would be another. */
const STYLE = new Html(`<style>${pageStyle}</style>`);
const REFRESH_S = 2;
const SLOW_REFRESH_S = 10;

/** The whole page as text. */
export const renderPage = (view: PageView): string => {
  const { session, situation, language, merchant } = view;
  const texts = pageTexts[language];
  const amount = moneyText(session.amountMinor, session.currency, language);
  const content = html`<header>
      <div class="top">
        <h1 class="merchant">${texts.payTo(merchant)}</h1>
        ${languageLink(view)}
      </div>
      <p class="amount">${amount}</p>
      <div class="facts">
        ${session.description === null ? none : html`<p>${session.description}</p>`}
        <p>${texts.order}: ${session.merchantReference}</p>
        ${situation.is === 'to pay' ? html`<p>${texts.timeLeft(view.minutesLeft)}</p>` : none}
      </div>
    </header>
    <div class="body">${bodyOf(view, amount)}</div>`;
  const title = `${situation.is === 'complete' ? `✓ ` : ''}${texts.payTo(merchant)}`;
  return documentOf({ language, title, refreshS: refreshOf(situation), content });
};

/** The answer for an address that nobody was given. */
export const renderAbsent = (language: Language): string => {
  const { absent, absentHint } = pageTexts[language];
  const content = html`<div class="body center">
    <div class="mark bad" aria-hidden="true">?</div>
    <h1>${absent}</h1>
    <p>${absentHint}</p>
  </div>`;
  return documentOf({ language, title: absent, refreshS: undefined, content });
};

const bodyOf = (view: PageView, amount: string): Html => {
  const { session, situation, language, merchant, path } = view;
  const texts = pageTexts[language];
  switch (situation.is) {
    case 'to pay':
      return payForm(view, situation, amount);
    case 'processing':
      return html`<div class="center" role="status">
        <div class="mark wait" aria-hidden="true"></div>
        <h2>${texts.processing}</h2>
        <p>${situation.takesLong ? texts.takesLong : texts.processingHint}</p>
        <a class="quiet" href="${path}?lang=${language}">${texts.look}</a>
        ${
          situation.nextUrl === undefined
            ? none
            : html`<a class="quiet" href="${situation.nextUrl}">${texts.toBank}</a>`
        }
      </div>`;
    case 'at the bank':
      return html`<div class="center">
        <h2>${texts.bankAsks}</h2>
        <p>${texts.bankAsksHint}</p>
        <a class="button" href="${situation.nextUrl}">${texts.toBank}</a>
      </div>`;
    case 'complete':
      return html`<div class="center" role="status">
        <div class="mark good" aria-hidden="true">✓</div>
        <h2>${session.paymentStatus === 'paid' ? texts.paid : texts.confirmed}</h2>
        <p>${session.paymentStatus === 'paid' ? texts.paidHint(amount, merchant) : texts.nothingToPay}</p>
        <a class="button" href="${session.successUrl}">${texts.backToShop(merchant)}</a>
      </div>`;
    case 'expired':
      return html`<div class="center">
        <div class="mark bad" aria-hidden="true">!</div>
        <h2>${texts.expired}</h2>
        <p>${texts.expiredHint}</p>
        <a class="button" href="${session.cancelUrl}">${texts.backToShop(merchant)}</a>
      </div>`;
  }
};

const languageLink = ({ language, path }: PageView): Html => {
  const other = language === 'en' ? 'tr' : 'en';
  const { otherLanguage } = pageTexts[language];
  return html`<a href="${path}?lang=${other}" lang="${other}" hreflang="${other}">${otherLanguage}</a>`;
};

/** The page looks again by itself while the answer is somebody else's to give. */
const refreshOf = (situation: Situation): number | undefined => {
  if (situation.is === 'processing') return situation.takesLong ? SLOW_REFRESH_S : REFRESH_S;
  return situation.is === 'at the bank' ? SLOW_REFRESH_S : undefined;
};

const documentOf = (page: {
  readonly language: Language;
  readonly title: string;
  readonly refreshS: number | undefined;
  readonly content: Html;
}): string => {
  const refresh =
    page.refreshS === undefined
      ? none
      : html`<meta http-equiv="refresh" content="${page.refreshS.toString()}" />`;
  return html`<!doctype html>
    <html lang="${page.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        ${refresh}
        <title>${page.title}</title>
        ${STYLE}
      </head>
      <body>
        <div class="demo">${pageTexts[page.language].demo}</div>
        <main>${page.content}</main>
      </body>
    </html>`.text;
};
