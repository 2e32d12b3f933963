import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LedgerTopics } from '@defter/ledger-contracts';
import { toHeaders } from '@defter/platform';
import { settling } from '../testing/settling.js';
import { TENANT, TestPayments } from '../testing/test-payments.js';
import { tellPaid } from '../testing/told.js';

let payments: TestPayments;
let at: ReturnType<typeof settling>;
beforeAll(async () => {
  payments = await TestPayments.start();
  at = settling(payments);
});
afterAll(() => payments.stop());

describe('a proposal whose figures change before it is approved', () => {
  it('is renewed: it books the fee of now, and not by the hash of before', async () => {
    const money = { batchRef: 'B-110001', grossMinor: '8025', netMinor: '8000', bankMinor: '8000' };
    // Nothing matched yet: no fee is known to be booked.
    await tellPaid(payments, { ...money, bookedFeesMinor: '0', unlikeLines: 1, handedInBy: ['can'] }, 'q1');
    const before = await at.one('B-110001');
    expect(before).toMatchObject({ fee_difference_minor: 0, batch: { unlike_lines: 1 } });
    await tellPaid(payments, { ...money, bookedFeesMinor: '22', unlikeLines: 0 }, 'q2');
    await at.inbox('q2');
    const after = await at.one('B-110001');
    expect(after).toMatchObject({ id: before.id, status: 'requested', fee_difference_minor: 3 });
    expect(after).toMatchObject({ similar_to: null, batch: { unlike_lines: 0, booked_fees_minor: 22 } });
    const evidence = await payments.rows('select evidence_by from settlement where settlement_id = $1', [
      after.id,
    ]);
    expect(evidence).toEqual([{ evidence_by: ['can'] }]);
    // The same by another run is not news.
    await tellPaid(payments, { ...money, bookedFeesMinor: '22', unlikeLines: 0, runId: 'run_2' }, 'q3');
    await at.inbox('q3');
    expect((await at.approve(before.id, before.payload_hash)).status).toBe(409);
    expect((await at.approve(after.id, after.payload_hash)).status).toBe(200);
    const postings = [
      'bank:c_one psp:c_one:receivable 8000 TRY/2',
      'fees:provider psp:c_one:receivable 3 TRY/2',
    ];
    expect(await at.postingsOf(after.id)).toEqual(postings);
    // Approved, it stays as it was seen.
    await tellPaid(payments, { ...money, bookedFeesMinor: '25', unlikeLines: 0 }, 'q4');
    await at.inbox('q4');
    expect(await at.one('B-110001')).toMatchObject({
      payload_hash: after.payload_hash,
      fee_difference_minor: 3,
    });
    const change = payments.rows('update settlement set fee_difference_minor = 0 where settlement_id = $1', [
      after.id,
    ]);
    await expect(change).rejects.toThrow('is not changed any more');
  });

  it('becomes the one or the other when it is approved at the same moment', async () => {
    const money = { batchRef: 'B-110002', grossMinor: '8125', netMinor: '8100', bankMinor: '8100' };
    await tellPaid(payments, { ...money, unlikeLines: 1 }, 's1');
    const before = await at.one('B-110002');
    const [approval] = await Promise.all([
      at.approve(before.id, before.payload_hash),
      tellPaid(payments, { ...money, bookedFeesMinor: '20' }, 's2'),
    ]);
    await at.inbox('s2');
    const after = await at.one('B-110002');
    const approved = { status: 'approved', payload_hash: before.payload_hash, fee_difference_minor: 0 };
    const renewed = { status: 'requested', fee_difference_minor: 5 };
    expect(after).toMatchObject(approval.status === 200 ? approved : renewed);
    expect(await at.commandsOf(after.id)).toHaveLength(approval.status === 200 ? 1 : 0);
  });
});

const NOTHING = '; nothing was booked on these figures';

