import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@defter/platform';
import { eventually } from '@defter/testing';
import { settling } from '../testing/settling.js';
import { type Answer, TestPayments, tokens } from '../testing/test-payments.js';
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

const figures = (net: number, more: object = {}) => ({
  ...{ grossMinor: `${net + 25}`, netMinor: `${net}`, bankMinor: `${net}`, ...more },
});
const until = (id: string, expected: object): Promise<Answer['body']> =>
  eventually(async () => {
    const { body } = await payments.call('GET', `/v1/settlements/${id}`);
    expect(body).toMatchObject(expected);
    return body;
  });
const isGone = (transactionId: number) =>
  eventually(async () =>
    expect(
      await payments.rows('select from ledger_reversal where transaction_id = $1', [transactionId]),
    ).toEqual([]),
  );
const told = async (batchRef: string, batch: object, id: string) => {
  await tellPaid(payments, { batchRef, ...batch }, id);
  await at.inbox(id);
};
const kinds = async (batchRef: string) =>
  (await at.troubles(batchRef)).map(({ kind }) => kind.replace('settlement_', ''));
const reasons = (batchRef: string, expected: readonly unknown[]) =>
  eventually(async () => expect((await at.troubles(batchRef)).map(({ reason }) => reason)).toEqual(expected));
/** Approved, and booked by the ledger. @returns the number of its transaction */
const book = async ({ id, payload_hash: hash }: Answer['body']) => {
  expect((await at.approve(id, hash)).status).toBe(200);
  const transaction = await ledger.booked(`settlement:${id}`);
  await until(id, { bookings: [{ state: 'booked' }] });
  return transaction;
};
const batchOf = async (batchRef: string, net: number, more: object = {}) => {
  await tellPaid(payments, { batchRef, ...figures(net, more) });
  return at.one(batchRef);
};
/** Booked, and reverted in the ledger. @returns the settlement's id and the reversal's number */
const reverted = async (batchRef: string, net: number, more: object = {}) => {
  const batch = await batchOf(batchRef, net, more);
  const reversal = await ledger.reverted(await book(batch));
  await until(batch.id, { status: 'reverted' });
  return { id: batch.id as string, reversal };
};

describe('the finding of a batch that is not in the books any more', () => {
  it('closes when its successor is booked, and not because somebody asks for one', async () => {
    await reverted('T-1', 5_100);
    await told('T-1', figures(5_100, { lines: 2 }), 't-1a');
    const { body: anew } = await at.ask('T-1', 5_100);
    await told('T-1', figures(5_100, { lines: 3 }), 't-1b');
    expect(await kinds('T-1')).toEqual(['refused', 'refused']);
    expect((await at.end('withdraw', anew.id, tokens.mehmet)).status).toBe(200);
    // Nothing of it is in the books: that isn't what they said no to.
    await told('T-1', figures(5_100, { lines: 4 }), 't-1c');
    expect(await kinds('T-1')).toEqual(['refused', 'refused', 'refused']);
    const { body: last } = await at.ask('T-1', 5_100);
    expect((await at.approve(last.id, last.payload_hash)).status).toBe(200);
    await told('T-1', figures(5_100, { lines: 5 }), 't-1d');
    expect(await kinds('T-1')).toEqual(['refused', 'refused', 'refused']);
    await ledger.booked(`settlement:${last.id}`);
    await eventually(async () => expect((await kinds('T-1')).slice(3)).toEqual(['taken']));
  });

  it('closes also where no message comes meanwhile, and of what a person asked for', async () => {
    await reverted('T-2', 5_200);
    await book((await at.ask('T-2', 5_200)).body);
    const { body: asked } = await at.ask('T-3', 5_300);
    await at.approve(asked.id, asked.payload_hash);
    await ledger.refused(`settlement:${asked.id}`, 'ledger-closed');
    await until(asked.id, { status: 'refused' });
    await book((await at.ask('T-3', 5_300)).body);
    for (const name of ['T-2', 'T-3'])
      await eventually(async () => expect(await kinds(name)).toEqual(['refused', 'taken']));
  });

  it('of which another net was told stays while there is only a request', async () => {
    const { id } = await batchOf('T-4', 5_400);
    await at.end('reject', id, tokens.ayse);
    await told('T-4', figures(5_401), 't-4a');
    const { body: anew } = await at.ask('T-4', 5_401);
    await told('T-4', figures(5_401, { runId: 'run_2' }), 't-4b');
    expect(await kinds('T-4')).toEqual(['refused']);
    await book(anew);
    await eventually(async () => expect(await kinds('T-4')).toEqual(['refused', 'taken']));
  });
});

