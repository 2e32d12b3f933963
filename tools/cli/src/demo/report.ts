import { asset, formatMoney, money } from '@defter/kernel';
import { sumOf } from './books.js';
import { ended, type Story } from './story.js';

const TRY = asset('TRY/2');
const lira = (minor: bigint): string => formatMoney(money(TRY, minor));
const sum = (amounts: readonly (number | bigint)[]): bigint =>
  amounts.reduce<bigint>((all, amount) => all + BigInt(amount), 0n);

/** The story as lines for a person. */
export const reportLines = (story: Story): string[] => {
  const { deposits, withdrawals, books, reconciled, checks } = story;
  const paid = ended(withdrawals, 'paid');
  const returned = ended(withdrawals, 'returned');
  const declined = ended(withdrawals, 'failed');
  const rejected = ended(withdrawals, 'rejected');
  const refused = withdrawals.filter(({ payout }) => payout === undefined);
  const amounts = (list: readonly { amount_minor: number | bigint }[]) =>
    lira(sum(list.map(({ amount_minor }) => amount_minor)));
  const rows: [string, string, string][] = [
    [
      'money in',
      lira(sum(deposits.wishes.map(({ amount }) => amount))),
      `${deposits.intents.length} deposits, ${deposits.troubled} of them with disturbed webhooks`,
    ],
    ['money out', amounts(paid), `${paid.length} withdrawals paid`],
    ['paid, then returned', amounts(returned), `${returned.length}, back in the wallet`],
    ['declined by the provider', amounts(declined), `${declined.length}, holds given back`],
    ['rejected by a person', amounts(rejected), `${rejected.length}, holds given back`],
    ['refused for funds', '–', `${refused.length}, nothing was held`],
    ['held now', lira(sumOf(books, 'users:', 'held')), ''],
    [
      'in wallets',
      lira(sumOf(books, 'users:')),
      `${[...books.accounts.keys()].filter((name) => name.startsWith('users:')).length} wallets`,
    ],
    ['owed by the provider', lira(-sumOf(books, 'psp:')), 'receivable, less its fees'],
    ['provider fees', lira(-sumOf(books, 'fees:')), ''],
  ];
  return [
    ...columns(rows),
    '',
    deposits.killed,
    '',
    ...columns(
      reconciled.injected.map(({ kind, operationId, expected }) => [
        `fault: ${kind}`,
        operationId,
        actionFor(story, expected, operationId),
      ]),
    ),
    ...columns(
      returned.map(({ operation }): [string, string, string] => {
        const operationId = operation?.operation_id ?? '';
        return [
          'no fault: a payout came back',
          operationId,
          actionFor(story, 'payout_returned', operationId),
        ];
      }),
    ),
    '',
    ...columns(checks.map(({ claim, holds, figures }) => [holds ? '✓' : '✗', claim, figures])),
  ];
};

/** What the operator is told to do about a finding. */
const actionFor = ({ reconciled }: Story, type: string, operationId: string): string => {
  const found = reconciled.findings.find(
    ({ finding_type, tx_id }) => finding_type === type && tx_id === operationId,
  );
  return found === undefined
    ? `${type}: NOT FOUND`
    : `${found.finding_type} (${found.severity}): ${found.action_sentence}`;
};

const columns = (rows: readonly (readonly [string, string, string])[]): string[] => {
  const width = (column: 0 | 1) => Math.max(0, ...rows.map((row) => row[column].length));
  const [first, second] = [width(0), width(1)];
  return rows.map(([a, b, c]) =>
    `  ${a.padEnd(first)}  ${/^[\d–-]/.test(b) ? b.padStart(second) : b.padEnd(second)}  ${c}`.trimEnd(),
  );
};
