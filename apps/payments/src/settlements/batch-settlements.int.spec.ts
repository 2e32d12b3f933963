import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MOVED, settling } from '../testing/settling.js';
import { TENANT, TestPayments, tokens } from '../testing/test-payments.js';
import { tellPaid } from '../testing/told.js';

let payments: TestPayments;
let at: ReturnType<typeof settling>;
beforeAll(async () => {
  payments = await TestPayments.start();
  at = settling(payments);
});
afterAll(() => payments.stop());

describe('a batch that the bank has credited', () => {
  it('is proposed, with its figures, and books nothing before a person approves it, once', async () => {
    await tellPaid(payments, { batchRef: 'B-100001' });
    const proposed = await at.one('B-100001');
    expect(proposed).toMatchObject({
      ...{ status: 'requested', reference: 'B-100001/TRY', amount_minor: 975, automatic: false },
      ...{ requested_by: 'service:reconciliation', bookings: [], fee_difference_minor: 0 },
      batch: { gross_minor: 1000, fees_minor: 25, net_minor: 975, bank_minor: 975, unlike_lines: 0 },
    });
    expect(await at.commandsOf(proposed.id)).toEqual([]);
    const codes = [];
    for (let nth = 0; nth < 2; nth++)
      codes.push((await at.approve(proposed.id, proposed.payload_hash)).status);
    expect(codes).toEqual([200, 409]);
    expect(await at.postingsOf(proposed.id)).toEqual([MOVED]);
  });

  it('is booked at once where the tenant says so, whatever is repeated', async () => {
    await at.settle('automatic');
    await tellPaid(
      payments,
      { batchRef: 'B-100002', grossMinor: '1025', netMinor: '1000', bankMinor: '1000' },
      'm1',
    );
    const booked = await at.one('B-100002');
    expect(booked).toMatchObject({ status: 'approved', approved_by: null, automatic: true });
    const again = { batchRef: 'B-100002', grossMinor: '1025', netMinor: '1000', bankMinor: '1000' };
    // The same message, and another one that says the same (a report that was issued again).
    await tellPaid(payments, again, 'm1');
    await tellPaid(payments, again, 'm2');
    await at.inbox('m2');
    await at.one('B-100002');
    expect(await at.postingsOf(booked.id)).toEqual(['bank:c_one psp:c_one:receivable 1000 TRY/2']);
    expect(await at.troubles('B-100002')).toEqual([]);
    await at.settle('proposed');
  });

  it('with another fee than was booked waits for a person, who books the difference', async () => {
    await at.settle('automatic');
    const figures = { grossMinor: '1100', feesMinor: '27', netMinor: '1073', bankMinor: '1073' };
    await tellPaid(payments, { batchRef: 'B-100003', ...figures });
    const proposed = await at.one('B-100003');
    expect(proposed).toMatchObject({ status: 'requested', fee_difference_minor: 2 });
    expect((await at.approve(proposed.id, proposed.payload_hash)).status).toBe(200);
    expect(await at.postingsOf(proposed.id)).toEqual([
      'bank:c_one psp:c_one:receivable 1073 TRY/2',
      'fees:provider psp:c_one:receivable 2 TRY/2',
    ]);
    await at.settle('proposed');
  });

  it('is not approved by whoever handed its files in, says the database, too', async () => {
    const figures = { grossMinor: '1200', netMinor: '1175', bankMinor: '1175' };
    await tellPaid(payments, { batchRef: 'B-100004', ...figures, handedInBy: ['ayse'] });
    const { id, payload_hash: hash } = await at.one('B-100004');
    expect(await at.approve(id, hash)).toMatchObject({
      status: 403,
      body: { code: 'approver-handed-it-in' },
    });
    const update = payments.rows(
      `update settlement set approved_by = 'ayse', approved_hash = $3, approved_at = now()
        where tenant_id = $1 and settlement_id = $2`,
      [TENANT, id, hash],
    );
    await expect(update).rejects.toThrow('settlement_not_by_its_evidence');
    expect((await at.approve(id, hash, tokens.mehmet)).status).toBe(200);
    expect(await at.commandsOf(id)).toHaveLength(1);
  });
});

