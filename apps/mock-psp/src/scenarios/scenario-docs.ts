import { declineCodes } from './decline-codes.js';
import { every, type ScenarioRow } from './scenario-row.js';
import { cardOf, scenarioTable, spelling } from './scenario-table.js';
import { plainCards } from './scenarios.js';
import { testIban } from '../test-iban.js';

const head = `# Mock provider: scenarios

Generated from \`apps/mock-psp/src/scenarios/scenario-table.ts\`; a test fails when the two differ.
Write it anew with \`npx nx run mock-psp:build && node apps/mock-psp/dist/scenarios/write-docs.js\`.

Name a scenario in the operation's metadata:

\`\`\`json
{"mock.scenario": "outcome=challenge,webhook=duplicate:3+reorder,answer=timeout_after"}
\`\`\`

Words combine as long as they don't contradict each other: one outcome (a payout's words are outcomes),
one answer, one report fault, one flaw of the webhook. An unknown word is refused with 400 and the known
ones, and so are two that contradict. \`webhook.drop\` is the same as \`webhook=drop\`, and a bare word is an
outcome.

Without that entry the instrument decides: a test card, a test IBAN (its last digits are those of the amount),
and \`tok_test_decline_<code>\` for each code below; and without one of these the amount's last two digits
(in the smallest unit). \`"mock.scenario": "approve"\` plays the plain case whatever the amount.

A payment method that nobody knows is refused with 400 \`instrument-unknown\` and the known ones, as real
providers do: ${plainCards.map((card) => `\`${card}\``).join(', ')},
the test cards of the table, and any IBAN whose check digits are right. Through payments both refusals are a
\`failed\` attempt whose \`decline\` says \`invalid_request\`, and in \`reason\` what is known.

Seed, operation id and clock decide everything: the same always plays the same.

| scenario | for | amount ends in | test card | test IBAN | what happens |
|---|---|---|---|---|---|
`;

const disputes = `
## Disputes

No scenario opens a dispute: the payer's bank does, when a test says so. \`POST /_test/disputes\` with
\`{connectionId, operationId, amount?}\` opens one of a charge or capture, and
\`POST /_test/disputes/<id>\` with \`{connectionId, to}\` moves it; its id is the \`operation_id\` of the
answer. Each step sends its webhook, and \`GET /v1/operations/<id>\` tells where it stands, so that it can
be looked up when the webhook is lost.

| step | webhook | look-up | Stripe-like \`charge.dispute.…\` | Adyen-like |
|---|---|---|---|---|
| opened | dispute_opened | opened | created, needs_response | NOTIFICATION_OF_CHARGEBACK |
| evidence | dispute_evidence | evidence | updated, under_review | INFORMATION_SUPPLIED |
| won | dispute_won | won | closed, won | CHARGEBACK_REVERSED |
| lost | dispute_lost | lost | closed, lost | CHARGEBACK |
`;

const codesHead = `
## Decline codes

| code | category | advice |
|---|---|---|
`;

/** The page docs/reference/mock-provider.md. */
export function scenarioDocs(): string {
  const codes = [...declineCodes].map(
    ([code, { category, advice }]) => `| \`${code}\` | ${category} | ${advice} |`,
  );
  return `${head}${scenarioTable.map(rowText).join('\n')}\n${disputes}${codesHead}${codes.join('\n')}\n`;
}

function rowText(row: ScenarioRow): string {
  const { kinds, parameter, ending = '', meaning } = row;
  const optional = parameter === undefined ? '' : `[:${parameter.name}]`;
  const fallback = parameter === undefined ? '' : ` Without ${parameter.name}: ${parameter.fallback}.`;
  const subject = kinds.length === every.length ? 'all' : kinds.join(', ');
  const card = kinds.some((kind) => kind === 'charge') ? `\`${cardOf(row)}\`` : '';
  const iban = kinds.includes('payout') && ending !== '' ? `\`${testIban(ending)}\`` : '';
  const cells = [`\`${spelling(row)}${optional}\``, subject, ending, card, iban, `${meaning}${fallback}`];
  return `| ${cells.join(' | ')} |`;
}
