import { afterEach, describe, expect, it } from '@jest/globals';
import { type Booking, statementXml } from '../testing/bank.js';
import { Book, netOf, settlementText } from '../testing/book.js';
import { Stand } from '../testing/stand.js';

const stands: Stand[] = [];
afterEach(async () => {
  await Promise.all(stands.splice(0).map((stand) => stand.stop()));
});

/** Ten deposits on each date, settled and booked; what each date's lines add up to. */
const settled = async (...dates: readonly string[]): Promise<{ stand: Stand; sums: bigint[] }> => {
  const stand = await Stand.start();
  stands.push(stand);
  const sums: bigint[] = [];
  for (const [day, on] of dates.entries()) {
    const book = new Book(`d${day}`);
    for (let index = 0; index < 10; index++) book.add(index, { occurredAt: `${on}T10:00:00Z` });
    const ledger = book.ledger.map((event) => ({ ...event, sequence: event.sequence + day * 100 }));
    await stand.know(book.events(), ledger);
    stand.shelf.put(on, settlementText(on, book.lines));
    sums.push(book.lines.reduce((sum, line) => sum + netOf(line), 0n));
  }
  return { stand, sums };
};
const hear = async (stand: Stand, bookings: readonly Booking[], name = 'january.xml'): Promise<void> => {
  const answer = await stand.handIn('camt053', name, statementXml(name, bookings));
  expect([answer.status, answer.body]).toEqual([200, expect.objectContaining({ lines: bookings.length })]);
};
const open = async (stand: Stand): Promise<string[]> =>
  (await stand.findings('&status=open')).map(({ finding_type }) => finding_type).sort();
const matched = (stand: Stand) =>
  stand.database.database.query<Record<string, unknown>>(
    'select batch_ref, part, explanation, pass from batch_match order by batch_ref, part',
  );
const day = '2026-01-31';

describe('a batch and the bank', () => {
  it('fit by name and sum: nothing to say, and a second run adds nothing', async () => {
    const { stand, sums } = await settled(day);
    await hear(stand, [{ amount: sums[0] ?? 0n, on: '2026-02-01', text: `SETTLEMENT ${day} TRY` }]);
    expect(await stand.reconcile()).toMatchObject({ status: 'completed', counts: { findings: 0 } });
    expect(await matched(stand)).toEqual([{ batch_ref: day, part: 1, explanation: 'by-id', pass: 4 }]);
    const before = await stand.sizes();
    await stand.reconcile();
    expect(await stand.sizes()).toEqual(before);
  });

  it('differ by one kuruş: a finding with both sums, closed by a corrected statement', async () => {
    const { stand, sums } = await settled(day);
    const amount = sums[0] ?? 0n;
    await hear(stand, [{ amount: amount - 1n, on: '2026-02-01', text: `SETTLEMENT ${day}` }]);
    await stand.reconcile();
    const [finding] = await stand.findings('&status=open');
    expect(finding).toMatchObject({
      ...{ finding_type: 'batch_sum_mismatch', severity: 'HIGH', business_on: day },
      raw: { batch: { batchRef: day, net: `${amount}`, paid: `${amount - 1n}`, lines: 10 } },
    });
    await hear(stand, [{ amount, on: '2026-02-01', text: `SETTLEMENT ${day}` }]);
    await stand.reconcile();
    // The statement was final and came again: a person hears of that, too.
    expect(await open(stand)).toEqual(['report_reissued']);
  });

  it('in two parts: a finding until the second one comes', async () => {
    const { stand, sums } = await settled(day);
    const amount = sums[0] ?? 0n;
    const first = { amount: 10_000n, on: '2026-02-01', text: `SETTLEMENT ${day}` };
    await hear(stand, [first]);
    await stand.reconcile();
    expect(await open(stand)).toEqual(['batch_sum_mismatch']);
    await hear(stand, [{ ...first, amount: amount - 10_000n, on: '2026-02-02' }], 'february.xml');
    await stand.reconcile();
    expect(await open(stand)).toEqual([]);
    expect((await matched(stand)).map(({ part, explanation }) => [part, explanation])).toEqual([
      [1, 'in-parts'],
      [2, 'in-parts'],
    ]);
  });

  it('that stands in two statements counts once, in whatever order they come', async () => {
    const { stand, sums } = await settled(day);
    const half = { amount: (sums[0] ?? 0n) / 2n, on: '2026-02-01', text: `SETTLEMENT ${day}` };
    await hear(stand, [half], 'daily.xml');
    await stand.reconcile();
    expect(await open(stand)).toEqual(['batch_sum_mismatch']);
    await hear(stand, [half], 'monthly.xml');
    await stand.reconcile();
    expect(await open(stand)).toEqual(['batch_sum_mismatch']);
    expect((await matched(stand)).map(({ part, explanation }) => [part, explanation])).toEqual([
      [1, 'differs'],
    ]);
  });

  it('without a name: by the exact sum in the window; not a day later, not a kuruş more', async () => {
    const { stand, sums } = await settled(day);
    const amount = sums[0] ?? 0n;
    await hear(stand, [
      { amount, on: '2026-02-06' },
      { amount: amount + 1n, on: '2026-02-01' },
    ]);
    await stand.reconcile();
    expect(await open(stand)).toEqual([
      'bank_deposit_unmatched',
      'bank_deposit_unmatched',
      'late_settlement',
    ]);
    await hear(stand, [{ amount, on: '2026-02-05' }]);
    await stand.reconcile();
    expect(await matched(stand)).toMatchObject([{ explanation: 'sum-in-window' }]);
    expect(await open(stand)).toEqual(['report_reissued']);
  });

  it('two batches of one sum are ambiguous: nobody guesses', async () => {
    const { stand, sums } = await settled('2026-01-30', day);
    expect(sums[0]).toBe(sums[1]);
    await hear(stand, [{ amount: sums[0] ?? 0n, on: '2026-02-01' }]);
    await stand.reconcile();
    expect(await matched(stand)).toEqual([]);
    expect(await open(stand)).toEqual(['bank_deposit_unmatched', 'late_settlement', 'late_settlement']);
  });

  it('without any statement of the account nothing is late', async () => {
    const { stand } = await settled(day);
    await stand.reconcile();
    expect(await open(stand)).toEqual([]);
  });

  it('are each used once, by the database’s own rule', async () => {
    const { stand, sums } = await settled(day);
    await hear(stand, [{ amount: sums[0] ?? 0n, on: '2026-02-01', text: day }]);
    await stand.reconcile();
    const again = (changes: string) =>
      stand.database.database.query(
        `insert into batch_match select ${changes} from batch_match`.replace(
          '*',
          `tenant_id, file_id, line_number, line_key, provider, connection_id, batch_ref, currency, part,
             pass,
             rule_version, explanation, run_id`,
        ),
      );
    await expect(again('*')).rejects.toThrow('batch_match_pkey');
    const otherLine = `tenant_id, file_id, 99, line_key, provider, connection_id, batch_ref, currency, part,
      pass, rule_version, explanation, run_id`;
    await expect(again(otherLine)).rejects.toThrow('batch_match_tenant_id_provider');
  });
});
