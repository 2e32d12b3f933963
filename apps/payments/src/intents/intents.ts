import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import {
  absentIntent,
  decideIntent,
  evolveIntent,
  type ExistingIntent,
  type IntentCommand,
  type IntentEvent,
  intentEventFrom,
  type IntentRefusal,
  toStored,
} from '@defter/payments-domain';
import { appendEvents, CLOCK, loadStream, type Transaction } from '@defter/platform';
import type { Clock } from '@defter/kernel';
import { recordStep, type Step } from '../record-step.js';
import { updateIntentRow } from './intent-row.js';

export type IntentOutcome =
  | {
      readonly accepted: true;
      readonly intent: ExistingIntent;
      readonly version: bigint;
      readonly isNews: boolean;
    }
  | { readonly accepted: false; readonly refusal: IntentRefusal };

/** Runs commands on intents: lock, decide, append, and everything that commits with it. */
@Injectable()
export class Intents {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** Decides one command on the intent, alone until the end of the transaction. */
  async handle(
    tx: Transaction,
    tenant: Tenant,
    intentId: string,
    { command, actor }: { readonly command: IntentCommand; readonly actor: string },
  ): Promise<IntentOutcome> {
    const { version, events: past } = await loadStream(tx, tenant.id, intentId, { lock: true });
    const before = past.map((event) => intentEventFrom(event as never)).reduce(evolveIntent, absentIntent);
    const decision = decideIntent(command, before);
    if (!decision.accepted) return decision;
    const intent = decision.events.reduce(evolveIntent, before);
    if (intent.status === 'absent') throw new Error(`Nothing made the intent ${intentId}`);
    if (decision.events.length === 0) return { accepted: true, intent, version, isNews: false };
    const position = { tenantId: tenant.id, streamId: intentId, expectedVersion: version };
    const after = await appendEvents(tx, position, decision.events.map(toStored), actor);
    await updateIntentRow(tx, tenant.id, intent, after);
    await recordStep(tx, toStep(tenant, intent, after, decision.events));
    return { accepted: true, intent, version: after, isNews: true };
  }

  /** The time that commands carry. */
  now(): Date {
    return this.clock.now();
  }
}

const toStep = (
  tenant: Tenant,
  intent: ExistingIntent,
  version: bigint,
  events: readonly IntentEvent[],
): Step => {
  const { intentId, customerId, merchantReference, amountMinor, currency, metadata, operations, status } =
    intent;
  return {
    tenant,
    events,
    snapshot: {
      type: 'PaymentIntentChanged',
      ...{ id: intentId, version, status, customerId, merchantReference, amountMinor, currency, operations },
    },
    owner: { ownerId: intentId, customerId, reference: merchantReference, metadata },
    subject: { ownerId: intentId, customerId, amountMinor, currency },
  };
};
