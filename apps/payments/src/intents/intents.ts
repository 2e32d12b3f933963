import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import type { Clock } from '@defter/kernel';
import {
  absentIntent,
  decideIntent,
  evolveIntent,
  type ExistingIntent,
  type IntentCommand,
  type IntentEvent,
  intentEventFrom,
  type IntentRefusal,
  isForFunds,
  toStored,
} from '@defter/payments-domain';
import { appendEvents, CLOCK, loadStream, type Transaction } from '@defter/platform';
import { updateDebtRows } from '../debt-row.js';
import { markEndedAgain, markMadeGood } from '../bookings/booking.js';
import { Funnel } from '../funnel/funnel.js';
import { bringForward } from '../operations/operation.js';
import { recordStep } from '../record-step.js';
import { stopWaiting } from './waiting-attempt-row.js';
import { updateRefundRows } from '../refund-row.js';
import { updateIntentRow } from './intent-row.js';
import { toStep } from './intent-step.js';

export type IntentOutcome =
  | {
      readonly accepted: true;
      readonly intent: ExistingIntent;
      readonly version: bigint;
      readonly isNews: boolean;
    }
  | { readonly accepted: false; readonly refusal: IntentRefusal };

export interface Asked {
  readonly command: IntentCommand;
  readonly actor: string;
  /** Passed to the provider with a new capture or release. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Where the payer comes back to from a new attempt; told to the provider, and in no event. */
  readonly privateReturnUrl?: string | undefined;
}

/** Runs commands on intents: lock, decide, append, and everything that commits with it. */
@Injectable()
export class Intents {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly funnel: Funnel,
  ) {}

  /** Decides one command on the intent, alone until the end of the transaction. */
  async handle(tx: Transaction, tenant: Tenant, intentId: string, asked: Asked): Promise<IntentOutcome> {
    const { version, events: past } = await loadStream(tx, tenant.id, intentId, { lock: true });
    const before = past.map((event) => intentEventFrom(event as never)).reduce(evolveIntent, absentIntent);
    const decision = decideIntent(asked.command, before);
    if (!decision.accepted) return decision;
    const intent = decision.events.reduce(evolveIntent, before);
    if (intent.status === 'absent') throw new Error(`Nothing made the intent ${intentId}`);
    if (decision.events.length === 0) return { accepted: true, intent, version, isNews: false };
    const position = { tenantId: tenant.id, streamId: intentId, expectedVersion: version };
    const after = await appendEvents(tx, position, decision.events.map(toStored), asked.actor);
    await updateIntentRow(tx, tenant.id, intent, after);
    await updateRefundRows(tx, tenant.id, intent, after);
    await updateDebtRows(tx, tenant.id, intent);
    const { metadata = {}, privateReturnUrl } = asked;
    const happened = { events: decision.events, metadata, privateReturnUrl };
    await recordStep(tx, toStep(tenant, intent, after, happened));
    await markEndedAgain(tx, tenant.id, asked.command, decision.events);
    await wakeRunner(tx, tenant.id, decision.events);
    this.funnel.intent(tx, [before, intent], decision.events);
    return { accepted: true, intent, version: after, isNews: true };
  }

  /** The time that commands carry. */
  now(): Date {
    return this.clock.now();
  }
}

/** What is to be tried or looked up now, what waits for no payer any more, and whose refusal is made good. */
const wakeRunner = async (
  tx: Transaction,
  tenantId: string,
  events: readonly IntentEvent[],
): Promise<void> => {
  for (const event of events) {
    // It is owed as before, and asked for again: nobody is called, unless no money could help.
    if (event.type === 'DebtMoveRefused' && isForFunds(event.code))
      await markMadeGood(tx, tenantId, event.bookingId);
    if (event.type === 'AttemptAbandoned') await stopWaiting(tx, tenantId, event.operationId);
    if (event.type !== 'RetryAsked' && event.type !== 'LookupAsked') continue;
    const step = event.type === 'RetryAsked' ? 'send' : 'look_up';
    for (const operationId of event.operationIds) await bringForward(tx, tenantId, operationId, step);
  }
};
