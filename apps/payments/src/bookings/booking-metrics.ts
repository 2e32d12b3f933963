import { Injectable } from '@nestjs/common';
import { Database, Logger, Metrics } from '@defter/platform';
import { Tenants } from '../tenants/tenants.js';

/** By the index booking_requested. */
const WAITING = `
  select kind, extract(epoch from now() - min(requested_at))::float8 as seconds
    from booking where tenant_id = any ($1) and state = 'requested' group by kind`;

interface Row {
  readonly kind: string;
  readonly seconds: number;
}

/**
 * How long the oldest booking has waited for the ledger's answer, by kind, of all tenants together; read when
 * it is asked for. A settlement that two people have approved is one of them until it is booked or refused.
 */
@Injectable()
export class BookingMetrics {
  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    metrics: Metrics,
    logger: Logger,
  ) {
    metrics.gauge(
      'defter_payments_booking_waiting_seconds',
      'Since the request of the oldest booking that the ledger has not answered for',
      ['kind'],
      async (gauge) => {
        try {
          const rows = await this.waiting();
          // What was answered has no row any more; settlements always have one, so that a panel shows 0.
          gauge.reset();
          gauge.set({ kind: 'settlement' }, 0);
          for (const { kind, seconds } of rows) gauge.set({ kind }, Math.max(0, seconds));
        } catch (error) {
          logger.warn('Bookings that wait could not be counted', { error });
        }
      },
    );
  }

  private async waiting(): Promise<Row[]> {
    const tenants = (await this.tenants.all()).map(({ id }) => id);
    return this.database.query<Row & Record<string, unknown>>(WAITING, [tenants]);
  }
}
