import { describe, expect, it } from '@jest/globals';
import { explanationOf } from '@defter/reconciliation-domain';
import { faultyBook } from '../testing/faults.js';
import { Stand } from '../testing/stand.js';

const SEEDS = Array.from({ length: 5 }, (_, index) => index + 1);

const MATCHES = `
  select m.explanation, m.leg, l.amount as line_amount, l.fee, l.currency as line_currency,
         o.amount, o.currency
    from match m join report_line l using (tenant_id, file_id, line_number)
    join operation o on o.tenant_id = m.tenant_id and o.operation_id = m.operation_id`;

/** The SQL's explanation of each pair is the domain's. */
const expectSameExplanations = async (stand: Stand): Promise<void> => {
  const rows = await stand.database.database.query<Record<string, string>>(MATCHES);
  expect(new Set(rows.map(({ explanation }) => explanation)).size).toBe(3);
  for (const { explanation, leg, line_amount, fee, line_currency, amount, currency } of rows) {
    const line = { amount: BigInt(line_amount ?? ''), fee: BigInt(fee ?? ''), currency: line_currency ?? '' };
    const operation = { amount: BigInt(amount ?? ''), currency: currency ?? '' };
    const same = line.currency === operation.currency && line.amount === operation.amount;
    const expected =
      explanationOf({ ...line, leg: leg as 'payment' }, operation) ?? (same ? 'exact' : 'differs');
    expect(explanation).toBe(expected);
  }
};

describe('findings against injected faults', () => {
  for (const seed of SEEDS) {
    it(`seed ${seed}: exactly the injected ones, and a second run adds nothing`, async () => {
      const stand = await Stand.start();
      try {
        const book = faultyBook(seed, 300);
        await stand.know(book.events(), book.ledger);
        stand.shelf.put('2026-01-31', book.text());
        const run = await stand.reconcile();
        expect(run).toMatchObject({ status: 'completed', failure: null });
        const findings = await stand.findings();
        const found = findings.map(
          ({ finding_type, tx_id, provider_ref }) => `${finding_type}:${tx_id ?? provider_ref}`,
        );
        expect(found.sort()).toEqual([...book.expected].sort());

        await expectSameExplanations(stand);

        const before = await stand.sizes();
        const again = await stand.reconcile();
        expect(again).toMatchObject({
          status: 'completed',
          counts: { raised: 0, changed: 0, auto_resolved: 0 },
        });
        expect(again.id).not.toBe(run.id);
        expect(await stand.sizes()).toEqual(before);
      } finally {
        await stand.stop();
      }
    });
  }
});
