import type { Challenge } from './challenges.handler.js';
import { type PageText, texts } from './challenge-texts.js';

/** The page of a challenge: plain forms, no script, nothing from elsewhere. */
export function challengePage(challenge: Challenge, language: string | undefined): string {
  const text = texts[languageOf(language)];
  const { operation, step } = challenge;
  const body = step.status === 'pending' ? question(challenge, text) : ending(challenge, text);
  return `<!doctype html>
<html lang="${text.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(text.title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<p class="bank"><span aria-hidden="true">◆</span> ${escaped(text.bank)}</p>
<h1>${escaped(text.title)}</h1>
<p class="sum">${escaped(moneyText(operation.approvedMinor, operation.currency))}</p>
<p class="what">${escaped(operation.reference)}</p>
${body}
<footer>${escaped(text.note)}</footer>
</main>
</body>
</html>
`;
}

/** The first of the two languages that the browser names; English when it names neither. */
export function languageOf(header = ''): keyof typeof texts {
  const wanted = header
    .split(',')
    .map((part) => part.trim().split(';'))
    .map(([tag = '', q = 'q=1']) => ({ tag: tag.slice(0, 2).toLowerCase(), q: q.trim().slice(2) }))
    .filter(({ tag, q }) => (tag === 'en' || tag === 'tr') && q !== '0')
    .sort((left, right) => Number.parseFloat(right.q) - Number.parseFloat(left.q));
  return wanted[0]?.tag === 'tr' ? 'tr' : 'en';
}

function question({ id }: Challenge, text: PageText): string {
  const button = (action: string, label: string) =>
    `<form method="post" action="/challenge/${id}/${action}">` +
    `<button class="${action}">${escaped(label)}</button></form>`;
  return [
    `<p>${escaped(text.question)}</p>`,
    button('approve', text.approve),
    button('decline', text.decline),
    button('abandon', text.abandon),
  ].join('\n');
}

function ending({ operation, step }: Challenge, text: PageText): string {
  const said = step.status === 'succeeded' ? text.approved : text.declined;
  const back =
    operation.returnUrl === null
      ? `<p>${escaped(text.close)}</p>`
      : `<p><a href="${escaped(operation.returnUrl)}">${escaped(text.back)}</a></p>`;
  return `<p class="said">${escaped(said)}</p>\n${back}`;
}

/** All three currencies here have two digits after the point. */
function moneyText(minor: bigint, currency: string): string {
  const digits = minor.toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)} ${currency}`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const style = `
body{margin:0;min-height:100vh;display:grid;place-items:center;background:#eef1f6;color:#1d2433;
font:16px/1.5 system-ui,sans-serif}
main{box-sizing:border-box;width:min(26rem,100vw - 2rem);background:#fff;border-radius:14px;padding:2rem;
box-shadow:0 8px 30px #1d24331f}
h1{font-size:1.25rem;margin:.2rem 0 1.2rem}
.bank{margin:0;color:#3555b5;font-weight:600}
.sum{font-size:2rem;font-weight:700;margin:0;font-variant-numeric:tabular-nums}
.what{margin:0 0 1.2rem;color:#5a6479;overflow-wrap:anywhere}
button{width:100%;margin:.3rem 0;padding:.75rem;border-radius:9px;border:1px solid #c6cddb;background:#fff;
font:inherit;font-weight:600;color:inherit;cursor:pointer}
button.approve{background:#1f7a4d;border-color:#1f7a4d;color:#fff}
button.decline{color:#a3262e;border-color:#d9a3a7}
button:focus-visible,a:focus-visible{outline:3px solid #3555b5;outline-offset:2px}
.said{font-weight:600}
footer{margin-top:1.4rem;padding-top:1rem;border-top:1px solid #e4e8f0;color:#5a6479;font-size:.85rem}
@media (prefers-color-scheme:dark){body{background:#12161f;color:#e6eaf3}
main{background:#1b2130;box-shadow:none}
button{background:#232b3d;border-color:#3b465e}.what,footer{color:#9aa6bd}footer{border-color:#2c3548}
.bank{color:#8fa9ff}button.decline{color:#ff9aa1;border-color:#6d3d43}a{color:#8fa9ff}}
`;
