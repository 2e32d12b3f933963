import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { settling } from '../testing/settling.js';
import { TestPayments, tokens } from '../testing/test-payments.js';
import { tellPaid } from '../testing/told.js';

let payments: TestPayments;
let at: ReturnType<typeof settling>;
beforeAll(async () => {
  payments = await TestPayments.start();
  at = settling(payments);
});
afterAll(() => payments.stop());

const MORE = { grossMinor: '1125', netMinor: '1100', bankMinor: '1100' };
/** The same net, and two more kept than was booked. */
const FEES = { grossMinor: '1002', feesMinor: '27' };

/** A batch that was proposed, and that a person has said no to. */
const rejected = async (batchRef: string, batch: object = {}) => {
  await tellPaid(payments, { batchRef, ...batch });
  const { id } = await at.one(batchRef);
  expect((await at.end('reject', id, tokens.ayse)).status).toBe(200);
  return id;
};
const told = async (batchRef: string, batch: object, id: string) => {
  await tellPaid(payments, { batchRef, ...batch }, id);
  await at.inbox(id);
};
const approved = async (batchRef: string) => {
  const { id, payload_hash: hash } = await at.one(batchRef);
  expect((await at.approve(id, hash)).status).toBe(200);
  return id;
};

describe('a credit of the bank that went to another settlement', () => {
  it.each([
    ['one credit', ['line-50'], 'B-50'],
    ['two credits, of which one went', ['line-51', 'line-52'], 'B-51'],
  ])('is in no second one when the first is asked for anew (%s)', async (_, bankLines, batchRef) => {
    // The names are the same; they must not matter.
    const bankReferences = [`FT-${batchRef}`];
    await rejected(batchRef, { bankLines, bankReferences });
    await tellPaid(payments, {
      ...{ batchRef: `${batchRef}-again`, ...MORE, bankReferences, bankLines: bankLines.slice(0, 1) },
    });
    const holder = await approved(`${batchRef}-again`);
    expect(await at.ask(batchRef)).toMatchObject({
      ...{ status: 409, body: { code: 'credit-settled', settlementId: holder } },
    });
    expect(await at.ofBatch(batchRef)).toHaveLength(1);
  });

  it('bars the approval of what a person asked for before the credit was known', async () => {
    const { body: asked } = await at.ask('B-53');
    await told('B-53-again', { ...MORE, bankLines: ['line-53'] }, 'm-53-again');
    const holder = await approved('B-53-again');
    await told('B-53', { bankLines: ['line-53'] }, 'm-53');
    const reason = expect.stringContaining(
      `what the bank credited for it is in settlement ${holder} already`,
    );
    expect(await at.troubles('B-53')).toMatchObject([{ kind: 'settlement_refused', reason }]);
    expect(await at.approve(asked.id, asked.payload_hash)).toMatchObject({
      ...{ status: 409, body: { code: 'credit-settled', settlementId: holder } },
    });
    expect(await at.commandsOf(asked.id)).toEqual([]);
  });

  it('is free again once that one was rejected, too', async () => {
    await rejected('B-54', { bankLines: ['line-54'] });
    await rejected('B-54-again', { ...MORE, bankLines: ['line-54'] });
    const { status, body: anew } = await at.ask('B-54');
    expect([status, anew.batch.reference]).toEqual([201, 'B-54']);
    expect((await at.approve(anew.id, anew.payload_hash)).status).toBe(200);
  });
});

describe('a batch that is asked for anew', () => {
  it('has the fees that were told last, also where the net is as it was', async () => {
    await rejected('B-60', { handedInBy: ['can'], bankLines: ['line-60'] });
    await told('B-60', { ...FEES, handedInBy: ['mehmet'], bankLines: ['line-60'] }, 'm-60');
    const { body: anew } = await at.ask('B-60');
    expect(await at.ask('B-60/TRY')).toMatchObject({ status: 201, body: { id: anew.id, created: false } });
    expect(anew).toMatchObject({ fee_difference_minor: 2, batch: { fees_minor: 27, gross_minor: 1002 } });
    const evidence = await payments.rows('select evidence_by from settlement where settlement_id = $1', [
      anew.id,
    ]);
    expect(evidence).toEqual([{ evidence_by: ['can', 'mehmet'] }]);
    expect((await at.approve(anew.id, anew.payload_hash)).status).toBe(200);
    expect(await at.postingsOf(anew.id)).toEqual([
      'bank:c_one psp:c_one:receivable 975 TRY/2',
      'fees:provider psp:c_one:receivable 2 TRY/2',
    ]);
  });

  it('is asked for once more when other figures come before the approval', async () => {
    await rejected('B-61', { bankLines: ['line-61'] });
    const { body: anew } = await at.ask('B-61');
    await told('B-61', { ...FEES, bankLines: ['line-61'] }, 'm-61');
    expect(await at.approve(anew.id, anew.payload_hash)).toMatchObject({
      ...{ status: 409, body: { code: 'batch-changed' } },
    });
    expect((await at.end('withdraw', anew.id, tokens.mehmet)).status).toBe(200);
    const { body: again } = await at.ask('B-61/TRY');
    expect(again).toMatchObject({ fee_difference_minor: 2, batch: { reference: 'B-61' } });
    expect((await at.approve(again.id, again.payload_hash)).status).toBe(200);
  });

  it('has its figures also after a mistyped amount that was withdrawn', async () => {
    const { body: typo } = await at.ask('B-62', 957);
    expect((await at.end('withdraw', typo.id, tokens.mehmet)).status).toBe(200);
    await told('B-62', { ...FEES, bankLines: ['line-62'] }, 'm-62');
    const { body: anew } = await at.ask('B-62');
    expect(anew).toMatchObject({ fee_difference_minor: 2, batch: { reference: 'B-62', net_minor: 975 } });
    const lines = await payments.rows('select line_key from settlement_bank_line where settlement_id = $1', [
      anew.id,
    ]);
    expect(lines).toEqual([{ line_key: 'line-62' }]);
  });

  it('is refused for another amount than its net', async () => {
    await rejected('B-63');
    await told('B-63', MORE, 'm-63');
    expect(await at.ask('B-63')).toMatchObject({
      ...{ status: 409, body: { code: 'batch-net-differs', netMinor: 1100 } },
    });
    const { body: anew } = await at.ask('B-63', 1100);
    expect(anew).toMatchObject({ created: true, batch: { reference: 'B-63', net_minor: 1100 } });
  });

  it('that doesn’t add up is what the person says, of whom nobody approves who handed it in', async () => {
    await told('B-64', { bankMinor: '974', handedInBy: ['ayse'], bankLines: ['line-64'] }, 'm-64');
    const { body: asked } = await at.ask('B-64', 974);
    expect(asked).toMatchObject({ created: true, batch: null, fee_difference_minor: 0 });
    expect(await at.approve(asked.id, asked.payload_hash)).toMatchObject({
      ...{ status: 403, body: { code: 'approver-handed-it-in' } },
    });
  });
});
