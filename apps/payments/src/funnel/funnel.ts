import { Injectable } from '@nestjs/common';
import type {
  ExistingIntent,
  ExistingPayout,
  IntentEvent,
  PaymentIntent,
  Payout,
  PayoutEvent,
} from '@defter/payments-domain';
import { Metrics, type Transaction } from '@defter/platform';
import { Providers } from '../providers.js';
import { intentSteps, payoutSteps } from './funnel-steps.js';

/** From a minute to a week; the objective of payouts counts those within a day (86,400). */
const PAYOUT_BUCKETS = [60, 300, 900, 3_600, 14_400, 43_200, 86_400, 172_800, 259_200, 604_800];

/** A step of a payout with the time when it was asked for. */
export interface PayoutChange {
  readonly before: Payout;
  readonly after: ExistingPayout;
  readonly events: readonly PayoutEvent[];
  readonly requestedAt: Date;
  readonly now: Date;
}

/**
 * How far intents and payouts get: counted when the step is committed, by the process that took it. A process
 * that dies between the two counts one too few; what is exact is in the reports.
 */
@Injectable()
export class Funnel {
  private readonly intents;
  private readonly payouts;
  private readonly seconds;

  constructor(metrics: Metrics, providers: Providers) {
    this.intents = metrics.counter('defter_payments_intents_total', 'Intents by how far they got', [
      ...(['step', 'purpose', 'provider', 'method'] as const),
    ]);
    this.payouts = metrics.counter('defter_payments_payouts_total', 'Payouts by how far they got', [
      ...(['step', 'provider'] as const),
    ]);
    this.seconds = metrics.histogram(
      'defter_payments_payout_seconds',
      'From the request of a payout until it was paid',
      ['provider'],
      PAYOUT_BUCKETS,
    );
    // A counter that begins with its first event hides that one from Prometheus; payouts are few.
    for (const provider of providers.paying) this.seconds.zero({ provider });
  }

  intent(
    tx: Transaction,
    [before, after]: readonly [PaymentIntent, ExistingIntent],
    events: readonly IntentEvent[],
  ): void {
    const steps = intentSteps(before, after, events);
    if (steps.length === 0) return;
    tx.afterCommit(() => {
      for (const [step, labels] of steps) this.intents.inc({ step, ...labels });
    });
  }

  payout(tx: Transaction, { before, after, events, requestedAt, now }: PayoutChange): void {
    const steps = payoutSteps(before, after, events);
    if (steps.length === 0) return;
    const { provider } = after;
    tx.afterCommit(() => {
      for (const step of steps) this.payouts.inc({ step, provider });
      const seconds = Math.max(0, (now.getTime() - requestedAt.getTime()) / 1_000);
      if (steps.includes('paid')) this.seconds.observe({ provider }, seconds);
    });
  }
}
