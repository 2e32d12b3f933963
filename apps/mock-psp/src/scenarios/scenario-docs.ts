import { scenarioTable, type ScenarioRow } from './scenario-table.js';

const head = `# Mock provider: scenarios

Generated from \`apps/mock-psp/src/scenarios/scenario-table.ts\`; a test fails when the two differ.
Write it anew with \`npx nx run mock-psp:build && node apps/mock-psp/dist/scenarios/write-docs.js\`.

Name a scenario in the operation's metadata, \`"mock.scenario": "instant,webhook.duplicate:3"\`.
Words of different axes combine; two words of one axis are refused, and so is an unknown word (400).
Without that entry the last two digits of the amount (in the smallest unit) decide;
\`"mock.scenario": "approve"\` plays the plain case whatever the amount.
The same operation id always plays the same.

| word | axis | for | amount ends in | what happens |
|---|---|---|---|---|
`;

/** The page docs/reference/mock-provider.md. */
export function scenarioDocs(): string {
  return `${head}${scenarioTable.map(rowText).join('\n')}\n`;
}

function rowText({ word, axis, kinds, parameter, amountEnding, meaning }: ScenarioRow): string {
  const optional = parameter === undefined ? '' : `[:${parameter.name}]`;
  const fallback =
    parameter?.fallback === undefined ? '' : ` Without ${parameter.name}: ${parameter.fallback}.`;
  const subject = kinds.length === 3 ? 'all' : kinds.join(', ');
  return `| \`${word}${optional}\` | ${axis} | ${subject} | ${amountEnding ?? ''} | ${meaning}${fallback} |`;
}
