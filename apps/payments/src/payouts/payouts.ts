import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import type { Clock } from '@defter/kernel';
import {
  absentPayout,
  type BookingRequested,
  decidePayout,
  evolvePayout,
  type ExistingPayout,
  type PayoutCommand,
  type PayoutEvent,
  payoutEventFrom,
  payoutReference,
  type PayoutRefusal,
  toStored,
} from '@defter/payments-domain';
import { appendEvents, CLOCK, CrashPoints, loadStream, type Transaction } from '@defter/platform';
import { markEndedAgain, markMadeGood } from '../bookings/booking.js';
import type { CrashPoint } from '../crash-points.js';
import { Funnel } from '../funnel/funnel.js';
import { bringForward, closeOperation, reopenOperation } from '../operations/operation.js';
import { payoutPlan } from '../publishing/booking-command.js';
import { recordStep, type Step } from '../record-step.js';
import { endUnsent } from './end-unsent.js';
import { insertApproval, insertRevision } from './payout-approval-row.js';
import { insertPayoutRow, updatePayoutRow } from './payout-row.js';

export type PayoutOutcome =
  | {
      readonly accepted: true;
      readonly payout: ExistingPayout;
      readonly version: bigint;
      readonly isNews: boolean;
    }
  | { readonly accepted: false; readonly refusal: PayoutRefusal };

interface Asked {
  readonly command: PayoutCommand;
  readonly actor: string;
  /** For a claim: when the ledger is asked again. */
  readonly retryMs?: number;
}

/** Runs commands on payouts: lock, decide, append, and everything that commits with it. */
@Injectable()
export class Payouts {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly crash: CrashPoints<CrashPoint>,
    private readonly funnel: Funnel,
  ) {}

  /** Decides one command on the payout, alone until the end of the transaction. */
  async handle(tx: Transaction, tenant: Tenant, payoutId: string, asked: Asked): Promise<PayoutOutcome> {
    const { version, events: past } = await loadStream(tx, tenant.id, payoutId, { lock: true });
    const before = past.map((event) => payoutEventFrom(event as never)).reduce(evolvePayout, absentPayout);
    const decision = decidePayout(asked.command, before);
    if (!decision.accepted) return decision;
    const payout = decision.events.reduce(evolvePayout, before);
    if (payout.status === 'absent') throw new Error(`Nothing made the payout ${payoutId}`);
    if (decision.events.length === 0) return { accepted: true, payout, version, isNews: false };
    const position = { tenantId: tenant.id, streamId: payoutId, expectedVersion: version };
    const after = await appendEvents(tx, position, decision.events.map(toStored), asked.actor);
    if (version === 0n)
      await insertPayoutRow(tx, tenant.id, payout, { version: after, retryMs: asked.retryMs ?? 0 });
    else await updatePayoutRow(tx, tenant.id, payout, after);
    await recordStep(tx, toStep(tenant, payout, after, decision.events));
    for (const event of decision.events) await recordPayoutEvent(tx, tenant.id, payout, event);
    await markEndedAgain(tx, tenant.id, asked.command, decision.events);
    if (decision.events.some(isLateDebit)) this.crash.reach('payout.before-late-debit');
    const now = this.now();
    const requestedAt = past[0]?.recordedAt ?? now;
    this.funnel.payout(tx, { before, after: payout, events: decision.events, requestedAt, now });
    return { accepted: true, payout, version: after, isNews: true };
  }

  /** The time that commands carry. */
  now(): Date {
    return this.clock.now();
  }
}

/** What only payouts leave behind beside their row. */
const recordPayoutEvent = async (
  tx: Transaction,
  tenantId: string,
  payout: ExistingPayout,
  event: PayoutEvent,
): Promise<void> => {
  if (event.type === 'PayoutClaimed' || event.type === 'PayoutRevised')
    await insertRevision(tx, tenantId, payout);
  if (event.type === 'PayoutApprovalGiven') await insertApproval(tx, tenantId, payout, event);
  if (event.type === 'BookingRefused' && event.holdEnd !== null)
    await markMadeGood(tx, tenantId, event.bookingId);
  const operationId = payout.operation?.operationId;
  if (operationId !== undefined) await queued[event.type]?.(tx, tenantId, operationId);
};

/** What an event means for the operation's place in the queue. */
const queued: Partial<
  Record<PayoutEvent['type'], (tx: Transaction, tenantId: string, operationId: string) => Promise<unknown>>
> = {
  PayoutCanceled: endUnsent,
  PayoutHeld: closeOperation,
  PayoutReleased: reopenOperation,
  PayoutRetryAsked: (...operation) => bringForward(...operation, 'send'),
  PayoutLookupAsked: (...operation) => bringForward(...operation, 'look_up'),
};

const isLateDebit = (event: PayoutEvent): boolean =>
  event.type === 'BookingRequested' && event.kind === 'late_debit';

const toStep = (
  tenant: Tenant,
  payout: ExistingPayout,
  version: bigint,
  events: readonly PayoutEvent[],
): Step => {
  const { payoutId, status, customerId, amountMinor, currency, operation, metadata } = payout;
  return {
    tenant,
    events,
    snapshot: {
      type: 'PayoutChanged',
      ...{ id: payoutId, version, status, customerId, amountMinor, currency },
      operations: operation === null ? [] : [operation],
    },
    ownerOf: () => ({ ownerId: payoutId, customerId, reference: payoutReference(payoutId), metadata }),
    subjectOf: (booking) => ({
      ...{ ownerId: payoutId, customerId, currency },
      plan: payoutPlan(booking as BookingRequested, payout),
    }),
  };
};