describe('a batch that a person has asked for', () => {
  it.each(['B-200001', 'B-200002/TRY'])(
    'by the name %s is not settled twice, in whatever order',
    async (name) => {
      await at.settle('automatic');
      const batchRef = name.split('/')[0] ?? name;
      const amount = 2000 + Number.parseInt(batchRef.slice(-1), 10);
      const figures = { grossMinor: `${amount + 25}`, netMinor: `${amount}`, bankMinor: `${amount}` };
      const { body: asked } = await at.ask(name, amount);
      await tellPaid(payments, { batchRef, ...figures }, `m-${batchRef}`);
      await at.inbox(`m-${batchRef}`);
      expect(await at.commandsOf(asked.id)).toEqual([]);
      const all = (await at.listed()).filter(({ amount_minor }) => amount_minor === amount);
      expect(all.map(({ id }) => id)).toEqual([asked.id]);
      expect(await at.troubles(batchRef)).toEqual([]);
      await at.settle('proposed');
    },
  );

  it('after it was proposed, or booked, is the same one', async () => {
    const figures = { grossMinor: '3025', netMinor: '3000', bankMinor: '3000' };
    await tellPaid(payments, { batchRef: 'B-200003', ...figures });
    const { id } = await at.one('B-200003');
    expect(await at.ask('B-200003', 3000)).toMatchObject({ status: 201, body: { id, created: false } });
    expect(await at.ask('B-200003/TRY', 3000)).toMatchObject({ status: 201, body: { id, created: false } });
    expect(await at.ask('B-200003', 3001)).toMatchObject({
      ...{ status: 409, body: { code: 'settlement-reference-taken' } },
    });
  });

  it('at the same moment is settled once', async () => {
    const figures = { grossMinor: '4025', netMinor: '4000', bankMinor: '4000' };
    await Promise.all([
      ...Array.from({ length: 4 }, (_, nth) =>
        tellPaid(payments, { batchRef: 'B-200004', ...figures }, `r${nth}`),
      ),
      ...Array.from({ length: 4 }, () => at.ask('B-200004', 4000)),
    ]);
    for (const nth of [0, 1, 2, 3]) await at.inbox(`r${nth}`);
    await at.one('B-200004');
  });

  it('by another name is shown beside it, and nothing is booked without a person', async () => {
    await at.settle('automatic');
    const { body: asked } = await at.ask('FT-771', 5000);
    const figures = { grossMinor: '5025', netMinor: '5000', bankMinor: '5000' };
    await tellPaid(payments, { batchRef: 'B-200005', ...figures });
    expect(await at.one('B-200005')).toMatchObject({ status: 'requested', similar_to: asked.id });
    const named = { grossMinor: '5125', netMinor: '5100', bankMinor: '5100', bankReferences: ['FT-771'] };
    await tellPaid(payments, { batchRef: 'B-200006', ...named });
    expect(await at.one('B-200006')).toMatchObject({ status: 'requested', similar_to: asked.id });
    await at.settle('proposed');
  });
});

const NOTHING = '; nothing was booked on these figures';

describe('a batch whose figures are not right', () => {
  it.each([
    [
      'B-300001',
      { netMinor: '976', bankMinor: '976' },
      `its net is 9.76 TRY, gross less fees gives 9.75 TRY${NOTHING}`,
    ],
    ['B-300002', { bankMinor: '974' }, `its net is 9.75 TRY, the bank booked 9.74 TRY${NOTHING}`],
    [
      'B-300003',
      { grossMinor: '-975', feesMinor: '0', netMinor: '-975', bankMinor: '-975' },
      `its net is -9.75 TRY, which no bank credits${NOTHING}`,
    ],
    ['B-300004', { connectionId: 'c_two' }, 'the tenant has no connection c_two'],
  ])(
    '%s is refused and told to people, once; the right ones settle it and say so',
    async (batchRef, wrong, reason) => {
      await at.settle('automatic');
      await tellPaid(payments, { batchRef, ...wrong }, `w-${batchRef}`);
      await tellPaid(payments, { batchRef, ...wrong }, `w-${batchRef}`);
      await at.inbox(`w-${batchRef}`);
      const refused = { kind: 'settlement_refused', reason };
      expect(await at.troubles(batchRef)).toMatchObject([refused]);
      expect(await at.ofBatch(batchRef)).toEqual([]);
      await at.settle('proposed');
      if (batchRef === 'B-300004') return;
      await tellPaid(payments, { batchRef }, `v-${batchRef}`);
      await at.one(batchRef);
      expect(await at.troubles(batchRef)).toMatchObject([refused, { kind: 'settlement_taken' }]);
    },
  );

  it('is of other money than what was settled before: told to people, not booked', async () => {
    await at.settle('automatic');
    const figures = { grossMinor: '6025', netMinor: '6000', bankMinor: '6000' };
    await tellPaid(payments, { batchRef: 'B-300005', ...figures });
    const { id } = await at.one('B-300005');
    await tellPaid(
      payments,
      { batchRef: 'B-300005', grossMinor: '6015', netMinor: '5990', bankMinor: '5990' },
      'm9',
    );
    await at.inbox('m9');
    const reason = `settlement ${id} of it is of 60.00 TRY${NOTHING}`;
    expect(await at.troubles('B-300005')).toMatchObject([{ kind: 'settlement_refused', reason }]);
    expect(await at.postingsOf(id)).toEqual(['bank:c_one psp:c_one:receivable 6000 TRY/2']);
    await at.one('B-300005');
    await at.settle('proposed');
  });
});
