import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger, Database, type Transaction } from '@defter/platform';
import { type TestDatabase, testDatabase } from '@defter/testing';
import { takeLateBookings } from './bookings/late-booking-row.js';
import { takeRefusedBookings } from './bookings/refused-booking-row.js';
import { listIntents } from './intents/intent.read.js';
import { findOperation } from './operations/operation.js';
import { leaseOperations, waitingLines } from './operations/operation-lease.js';
import { listRefunds } from './refunds/refund.read.js';
import { service } from './service.js';
import { PlanRecorder } from './testing/plan-recorder.js';
import {
  dueParkedEvents,
  PARKED_BATCH,
  parkEvent,
  takeOrphans,
  wakeParkedEvents,
} from './webhooks/parked-event-row.js';

const TENANT = 't_many';
const MANY = 100_000;
const line = { tenantId: TENANT, connectionId: 'c_1' };

let database: TestDatabase;
let admin: Database;
beforeAll(async () => {
  database = await testDatabase({ migrations: service.migrations as URL });
  const logger = createLogger('test', 'silent');
  admin = new Database({ url: database.adminUrl, name: 'admin', logger, poolSize: 1 });
  for (const seed of SEEDS) await admin.query(seed, [TENANT, MANY]);
  await admin.query('analyze');
});
afterAll(async () => {
  await admin.close();
  await database.stop();
});

/** One in a thousand is waiting; the rest is history, or orphans that nobody tries any more. */
const SEEDS = [
  `insert into parked_event (tenant_id, event_id, connection_id, operation_id, provider_ref, reason, event,
                             due_at, parked_at, reported_at)
   select $1, 'evt_' || n, 'c_' || n % 9, 'op_' || n, 'ref_' || n, 'unknown operation', '{}',
          case when n % 1000 = 0 then now() - interval '1 day' else 'infinity' end,
          now() - interval '40 days', case when n % 1000 > 0 then now() end
     from generate_series(1, $2::int) n`,
  `insert into operation (tenant_id, operation_id, owner_id, kind, provider, connection_id, customer_id,
                          amount_minor, currency, reference, metadata, result, provider_ref, next_step,
                          due_at)
   select $1, 'op_' || n, 'pi_' || n, 'sale', 'mock-psp', 'c_' || n % 9, 'c', 1, 'TRY', 'r', '{}',
          'succeeded',
          'ref_' || n, case when n % 100 = 0 then 'look_up' end, now() - n * interval '1 second'
     from generate_series(1, $2::int) n`,
  `insert into booking (tenant_id, booking_id, owner_id, kind, state, sequence, requested_at)
   select $1, 'b_' || n, 'pi_' || n, 'deposit', case when n % 1000 = 0 then 'requested' else 'booked' end,
          case when n % 1000 > 0 then n end, now() - interval '1 hour'
     from generate_series(1, $2::int) n`,
  `insert into outbox (tenant_id, message_id, topic, key, type, body, published_at)
   select $1, 'b_' || n, 't', 'k', 'x', '{}', now() - interval '1 hour' from generate_series(1, $2::int) n`,
  `insert into payment_intent (tenant_id, intent_id, merchant_reference, fingerprint, customer_id,
                               amount_minor, currency, status, state, version)
   select $1, 'pi_' || n, 'm_' || n, '', 'c_' || n % 500, 1, 'TRY', 'succeeded', '{}', 1
     from generate_series(1, $2::int) n`,
  `insert into refund (tenant_id, refund_id, intent_id, idempotency_key, fingerprint, amount_minor, currency,
                       status, state, version)
   select $1, 're_' || n, 'pi_' || n, 'k_' || n, '', 1, 'TRY', 'succeeded', '{}', 1
     from generate_series(1, $2::int) n`,
];

type Ask = (recorder: PlanRecorder) => Promise<unknown>;
const limit = 16;
const ASKS: readonly (readonly [string, Ask, string])[] = [
  [
    'operations that are due',
    ({ tx }) => leaseOperations(tx, line, { limit, leaseMs: 1 }),
    'operation_due_by_connection',
  ],
  ['connections where one is', (recorder) => waitingLines(recorder, [line]), 'operation_due_by_connection'],
  [
    'the operation of an event',
    ({ tx }) =>
      findOperation(tx, TENANT, {
        ...line,
        facts: { providerRef: 'ref_7', kind: 'sale', result: 'failed' } as never,
      }),
    'operation_by_provider_ref',
  ],
  ['parked events that are due', ({ tx }) => dueParkedEvents(tx, TENANT, 1), 'parked_event_to_try'],
  [
    'parked events of an operation',
    ({ tx }) => wakeParkedEvents(tx, TENANT, { ...line, operationId: 'op_7', providerRefs: ['ref_7'] }),
    'parked_event_by_operation',
  ],
  ['orphans to tell', ({ tx }) => takeOrphans(tx, TENANT, 1), 'parked_event_unreported'],
  ['refusals to tell again', ({ tx }) => takeRefusedBookings(tx, TENANT, 1), 'booking_refused'],
  ['bookings that are late', ({ tx }) => takeLateBookings(tx, TENANT, 1), 'booking_requested'],
  ['intents', (recorder) => listIntents(recorder, TENANT, { limit }), 'payment_intent_pkey'],
  [
    'intents of a customer',
    (recorder) => listIntents(recorder, TENANT, { customerId: 'c_7', limit }),
    'payment_intent_by_customer',
  ],
  ['refunds', (recorder) => listRefunds(recorder, TENANT, { limit }), 'refund_pkey'],
  [
    'refunds of an intent',
    (recorder) => listRefunds(recorder, TENANT, { intentId: 'pi_7', limit }),
    'refund_by_intent',
  ],
];

describe(`among ${MANY} rows`, () => {
  it.each(ASKS)('%s are found along an index', async (_what, ask, index) => {
    const recorder = new PlanRecorder(admin);
    await ask(recorder);
    expect(recorder.seqScans).toEqual([]);
    expect(recorder.indexes).toContain(index);
  });

  it('orphans that are tried no more are not in the index of the queue', async () => {
    const [sizes] = await admin.query<{ queue: number; all: number }>(
      `select pg_relation_size('parked_event_to_try')::int as queue,
              pg_relation_size('parked_event_pkey')::int as all`,
    );
    expect((sizes?.queue ?? 0) * 20).toBeLessThan(sizes?.all ?? 0);
  });
});

describe('of parked events that are due', () => {
  const event = (eventId: string, operationId: string) =>
    ({ eventId, connectionId: 'c_1', facts: { operationId, kind: 'sale', result: 'succeeded' } }) as never;
  const park = (tx: Transaction, name: string) =>
    parkEvent(tx, 't_few', event(name, `op_${name}`), {
      ...{ source: 'webhook', reason: 'unknown operation', mayFit: true },
    });

  it('those whose operation appeared are tried first, however many wait longer', async () => {
    const tried = await database.database.transaction(async (tx) => {
      for (let n = 0; n <= PARKED_BATCH; n++) await park(tx, `early-${n}`);
      await tx.query(`update parked_event set due_at = now() - interval '1 hour' where tenant_id = 't_few'`);
      await park(tx, 'late');
      await wakeParkedEvents(tx, 't_few', { operationId: 'op_late', connectionId: 'c_1', providerRefs: [] });
      return dueParkedEvents(tx, 't_few', 60_000);
    });
    expect(tried).toHaveLength(PARKED_BATCH);
    expect(tried.map(({ event: { eventId } }) => eventId)).toContain('late');
  });
});
