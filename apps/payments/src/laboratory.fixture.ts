import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { type LedgerCommandV1, LedgerTopics } from '@defter/ledger-contracts';
import type { OperationState } from '@defter/payments-domain';
import {
  CrashPoints,
  Database,
  Lifecycle,
  Logger,
  Messaging,
  Metrics,
  type OutgoingRecord,
  OutboxRelay,
  runLaboratory,
  type Transaction,
} from '@defter/platform';
import { markBooked } from './bookings/booking-row.js';
import { type Asked, type IntentOutcome, Intents } from './intents/intents.js';
import { LedgerClient } from './ledger-client.js';
import { type Heard, Observations } from './observations.js';
import type { LeasedOperation } from './operations/operation-lease.js';
import { type OpenLine, Outbound } from './operations/outbound.js';
import { service } from './service.js';

// Payments with one bug of the menu, for tests that show that the comparison of the books finds it.

/** What became unknown is sent again, under another key, in place of being asked about. */
class ResendingOutbound extends Outbound {
  override async open(tenant: Tenant, held: LeasedOperation): Promise<OpenLine | undefined> {
    const line = await super.open(tenant, held);
    if (line === undefined || held.step === 'send') return line;
    const { operationId } = held.call;
    const call = { ...held.call, operationId: `${operationId}x${held.leaseNumber}` };
    const again = async () => {
      const report = await line.call({ ...held, step: 'send', call });
      return { ...report, observation: { ...report.observation, operationId } };
    };
    return { ...line, call: again };
  }
}

/** The answer writes the state that it says over whatever came meanwhile; and it comes late. */
class OverwritingObservations extends Observations {
  override async apply(tx: Transaction, tenant: Tenant, heard: Heard): Promise<OperationState> {
    const { source, result } = heard.observation;
    if (source !== 'answer') return super.apply(tx, tenant, heard);
    await sleep(400);
    const operation = await super.apply(tx, tenant, heard);
    if (result !== 'pending') return operation;
    const key = [tenant.id, heard.ownerId];
    await tx.query(
      "update payment_intent set status = 'processing' where tenant_id = $1 and intent_id = $2",
      key,
    );
    await tx.query("update payout set status = 'in_transit' where tenant_id = $1 and payout_id = $2", key);
    return operation;
  }
}

/** A part of a debt is taken before it is noted, each try under a key of its own. */
@Injectable()
class HastyIntents extends Intents {
  @Inject(LedgerClient) private readonly ledger!: LedgerClient;

  override async handle(
    tx: Transaction,
    tenant: Tenant,
    intentId: string,
    asked: Asked,
  ): Promise<IntentOutcome> {
    const outcome = await super.handle(tx, tenant, intentId, asked);
    if (asked.command.type !== 'CollectDebt' || !outcome.accepted || !outcome.isNews) return outcome;
    const [sent] = await tx.query<{ id: string; body: string }>(
      `delete from outbox
        where position = (select max(position) from outbox where subject = $1 and topic = $2)
       returning message_id as id, body`,
      [intentId, LedgerTopics.commands.name],
    );
    if (sent === undefined) throw new Error('A part of a debt asks the ledger for nothing');
    const command = JSON.parse(sent.body) as LedgerCommandV1;
    const key = `${sent.id}/${randomUUID()}`;
    const answer = await this.ledger.book(tenant, key, { ...command, reference: key });
    if (!answer.booked) throw new Error(`The ledger refused a part of a debt: ${answer.code}`);
    const { sequence, transactionId } = answer;
    await markBooked(tx, tenant.id, [{ bookingId: sent.id, sequence, transactionId, effect: null }]);
    return outcome;
  }
}

/** Another way to publish, in the outbox relay only. */
const relayThat = (publish: (records: readonly OutgoingRecord[], real: Real) => Promise<void>) => ({
  provide: OutboxRelay,
  inject: [Database, Messaging, Lifecycle, Logger, Metrics, CrashPoints],
  // One parameter per injected thing is Nest's form of a factory.
  useFactory: (
    ...[database, real, lifecycle, logger, metrics, crash]: [
      Database,
      Messaging,
      Lifecycle,
      Logger,
      Metrics,
      CrashPoints,
    ]
  ) => {
    const messaging = Object.assign(Object.create(real) as Messaging, {
      publish: (records: readonly OutgoingRecord[]) => publish(records, { messaging: real, database }),
    });
    const relay = new OutboxRelay({ database, messaging, logger, metrics, crash });
    lifecycle.register(relay);
    return relay;
  },
});

interface Real {
  readonly messaging: Messaging;
  readonly database: Database;
}

/** The inbox as a memory that outlives the process. */
const REMEMBER = `insert into inbox (tenant_id, consumer, message_id) values ($1, 'laboratory', $2)
  on conflict do nothing returning message_id`;

/** Each publication of a booking has a key of its own: what is published twice is booked twice. */
const keyPerPublication = async (records: readonly OutgoingRecord[], real: Real): Promise<void> => {
  const sent: OutgoingRecord[] = [];
  for (const record of records) {
    const { ce_id: id = '', ce_tenantid: tenantId = '' } = record.headers;
    const isFirst = (await real.database.query(REMEMBER, [tenantId, id])).length === 1;
    const isBooking = record.topic === LedgerTopics.commands.name;
    sent.push(isFirst || !isBooking ? record : underAnotherKey(record));
  }
  await real.messaging.publish(sent);
};

const underAnotherKey = (record: OutgoingRecord): OutgoingRecord => {
  const { reference: _, ...body } = JSON.parse(String(record.value)) as { reference?: string };
  return {
    ...record,
    value: JSON.stringify(body),
    headers: { ...record.headers, ce_id: randomUUID() },
  };
};

/** The relay notes as published what it has yet to send. */
const markBeforeSend = (records: readonly OutgoingRecord[], { messaging }: Real): Promise<void> => {
  void sleep(500).then(() => messaging.publish(records));
  return Promise.resolve();
};

await runLaboratory(service, {
  'resend-without-look-up': [{ provide: Outbound, useClass: ResendingOutbound }],
  'answer-overwrites': [{ provide: Observations, useClass: OverwritingObservations }],
  'part-before-note': [{ provide: Intents, useClass: HastyIntents }],
  'booking-key-per-publication': [relayThat(keyPerPublication)],
  'mark-before-send': [relayThat(markBeforeSend)],
});
