import { Injectable } from '@nestjs/common';
import { Logger } from '@defter/platform';
import type { Connection } from '../connections/connections.read.js';
import type { Intake } from './intake.js';
import { type ConnectionLabels, ReceivingMetrics } from './receiving-metrics.js';
import type { Stored } from './webhook-store.js';

/** Counts and logs what came in. */
@Injectable()
export class ReceivingReports {
  constructor(
    private readonly metrics: ReceivingMetrics,
    private readonly logger: Logger,
  ) {}

  received(connection: Connection): void {
    this.metrics.countReceived(labelsOf(connection));
  }

  unreadable(
    { requestId, connectionId }: { readonly requestId: string; readonly connectionId: string },
    { reason, bug }: { readonly reason: string; readonly bug?: unknown },
  ): void {
    const fields = { requestId, connection: connectionId, reason };
    if (bug === undefined) this.logger.warn('A webhook could not be read', fields);
    else this.logger.error('An adapter failed to read a webhook', { ...fields, error: bug });
  }

  stored(connection: Connection, { request }: Intake, { fresh, duplicates, conflicts }: Stored): void {
    const labels = labelsOf(connection);
    if (request.eventCount === 0 && request.status !== 'accepted')
      this.metrics.countOutcome(labels, request.status);
    this.metrics.countOutcome(
      labels,
      request.status === 'unverified' ? 'unverified' : 'stored',
      fresh.length,
    );
    this.metrics.countOutcome(labels, 'duplicate', duplicates.length);
    this.metrics.countOutcome(labels, 'conflict', conflicts.length);
  }
}

function labelsOf({ provider, id }: Connection): ConnectionLabels {
  return { provider, connection: id };
}
