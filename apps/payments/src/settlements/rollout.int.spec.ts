/** What processes of the release before 0042 ask of the database while the new ones start. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@defter/kernel';
import { settling } from '../testing/settling.js';
import { TENANT, TestPayments, tokens } from '../testing/test-payments.js';
import { tellPaid } from '../testing/told.js';

let payments: TestPayments;
let at: ReturnType<typeof settling>;
beforeAll(async () => {
  payments = await TestPayments.start();
  at = settling(payments);
});
afterAll(() => payments.stop());

/** Word for word, but for spaces. */
const INSERT = `insert into settlement (tenant_id, settlement_id, connection_id, reference, amount_minor,
                             currency, requested_by, payload_hash, batch_ref, batch, fee_difference_minor,
                             evidence_by, similar_to, automatic, approved_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, case when $14 then now() end)
     on conflict (tenant_id, connection_id, reference) do nothing returning settlement_id`;
const RENEW = `update settlement set batch = $3, fee_difference_minor = $4, evidence_by = $5, similar_to = $6,
                           payload_hash = $7
      where tenant_id = $1 and settlement_id = $2 and batch_ref is not null and approved_at is null
     returning settlement_id`;

const OTHER_HASH = 'a'.repeat(64);
const FIGURES = JSON.stringify({
  ...{ grossMinor: '1000', feesMinor: '25', otherMinor: '0', netMinor: '975', bookedFeesMinor: '18' },
  ...{ lines: 1, unlikeLines: 0, bankReferences: [], lastOn: '2026-02-01', handedInBy: [], runId: 'run_0' },
});
const insert = (id: string, reference: string, batchRef: string | null = null) =>
  payments.rows(INSERT, [
    ...[TENANT, id, 'c_one', reference, 975, 'TRY', 'service:reconciliation', 'hash', batchRef],
    ...[batchRef === null ? null : FIGURES, 0, [], null, false],
  ]);
const renew = (id: string) => payments.rows(RENEW, [TENANT, id, FIGURES, 7, ['can'], null, OTHER_HASH]);
const view = async (id: string) => (await payments.call('GET', `/v1/settlements/${id}`)).body;

describe('a process of the release before', () => {
  it('asks for a settlement, once per name', async () => {
    const id = newId('st');
    expect(await insert(id, 'old-1', 'old-1')).toHaveLength(1);
    expect(await insert(newId('st'), 'old-1', 'old-1')).toEqual([]);
    expect(await at.ask('old-1')).toMatchObject({ body: { id, created: false } });
  });

  it('asks for it again where the one of that name has ended, which is still shown by it', async () => {
    const { body: first } = await at.ask('old-2');
    await at.end('withdraw', first.id, tokens.mehmet);
    const id = newId('st');
    expect(await insert(id, 'old-2')).toHaveLength(1);
    expect(await view(first.id)).toMatchObject({ status: 'withdrawn', reference: 'old-2' });
    expect(await at.ask('old-2')).toMatchObject({ body: { id, created: false } });
  });

  it('gives what has ended, or a person asked for anew, no other figures, and doesn’t fail', async () => {
    await tellPaid(payments, { batchRef: 'old-4' });
    const proposed = await at.one('old-4');
    await at.end('reject', proposed.id, tokens.ayse);
    const { body: anew } = await at.ask('old-4');
    for (const { id } of [proposed, anew]) {
      const before = await view(id);
      expect(await renew(id)).toEqual([]);
      expect(await view(id)).toEqual(before);
    }
  });

  it('renews what reconciliation asked for, and never what is approved', async () => {
    await tellPaid(payments, { batchRef: 'old-5' });
    const { id } = await at.one('old-5');
    expect(await renew(id)).toHaveLength(1);
    expect((await at.approve(id, OTHER_HASH)).status).toBe(200);
    expect(await renew(id)).toEqual([]);
    const change = payments.rows('update settlement set payload_hash = $1 where settlement_id = $2', [
      'x',
      id,
    ]);
    await expect(change).rejects.toThrow('is not changed any more');
  });
});
