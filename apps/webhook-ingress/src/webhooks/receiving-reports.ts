import { Injectable } from '@nestjs/common';
import type { RawRequest, Verdict } from '@defter/payments-contracts';
import { Logger } from '@defter/platform';
import type { Connection } from '../connections/connections.read.js';
import { Floods } from '../floods/floods.js';
import type { Intake } from './intake.js';
import { type ConnectionLabels, ReceivingMetrics } from './receiving-metrics.js';
import type { Stored } from './webhook-store.js';

/** What came, and from where. */
interface Sent {
  readonly source: string;
  readonly raw: RawRequest;
}

/** Counts and logs what came in. */
@Injectable()
export class ReceivingReports {
  constructor(
    private readonly metrics: ReceivingMetrics,
    private readonly floods: Floods,
    private readonly logger: Logger,
  ) {}

  unaddressed(source: string): void {
    this.floods.unaddressed(source);
  }

  /** @returns whether it comes from a limited source without a valid signature: then it isn't taken */
  verdict(connection: Connection, verdict: Verdict, { source, raw }: Sent): 'limited' | undefined {
    this.metrics.countReceived(labelsOf(connection));
    if (verdict.valid) {
      this.floods.verified(source, connection, verdict.keyId);
      return undefined;
    }
    const limited = this.floods.isLimited(source, connection);
    this.floods.refused(source, connection, verdict.reason, raw);
    return limited ? 'limited' : undefined;
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