describe('a settlement whose reversal is reverted', () => {
  it('stands in the books again: people are told, and none is approved in its place', async () => {
    const { id, reversal } = await reverted('T-10', 6_100);
    const { body: anew } = await at.ask('T-10', 6_100);
    const second = await ledger.reverted(reversal);
    await until(id, { status: 'reverted', reinstated_by_transaction: second });
    const why = `transaction ${second} reverted transaction ${reversal}`;
    const again = `in the books again is settlement ${id}, of 61.00 TRY: ${why}`;
    await reasons('T-10', [
      expect.anything(),
      `${again}; it is settled, and nothing may be booked in its place`,
    ]);
    const barred = { status: 409, body: { code: 'settlement-stands-again', settlementId: id } };
    expect(await at.approve(anew.id, anew.payload_hash)).toMatchObject(barred);
    expect((await at.end('withdraw', anew.id, tokens.mehmet)).status).toBe(200);
    expect(await at.ask('T-10', 6_100)).toMatchObject(barred);
    // It is settled: a message about it is no news.
    await told('T-10', figures(6_100, { lines: 2 }), 't-10');
    expect(await kinds('T-10')).toEqual(['refused', 'refused']);
    // And it is out of the books once more.
    const third = await ledger.reverted(second);
    await until(id, { status: 'reverted', reinstated_by_transaction: null });
    await reasons('T-10', [
      ...[expect.anything(), expect.anything()],
      expect.stringContaining(
        `not in the books any more is settlement ${id}, of 61.00 TRY: transaction ${third} reverted`,
      ),
    ]);
    await book((await at.ask('T-10', 6_100)).body);
    await eventually(async () => expect((await kinds('T-10')).at(-1)).toBe('taken'));
  });

  it('beside one that is approved in its place is told with that one’s name', async () => {
    const { id, reversal } = await reverted('T-11', 6_200);
    const { body: anew } = await at.ask('T-11', 6_200);
    await book(anew);
    await eventually(async () => expect(await kinds('T-11')).toEqual(['refused', 'taken']));
    const second = await ledger.reverted(reversal);
    const why = `transaction ${second} reverted transaction ${reversal}`;
    const again = `in the books again is settlement ${id}, of 62.00 TRY: ${why}`;
    await reasons('T-11', [
      ...[expect.anything(), expect.anything()],
      `${again}; settlement ${anew.id} was approved in its place: one of them must be reverted`,
    ]);
    // A message doesn't close that.
    await told('T-11', figures(6_200, { lines: 2 }), 't-11');
    expect(await kinds('T-11')).toEqual(['refused', 'taken', 'refused']);
    await ledger.reverted(second);
    await eventually(async () => expect((await kinds('T-11')).at(-1)).toBe('taken'));
  });

  it('keeps its credit from a batch under another name', async () => {
    const { id, reversal } = await reverted('T-12', 6_300, { bankLines: ['t-12'] });
    const renamed = await batchOf('T-13', 6_301, { bankLines: ['t-12'] });
    await ledger.reverted(reversal);
    await until(id, { reinstated_by_transaction: expect.any(Number) });
    expect(await at.approve(renamed.id, renamed.payload_hash)).toMatchObject({
      ...{ status: 409, body: { code: 'settlement-stands-again', settlementId: id } },
    });
    await at.settle('automatic');
    await told('T-14', figures(6_302, { bankLines: ['t-12'] }), 't-14');
    expect(await at.ofBatch('T-14')).toEqual([]);
    await at.settle('proposed');
  });

  it('is noticed however fast it goes, and whatever comes twice', async () => {
    const logger = payments.instances[0]?.get(Logger) as Logger;
    const alarms = jest.spyOn(logger, 'error');
    const batch = await batchOf('T-15', 6_500);
    const number = await book(batch);
    const reversal = await ledger.reverted(number, 'first');
    const second = await ledger.reverted(reversal, 'second');
    await until(batch.id, { status: 'reverted', reinstated_by_transaction: second });
    await ledger.reverted(number, 'first');
    await isGone(number);
    await isGone(reversal);
    await until(batch.id, { reinstated_by_transaction: second });
    expect(await kinds('T-15')).toEqual(['refused', 'refused']);
    const own = alarms.mock.calls.filter(([, more]) => JSON.stringify(more).includes(batch.id));
    expect(own.map(([what]) => what)).toEqual([
      'A settlement was reverted in the ledger',
      'A settlement stands in the books again',
    ]);
    alarms.mockRestore();
  });
});
