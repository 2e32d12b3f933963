import { createHash } from 'node:crypto';

/** The whole look of the page; it goes into the page, and its hash into the policy that allows no other. */
export const pageStyle = `
:root { color-scheme: light; --ink: #1c2430; --soft: #55606e; --line: #d5dbe3; --brand: #0b5d4e; }
* { box-sizing: border-box; }
body { margin: 0; background: #eef1f4; color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; }
.demo { background: #fff4d6; color: #5b4300; text-align: center; padding: 6px 16px; font-size: 14px; }
main { max-width: 480px; margin: 32px auto; background: #fff; border: 1px solid var(--line);
  border-radius: 14px; box-shadow: 0 8px 28px rgb(28 36 48 / 8%); overflow: hidden; }
header { padding: 24px 28px 20px; border-bottom: 1px solid var(--line); }
.top { display: flex; justify-content: space-between; align-items: baseline; gap: 16px; }
.merchant { font-size: 16px; font-weight: 600; margin: 0; color: var(--soft); overflow-wrap: anywhere; }
.amount { font-size: 34px; font-weight: 700; letter-spacing: -.5px; margin: 6px 0 0; line-height: 1.2;
  overflow-wrap: anywhere; }
.facts { margin: 10px 0 0; color: var(--soft); font-size: 14px; overflow-wrap: anywhere; }
.facts p { margin: 2px 0; }
.body { padding: 24px 28px 28px; }
h2 { font-size: 20px; line-height: 1.3; margin: 0 0 8px; }
p { margin: 0 0 16px; }
fieldset { border: 0; margin: 0 0 20px; padding: 0; min-width: 0; }
legend { font-weight: 600; padding: 0; margin-bottom: 10px; }
.card { display: flex; gap: 12px; align-items: flex-start; padding: 12px 14px; border: 1px solid var(--line);
  border-radius: 10px; margin-bottom: 8px; cursor: pointer; }
.card:hover { border-color: #8a97a6; }
.card:has(input:checked) { border-color: var(--brand); background: #f0f8f6;
  box-shadow: inset 0 0 0 1px var(--brand); }
.card input { width: 18px; height: 18px; margin: 3px 0 0; accent-color: var(--brand); flex: none; }
.card strong { display: block; font-weight: 600; }
.card span span { color: var(--soft); font-size: 14px; }
details { border: 1px solid var(--line); border-radius: 10px; padding: 0 14px; }
summary { padding: 12px 0; cursor: pointer; font-weight: 600; }
details .card { border: 0; border-top: 1px solid var(--line); border-radius: 0; margin: 0 -14px;
  padding: 10px 14px; }
details .card:has(input:checked) { box-shadow: inset 3px 0 0 var(--brand); }
.button { display: block; width: 100%; border: 0; border-radius: 10px; padding: 14px 18px; font: inherit;
  font-weight: 700; font-size: 17px; text-align: center; text-decoration: none; cursor: pointer;
  background: var(--brand); color: #fff; }
.button:hover { background: #084a3e; }
.quiet { display: block; text-align: center; margin-top: 16px; color: var(--soft); padding: 6px; }
a { color: var(--brand); }
:focus-visible { outline: 3px solid #1f6feb; outline-offset: 2px; border-radius: 6px; }
.card:focus-within { outline: 3px solid #1f6feb; outline-offset: 1px; }
.card input:focus-visible { outline: 0; }
.note { border-radius: 10px; padding: 12px 14px; margin: 0 0 20px; background: #fdecea; color: #7a1610;
  border: 1px solid #f3bdb8; }
.note p { margin: 4px 0 0; }
.mark { width: 56px; height: 56px; border-radius: 50%; display: grid; place-items: center;
  margin: 0 auto 16px;  font-size: 28px; font-weight: 700; }
.mark.good { background: #d9f2e6; color: #0a5a3c; }
.mark.bad { background: #e7ebf0; color: #3c4756; }
.mark.wait { border: 5px solid #d5dbe3; border-top-color: var(--brand); animation: turn 1s linear infinite; }
.center { text-align: center; }
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-reduced-motion: reduce) { .mark.wait { animation: none; } }
@media (max-width: 520px) {
  body { background: #fff; }
  main { margin: 0; border: 0; border-radius: 0; box-shadow: none; }
  header { padding: 18px 18px 16px; } .body { padding: 18px 18px 28px; } .amount { font-size: 30px; }
}
`;

const hash = createHash('sha256').update(pageStyle).digest('base64');

/**
 * Nothing but this style and forms to ourselves: no script, image, frame or font, and nobody may frame us.
 */
export const contentPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${hash}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');
