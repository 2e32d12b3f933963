import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChaosWorld, persistently, until } from '@defter/cli';

/** The ledger answers over gRPC; its worker, which hears Kafka, is a process of its own that stops. */
const WORKER = 1;
/** Long enough for the test to take a reference before the ledger is asked. */
const RETRY_MS = 5_000;

let world: ChaosWorld;
beforeAll(async () => {
  world = await ChaosWorld.start({
    roles: { ledger: ['http,grpc', 'worker'] },
    env: { BOOKING_RETRY: `${RETRY_MS}ms` },
  });
}, 180_000);
afterAll(() => world?.stop());

const worker = () => world.stack.service('ledger', WORKER);

interface Booking {
  readonly id: string;
  readonly state: string;
  readonly sequence: string | null;
  readonly refusal: string | null;
  readonly asks: number;
}
const bookingOf = async (operationId: string): Promise<Booking | undefined> => {
  const sql = `select booking_id as id, state, sequence::text, refusal, asks
    from booking where booking_id = $1`;
  return (await world.rows<Booking>('payments', sql, [`deposit:${operationId}`]))[0];
};
const answered = (operationId: string): Promise<Booking> =>
  until('the answer', async () => {
    const booking = await bookingOf(operationId);
    return booking === undefined || booking.state === 'requested' ? undefined : booking;
  });
/** As if the answer had gone to the dead letters. */
const loseAnswer = (operationId: string): Promise<unknown> =>
  world.rows(
    'payments',
    `update booking set state = 'requested', sequence = null, refusal = null, answered_at = null
      where booking_id = $1`,
    [`deposit:${operationId}`],
  );
const transactionsOf = (operationId: string): Promise<{ sequence: string }[]> =>
  world.rows('ledger', `select sequence::text from event where idempotency_key = $1 order by sequence`, [
    `deposit:${operationId}`,
  ]);
/** A deposit whose money has arrived; its booking is asked for. @returns its operation */
const deposit = async (customer: string): Promise<string> => {
  const { payments } = world.stage;
  const wish = {
    ...{ amount_minor: 1_000, currency: 'TRY', customer_id: customer, merchant_reference: customer },
    ...{ confirm: true, payment_method: 'tok_visa' },
  };
  const { id } = await persistently(() => payments.createIntent(wish, customer));
  return until('the charge', async () => {
    const { status, attempts } = await payments.intent(id);
    return status === 'succeeded' ? attempts[0]?.operation_id : undefined;
  });
};
/** The reference of the deposit's booking is taken in the ledger before it is asked for. */
const takeReference = (operationId: string): Promise<unknown> => {
  const { ledger, tenant } = world.stage;
  const postings = [{ source: 'world', destination: 'users:other:main', amount: 1, asset: 'TRY/2' }];
  return ledger.createTransaction(tenant.ledger, { postings, reference: operationId }, `took:${operationId}`);
};
/** The worker runs again and has read all that waited: what is asked for after it, it has answered. */
const workerCatchesUp = async (customer: string): Promise<void> => {
  await worker().start();
  for (let n = 0; ; n++) {
    const last = await answered(await deposit(`${customer}${n}`));
    if (last.asks === 0) return;
  }
};

describe('the answer of the ledger to a booking', () => {
  it('over gRPC is what it decided over Kafka before, and nothing is booked twice', async () => {
    const operationId = await deposit('kafka-first');
    const first = await answered(operationId);
    expect(first).toMatchObject({ state: 'booked', asks: 0 });
    await loseAnswer(operationId);
    const again = await answered(operationId);
    expect(again).toMatchObject({ state: 'booked', sequence: first.sequence });
    expect(again.asks).toBeGreaterThan(0);
    expect(await transactionsOf(operationId)).toEqual([{ sequence: first.sequence }]);
  }, 120_000);

  it('over Kafka is what it decided over gRPC before; a refusal is said again, both ways', async () => {
    await worker().stop();
    const refused = await deposit('refused');
    await takeReference(refused);
    const booked = await deposit('grpc-first');
    const first = await answered(booked);
    expect(first.state).toBe('booked');
    expect(first.asks).toBeGreaterThan(0);
    const refusal = await answered(refused);
    expect(refusal.state).toBe('refused');
    await workerCatchesUp('after');
    expect(await transactionsOf(booked)).toEqual([{ sequence: first.sequence }]);
    expect(await bookingOf(booked)).toEqual(first);
    expect(await bookingOf(refused)).toEqual(refusal);
    // The ledger's own answer to the message says the same.
    const told = await world.rows<{ body: string }>(
      'ledger',
      `select body from outbox where topic = 'defter.ledger.refusals.v1' and body like '%' || $1 || '%'`,
      [`deposit:${refused}`],
    );
    expect(told.map(({ body }) => (JSON.parse(body) as { code: string }).code)).toEqual([refusal.refusal]);
    expect(await transactionsOf(refused)).toEqual([]);
    await loseAnswer(refused);
    expect(await answered(refused)).toMatchObject({ state: 'refused', refusal: refusal.refusal });
  }, 120_000);
});