describe('a credit of the bank', () => {
  const figures = { grossMinor: '7025', netMinor: '7000', bankMinor: '7000' };

  it.each(['automatic', 'proposed'] as const)(
    'is settled once, whatever its batch is called later (%s)',
    async (mode) => {
      await at.settle(mode);
      const [first, second] = [`B-40-${mode}`, `B-41-${mode}`];
      const told = { ...figures, bankLines: [`line-${mode}-1`, `line-${mode}-2`] };
      await tellPaid(payments, { batchRef: first, ...told });
      const { id, automatic } = await at.one(first);
      // The report is issued again: other names, and one part of the credit more.
      await tellPaid(
        payments,
        { batchRef: second, ...told, bankLines: [`line-${mode}-2`, 'x'] },
        `n-${mode}`,
      );
      await at.inbox(`n-${mode}`);
      const reason = `what the bank credited for it is in settlement ${id} already${NOTHING}`;
      expect(await at.troubles(second)).toMatchObject([{ kind: 'settlement_refused', reason }]);
      expect(await at.ofBatch(second)).toEqual([]);
      expect(await at.commandsOf(id)).toHaveLength(automatic ? 1 : 0);
      await at.settle('proposed');
    },
  );

  it('is known, too, of a settlement that a person asked for by the batch’s name', async () => {
    const { body: asked } = await at.ask('B-420001', 7100);
    const told = { grossMinor: '7125', netMinor: '7100', bankMinor: '7100', bankLines: ['line-42'] };
    await tellPaid(payments, { batchRef: 'B-420001', ...told }, 'p1');
    await at.inbox('p1');
    await tellPaid(payments, { batchRef: 'B-420002', ...told }, 'p2');
    await at.inbox('p2');
    expect(await at.troubles('B-420001')).toEqual([]);
    const reason = `what the bank credited for it is in settlement ${asked.id} already${NOTHING}`;
    expect(await at.troubles('B-420002')).toMatchObject([{ reason }]);
  });

  it('that a person has settled by the bank’s name for it is not approved for its batch, too', async () => {
    const told = { grossMinor: '7525', netMinor: '7500', bankMinor: '7500', bankLines: ['line-45'] };
    await tellPaid(payments, { batchRef: 'B-450001', ...told, bankReferences: ['E2E-45'] });
    const batch = await at.one('B-450001');
    expect(batch.similar_to).toBeNull();
    const { body: asked } = await at.ask('E2E-45', 7500);
    expect(asked.similar_to).toBe(batch.id);
    expect((await at.approve(asked.id, asked.payload_hash)).status).toBe(200);
    expect(await at.approve(batch.id, batch.payload_hash)).toMatchObject({
      ...{ status: 409, body: { code: 'settlement-looks-booked', settlementId: asked.id } },
    });
    expect(await at.commandsOf(batch.id)).toEqual([]);
  });

  it('of the same amount as another one is approved where the bank’s lines of both are known', async () => {
    const told = { grossMinor: '7625', netMinor: '7600', bankMinor: '7600' };
    for (const day of ['1', '2']) {
      await tellPaid(payments, { batchRef: `B-46000${day}`, ...told, bankLines: [`line-46-${day}`] });
      const { id, payload_hash: hash } = await at.one(`B-46000${day}`);
      expect((await at.approve(id, hash)).status).toBe(200);
    }
  });

  it.each([
    ['amount', { grossMinor: '7225', netMinor: '7200', bankMinor: '7200' }, {}],
    ['bank reference', { grossMinor: '7325', netMinor: '7300', bankMinor: '7300' }, { by: 1 }],
  ])(
    'of the same %s as another batch’s waits for a person',
    async (what, told, { by = 0 }: { by?: number }) => {
      await at.settle('automatic');
      const [first, second] = [`B-43-${what}`, `B-44-${what}`];
      const bankReferences = [`FT-${what}`];
      await tellPaid(payments, { batchRef: first, ...told, bankReferences, bankLines: [`${what} 1`] });
      const { id } = await at.one(first);
      const more = { grossMinor: `${BigInt(told.grossMinor) + BigInt(by)}`, bankLines: [`${what} 2`] };
      const sum = `${BigInt(told.netMinor) + BigInt(by)}`;
      const other = { ...told, ...more, netMinor: sum, bankMinor: sum, ...(by > 0 && { bankReferences }) };
      await tellPaid(payments, { batchRef: second, ...other });
      expect(await at.one(second)).toMatchObject({ status: 'requested', similar_to: id });
      await at.settle('proposed');
    },
  );
});

describe('a settlement that the ledger refuses', () => {
  it('is told to people, once, as what is not settled in the books', async () => {
    const { body: asked } = await at.ask('FT-470001', 7700);
    expect((await at.approve(asked.id, asked.payload_hash)).status).toBe(200);
    const [command] = await payments.rows<{ message_id: string }>(
      `select message_id from outbox where subject = $1 and topic = 'defter.ledger.commands.v1'`,
      [asked.id],
    );
    const commandId = command?.message_id ?? '';
    const body = { ledger: 'main', commandId, commandType: 'CreateTransaction', code: 'ledger-closed' };
    const headers = (id: string) =>
      toHeaders({ id, type: 'x', source: 'ledger', tenantId: TENANT, time: new Date() });
    for (const id of ['once', 'twice'])
      await payments.messaging.publish([
        {
          ...{ topic: LedgerTopics.refusals.name, key: `${TENANT}/main`, headers: headers(`refused ${id}`) },
          value: JSON.stringify({ ...body, detail: 'closed' }),
        },
      ]);
    await at.inbox('refused twice');
    const what = `settlement ${asked.id}, of 77.00 TRY`;
    const NEXT = 'find out why, then a person asks for it anew by its name, and another one approves';
    const reason = `the ledger refused the booking of ${what}: ledger-closed; ${NEXT}`;
    expect(await at.troubles('FT-470001')).toMatchObject([{ kind: 'settlement_refused', reason }]);
  });
});
