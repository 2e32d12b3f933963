import { Injectable } from '@nestjs/common';
import { Logger, Metrics } from '@defter/platform';
import type { ProviderEventV1 } from '@defter/webhooks-contracts';

/** Tells people of events that moved nothing. */
@Injectable()
export class EventNotices {
  constructor(
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {}

  parked({ provider }: ProviderEventV1): void {
    this.metrics
      .counter('defter_payments_events_parked_total', 'Provider events without an operation', ['provider'])
      .inc({ provider });
  }

  noProof(tenantId: string, { eventId, verified }: ProviderEventV1): void {
    this.logger.warn('An event is no proof; the provider is asked', { tenantId, eventId, verified });
  }
}
