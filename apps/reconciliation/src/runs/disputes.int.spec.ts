import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Book } from '../testing/book.js';
import { Stand } from '../testing/stand.js';

let stand: Stand;
beforeAll(async () => {
  stand = await Stand.start();
});
afterAll(() => stand.stop());

const HEAD =
  'created,currency,gross,fee,net,reporting_category,source_id,payment_intent_id,' +
  'payment_metadata[defter_operation]';
const row = (on: string, category: string, gross: string, source: string): string =>
  `${on} 12:00:00,usd,${gross},0.00,${gross},${category},${source},pi_1,op_s_1`;
const handIn = async (name: string, ...rows: readonly string[]): Promise<void> => {
  const answer = await stand.handIn('stripe', name, [HEAD, ...rows].join('\n'));
  expect(answer.body).toMatchObject({ outcome: 'new', lines: rows.length });
};

it('a dispute is no finding while it is open; won, it is one until its money has come back', async () => {
  const book = new Book('s');
  const common = { amountMinor: '10000', feeMinor: '0', currency: 'USD' };
  const sale = book.add(1, { ...common, providerRef: 'pi_1' });
  const dispute = book.add(2, { ...common, kind: 'chargeback', providerRef: 'dp_1', result: 'pending' });
  await stand.know(book.events(), book.ledger);
  const told = async (version: number, result: string): Promise<string[]> => {
    const events = book.events().filter(({ operations: [one] }) => one?.operationId === dispute.operationId);
    const operations = [{ ...dispute, result }];
    await stand.know(
      events.map((event) => ({ ...event, version, operations })),
      [],
    );
    await stand.reconcile();
    const findings = await stand.findings('&status=open');
    return findings.map(({ finding_type, tx_id }) => `${finding_type} ${tx_id}`).sort();
  };
  const pairs = () =>
    stand.database.database.query('select operation_id, leg from match order by operation_id, leg');
  await handIn(
    'january.csv',
    row('2026-01-31', 'charge', '100.00', 'ch_1'),
    row('2026-01-31', 'dispute', '-100.00', 'dp_1'),
  );
  expect(await told(2, 'pending')).toEqual([]);
  const [charge, taken] = [sale, dispute].map(({ operationId: operation_id }) => ({
    operation_id,
    leg: 'payment',
  }));
  expect(await pairs()).toEqual([charge, taken]);

  expect(await told(3, 'failed')).toEqual([`status_mismatch ${dispute.operationId}`]);
  await handIn('february.csv', row('2026-02-01', 'dispute_reversal', '100.00', 'dp_1'));
  expect(await told(4, 'failed')).toEqual([]);
  expect(await pairs()).toEqual([charge, taken, { operation_id: dispute.operationId, leg: 'return' }]);

  // Lost, its money can't have come back; lost and given back all the same, it has.
  expect((await told(5, 'succeeded')).filter((text) => text.startsWith('status'))).toEqual([
    `status_mismatch ${dispute.operationId}`,
  ]);
  expect((await told(6, 'returned')).filter((text) => text.startsWith('status'))).toEqual([]);
});
