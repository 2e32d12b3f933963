import { html, type Html, none } from './html.js';
import { type PageTexts, pageTexts } from './page-texts.js';
import type { PageView, Situation } from './page-view.js';
import { DECLINES, SUCCESSES } from './test-cards.js';

/** The form. It carries the number of the next try: sent twice, the second finds the try made. */
export const payForm = (
  { session, language, path, merchant }: PageView,
  { declinedBecause, chooseFirst }: Extract<Situation, { is: 'to pay' }>,
  amount: string,
): Html => {
  const texts = pageTexts[language];
  const isFree = session.intentId === null;
  return html`${declinedBecause === null ? none : declined(texts, declinedBecause)}
    ${chooseFirst ? html`<div class="note" role="alert">${texts.chooseFirst}</div>` : none}
    <form method="post" action="${path}?lang=${language}">
      <input type="hidden" name="try" value="${(session.tries + 1).toString()}" />
      ${isFree ? html`<p>${texts.nothingToPay}</p>` : cards(texts)}
      <button class="button">${isFree ? texts.confirmFree : texts.pay(amount)}</button>
    </form>
    <a class="quiet" href="${session.cancelUrl}">${texts.cancel(merchant)}</a>`;
};

const declined = (texts: PageTexts, code: string): Html => {
  const known = DECLINES.find((name) => name === code);
  return html`<div class="note" role="alert">
    <strong>${known === undefined ? texts.otherDecline : texts.declines[known][1]}</strong>
    <p>${texts.tryAgain}</p>
  </div>`;
};

const cards = (texts: PageTexts): Html =>
  html`<fieldset>
    <legend>${texts.chooseCard}</legend>
    ${SUCCESSES.map((id) => card(id, texts.cards[id]))}
    <details>
      <summary>${texts.declinedCards}</summary>
      ${DECLINES.map((id) => card(id, texts.declines[id]))}
    </details>
  </fieldset>`;

const card = (id: string, [name, hint]: readonly [string, string]): Html =>
  html`<label class="card">
    <input type="radio" name="card" value="${id}" required />
    <span><strong>${name}</strong><span>${hint}</span></span>
  </label>`;
