import { Injectable } from '@nestjs/common';
import { Logger, Metrics, type Transaction } from '@defter/platform';
import type { ProviderEventV1 } from '@defter/webhooks-contracts';
import type { ParkedEvent } from './parked-event-row.js';

/**
 * Why a webhook is given up to people: it waited longer than the limit, nobody understands its type, or its
 * provider is only listened to, so that it never could have an operation.
 */
const causes = ['waited', 'unknown_type', 'listened_only'] as const;
export type OrphanCause = (typeof causes)[number];

/** Tells people of events that moved nothing. */
@Injectable()
export class EventNotices {
  constructor(
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {
    // Prometheus sees no rise in a series that begins with its first value.
    for (const cause of causes) this.orphans().inc({ cause }, 0);
  }

  parked({ provider }: ProviderEventV1): void {
    this.metrics
      .counter('defter_payments_events_parked_total', 'Provider events without an operation', ['provider'])
      .inc({ provider });
  }

  /** Counts webhooks that found nothing, each once, when others are told; lines of reports are none. */
  orphaned(tx: Transaction, cause: OrphanCause, parked: readonly ParkedEvent[]): void {
    const webhooks = parked.filter(({ source }) => source === 'webhook');
    if (webhooks.length === 0) return;
    tx.afterCommit(() => this.orphans().inc({ cause }, webhooks.length));
  }

  private orphans() {
    const help = 'Webhooks of providers that found no operation, by why nobody waits any more';
    return this.metrics.counter('defter_payments_webhooks_orphaned_total', help, ['cause']);
  }

  noProof(tenantId: string, { eventId, verified }: ProviderEventV1): void {
    this.logger.warn('An event is no proof; the provider is asked', { tenantId, eventId, verified });
  }
}
