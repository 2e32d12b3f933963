import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { settling } from '../testing/settling.js';
import { type Answer, TestPayments } from '../testing/test-payments.js';
import { tellPaid } from '../testing/told.js';
import { ToldByLedger } from '../testing/told-by-ledger.js';

let payments: TestPayments;
let ledger: ToldByLedger;
let at: ReturnType<typeof settling>;
beforeAll(async () => {
  payments = await TestPayments.start(['http', 'worker'], { BOOKING_RETRY: '1h' });
  ledger = new ToldByLedger(payments);
  at = settling(payments);
});
afterAll(() => payments.stop());

const settled = async (reference: string, amount: number) => {
  const { body: asked } = await at.ask(reference, amount);
  const { body: approved } = await at.approve(asked.id, asked.payload_hash);
  expect(approved.status).toBe('approved');
  return asked;
};
const until = (id: string, expected: object): Promise<Answer['body']> =>
  eventually(async () => {
    const { body } = await payments.call('GET', `/v1/settlements/${id}`);
    expect(body).toMatchObject(expected);
    return body;
  });
const kept = (transactionId: number) =>
  payments.rows('select from ledger_reversal where transaction_id = $1', [transactionId]);
const isForgotten = (transactionId: number) =>
  eventually(async () => expect(await kept(transactionId)).toEqual([]));

describe('a settlement that somebody reverts in the ledger', () => {
  it('says so, by which transaction, and people are told, once', async () => {
    const asked = await settled('rev-1', 6100);
    const booked = await ledger.booked(`settlement:${asked.id}`);
    await until(asked.id, { bookings: [{ state: 'booked' }] });
    const reversal = await ledger.reverted(booked);
    const body = await until(asked.id, {
      ...{ status: 'reverted', reverted_by_transaction: reversal, ended_by: 'ledger', approved_by: 'ayse' },
    });
    const why = `transaction ${reversal} reverted its transaction ${booked} in the ledger`;
    expect(body.end_reason).toBe(why);
    expect(await at.approve(asked.id, asked.payload_hash)).toMatchObject({
      ...{ status: 409, body: { code: 'settlement-reverted', reason: why } },
    });
    await ledger.reverted(booked, 'once more');
    await isForgotten(booked);
    const next = 'if that was a mistake, a person asks for it anew by its name; if not, close this finding';
    const reason = `not in the books any more is settlement ${asked.id}, of 61.00 TRY: ${why}; ${next}`;
    expect(await at.troubles('rev-1')).toMatchObject([{ kind: 'settlement_refused', reason }]);
  });

  it('is noticed also where the reversal is heard before the booking', async () => {
    const asked = await settled('rev-2', 6200);
    // The event of the booking comes late.
    const number = ledger.transaction([]).id + 1_000;
    const reversal = await ledger.reverted(number);
    const other = await settled('rev-3', 6300);
    await ledger.booked(`settlement:${other.id}`);
    await until(other.id, { bookings: [{ state: 'booked' }] });
    // What is kept waits for the booking that has no answer yet, and so for both of them.
    expect(await kept(number)).toHaveLength(1);
    const id = `settlement:${asked.id}`;
    const { source, destination } = { source: 'bank:c_one', destination: 'psp:c_one:receivable' };
    const postings = [{ source, destination, amount: '6200', asset: 'TRY/2' }];
    const transaction = { ...ledger.transaction(postings, { reference: id }), id: number };
    await ledger.did(id, { type: 'TransactionCreated', data: { transaction } });
    await until(asked.id, { status: 'reverted', reverted_by_transaction: reversal });
    await until(other.id, { status: 'approved' });
    await isForgotten(number);
  });

  it('is none where another transaction was reverted, or the same number of another ledger', async () => {
    const asked = await settled('rev-4', 6400);
    const booked = await ledger.booked(`settlement:${asked.id}`);
    await until(asked.id, { bookings: [{ state: 'booked' }] });
    const data = { transaction: ledger.transaction([]), revertedTransactionId: booked };
    await ledger.did('x', { ledger: 'other', type: 'TransactionReverted', data });
    await ledger.reverted(booked + 1_000);
    const marker = await settled('rev-5', 6500);
    await ledger.booked(`settlement:${marker.id}`);
    await until(marker.id, { bookings: [{ state: 'booked' }] });
    await isForgotten(booked + 1_000);
    await until(asked.id, { status: 'approved' });
    expect(await at.troubles('rev-4')).toEqual([]);
  });

  it('may be asked for anew by the same name, and a batch stays told until then', async () => {
    await tellPaid(payments, { batchRef: 'b-rev', grossMinor: '625', netMinor: '600', bankMinor: '600' });
    const batch = await at.one('b-rev');
    expect((await at.approve(batch.id, batch.payload_hash)).status).toBe(200);
    const booked = await ledger.booked(`settlement:${batch.id}`);
    await until(batch.id, { bookings: [{ state: 'booked' }] });
    await ledger.reverted(booked);
    await until(batch.id, { status: 'reverted' });
    const figures = { grossMinor: '625', netMinor: '600', bankMinor: '600', lines: 2 };
    await tellPaid(payments, { batchRef: 'b-rev', ...figures }, 'told-rev');
    await at.inbox('told-rev');
    expect((await at.one('b-rev')).status).toBe('reverted');
    expect((await at.troubles('b-rev')).map(({ kind }) => kind)).toEqual([
      ...['settlement_refused', 'settlement_refused'],
    ]);
    const { body: anew } = await at.ask('b-rev', 600);
    expect(anew).toMatchObject({ created: true, batch: { reference: 'b-rev' } });
    expect((await at.approve(anew.id, anew.payload_hash)).status).toBe(200);
    expect(await at.commandsOf(anew.id)).toHaveLength(1);
  });
});
