/** What the ledger seems to refuse is believed only when nothing speaks against it. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { settling } from '../testing/settling.js';
import { type Answer, TENANT, TestPayments, tokens } from '../testing/test-payments.js';
import { ToldByLedger } from '../testing/told-by-ledger.js';

let payments: TestPayments;
let ledger: ToldByLedger;
let at: ReturnType<typeof settling>;
beforeAll(async () => {
  payments = await TestPayments.start(['http', 'worker'], { BOOKING_RETRY: '1s' });
  ledger = new ToldByLedger(payments);
  at = settling(payments);
});
afterEach(() => {
  payments.ledger.mood = 'well';
});
afterAll(() => payments.stop());

const approved = async (reference: string, amount: number) => {
  const { body: asked } = await at.ask(reference, amount);
  expect((await at.approve(asked.id, asked.payload_hash)).body.status).toBe('approved');
  return asked.id as string;
};
const seen = (id: string, expected: object): Promise<Answer['body']> =>
  eventually(
    async () => {
      const { body } = await payments.call('GET', `/v1/settlements/${id}`);
      expect(body).toMatchObject(expected);
      return body;
    },
    { timeoutMs: 30_000 },
  );
const stands = (id: string, amount: number, more: object = {}) =>
  payments.ledger.transactions.set(`settlement:${id}`, {
    ...{ id: amount, status: 'posted', reference: `settlement:${id}`, reverted: false },
    postings: [{ source: 'bank:c_one', destination: 'psp:c_one:receivable', amount, asset: 'TRY/2' }],
    ...more,
  });
const transactionOf = async (id: string) =>
  (
    await payments.rows<{ number: string }>(
      `select transaction_id::text as number from booking where owner_id = $1`,
      [id],
    )
  )[0]?.number;
const payout = () => {
  const body = { amount_minor: 100, currency: 'TRY', customer_id: '42', destination: 'acct_1' };
  return payments.call('POST', '/v1/payouts', { body, token: tokens.mehmet });
};

describe('an error of gRPC without a code of the ledger', () => {
  it('refuses no hold: whoever asks for the payout is told to come again', async () => {
    payments.ledger.mood = 'is behind a proxy that finds nothing';
    expect(await payout()).toMatchObject({ status: 503 });
    const open = `select payout_id from payout where status = 'reserving'`;
    expect(await payments.rows(open)).toHaveLength(1);
    payments.ledger.mood = 'well';
    await eventually(async () => expect(await payments.rows(open)).toEqual([]));
    const [kept] = await payments.rows<{ status: string }>('select status from payout');
    expect(kept?.status).toBe('in_review');
  });

  it('refuses no booking: it is asked for again', async () => {
    payments.ledger.mood = 'is behind a proxy that finds nothing';
    const id = await approved('proxy', 4100);
    const asked = `select from booking where owner_id = $1 and asks > 1 and state = 'requested'`;
    await eventually(async () => expect(await payments.rows(asked, [id])).toHaveLength(1), {
      timeoutMs: 30_000,
    });
    payments.ledger.mood = 'well';
    await seen(id, { status: 'approved', bookings: [{ state: 'booked' }] });
  });
});

describe('a key or a name that is used', () => {
  it.each(['idempotency-key-conflict', 'reference-taken'])(
    'by exactly what was asked for (%s) is booked, not refused',
    async (code) => {
      const amount = code === 'reference-taken' ? 4200 : 4300;
      const id = await approved(code, amount);
      stands(id, amount);
      await ledger.refused(`settlement:${id}`, code);
      await seen(id, { status: 'approved', bookings: [{ state: 'booked', refusal: null }] });
      expect(await transactionOf(id)).toBe(`${amount}`);
    },
  );

  it('by something else is a refusal, on Kafka and over gRPC', async () => {
    const id = await approved('other', 4400);
    stands(id, 4399);
    await ledger.refused(`settlement:${id}`);
    await seen(id, { status: 'refused' });
    payments.ledger.mood = 'has the key of something else';
    expect(await payout()).toMatchObject({ status: 422, body: { reason: 'idempotency-key-conflict' } });
  });

  it('by something else ends a booking without an answer, once the ledger is asked', async () => {
    payments.ledger.mood = 'has the key of something else';
    const id = await approved('foreign late', 7600);
    await seen(id, {
      ...{ status: 'refused', end_reason: 'idempotency-key-conflict', bookings: [{ state: 'refused' }] },
    });
  });

  it('by the very booking is found over gRPC, too', async () => {
    payments.ledger.mood = 'has the key of something else';
    const { body: asked } = await at.ask('late', 4500);
    stands(asked.id, 4500);
    await at.approve(asked.id, asked.payload_hash);
    await seen(asked.id, { status: 'approved', bookings: [{ state: 'booked' }] });
  });
});

describe('a ledger that was missing', () => {
  it('has refused nothing: the booking is asked for again', async () => {
    payments.ledger.mood = 'dies before holding';
    const id = await approved('missing', 4600);
    await ledger.refused(`settlement:${id}`, 'ledger-not-found');
    await eventually(async () =>
      expect(
        await payments.rows('select from inbox where message_id = $1', [`settlement:${id}:refused`]),
      ).toHaveLength(1),
    );
    await seen(id, { status: 'approved', bookings: [{ state: 'requested' }] });
    payments.ledger.mood = 'well';
    await seen(id, { status: 'approved', bookings: [{ state: 'booked' }] });
  });
});

describe('what the ledger books after it has refused it', () => {
  it('is counted and noted, once, and is told to people', async () => {
    const id = await approved('after all', 4700);
    await ledger.refused(`settlement:${id}`, 'account-closed');
    await seen(id, { status: 'refused' });
    const booked = await ledger.booked(`settlement:${id}`);
    await eventually(async () => expect(await transactionOf(id)).toBe(`${booked}`));
    await ledger.booked(`settlement:${id}`);
    const marker = await approved('marker', 4800);
    await ledger.booked(`settlement:${marker}`);
    await seen(marker, { bookings: [{ state: 'booked' }] });
    expect(await transactionOf(id)).toBe(`${booked}`);
    const metrics = await (await fetch(`${payments.instances[0]?.managementUrl}/metrics`)).text();
    expect(metrics).toMatch(
      /defter_payments_bookings_refused_total\{[^}]*code="booked-after-all"[^}]*\} 1$/m,
    );
    const reasons = (await at.troubles('after all')).map(({ reason }) => reason);
    expect(reasons).toEqual([
      expect.stringContaining(
        `the ledger refused the booking of settlement ${id}, of 47.00 TRY: account-closed`,
      ),
      `in the books after all is settlement ${id}: the ledger booked it as transaction ${booked}`,
    ]);
  });
});

describe('what processes of before heard of settlements', () => {
  const old = (id: string, change: string) =>
    payments.rows(
      `update booking set ${change}, answered_at = now(), ask_due_at = null
        where tenant_id = $1 and owner_id = $2`,
      [TENANT, id],
    );

  it('a refusal ends the settlement, and people are told', async () => {
    payments.ledger.mood = 'dies before holding';
    const id = await approved('old refusal', 5100);
    await old(id, `state = 'refused', refusal = 'account-closed'`);
    await seen(id, { status: 'refused', end_reason: 'account-closed' });
    expect(await at.troubles('old refusal')).toMatchObject([{ kind: 'settlement_refused' }]);
  });

  it('a booking without its transaction is looked for, and its reversal is noticed', async () => {
    payments.ledger.mood = 'dies before holding';
    const id = await approved('old booking', 5200);
    stands(id, 5200);
    await old(id, `state = 'booked', sequence = 9, transaction_id = null`);
    await eventually(async () => expect(await transactionOf(id)).toBe('5200'), { timeoutMs: 30_000 });
    await seen(id, { status: 'approved' });
    stands(id, 5200, { reverted: true, revertedBy: 6200 });
    await old(id, `state = 'booked'`);
    await seen(id, { status: 'reverted', reverted_by_transaction: 6200 });
  });

  it('a booking by its id alone is asked for again: the ledger knows its key', async () => {
    payments.ledger.mood = 'has the key of something else';
    const { body: asked } = await at.ask('old id', 5300);
    stands(asked.id, 5299);
    await at.approve(asked.id, asked.payload_hash);
    await old(asked.id, `state = 'booked', refusal = null, sequence = 9, transaction_id = null`);
    await seen(asked.id, { status: 'refused', end_reason: 'idempotency-key-conflict' });
  });
});
