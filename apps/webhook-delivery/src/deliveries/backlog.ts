import { Injectable } from '@nestjs/common';
import { Database, Metrics } from '@defter/platform';
import { Tenants } from '../tenants.js';

interface BacklogRow {
  readonly open: number;
  readonly due: number;
  readonly seconds: number;
}

// Deliveries of disabled endpoints wait for a person: they don't count as late.
const BACKLOG = `
  select count(*)::int as open, count(*) filter (where delivery.due_at <= now())::int as due,
         coalesce(extract(epoch from now() - min(delivery.due_at) filter (where delivery.due_at <= now())),
                  0)::float8 as seconds
    from webhook_delivery delivery
    join webhook_endpoint endpoint on endpoint.tenant_id = $1 and endpoint.id = delivery.endpoint_id
   where delivery.tenant_id = $1 and delivery.due_at is not null and endpoint.status = 'enabled'`;

/** How much waits, measured at each scrape of the worker's metrics. */
@Injectable()
export class Backlog {
  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    metrics: Metrics,
  ) {
    const due = metrics.gauge('defter_webhooks_due_count', 'Deliveries whose time has come');
    const age = metrics.gauge('defter_webhooks_oldest_due_seconds', 'How long the oldest of them is due');
    metrics.gauge('defter_webhooks_open_count', 'Deliveries that are not over', [], async (open) => {
      const rows = await this.measure();
      open.set(rows.reduce((sum, row) => sum + row.open, 0));
      due.set(rows.reduce((sum, row) => sum + row.due, 0));
      age.set(Math.max(0, ...rows.map(({ seconds }) => seconds)));
    });
  }

  private async measure(): Promise<BacklogRow[]> {
    const rows: BacklogRow[] = [];
    for (const tenantId of await this.tenants.ids())
      rows.push(...(await this.database.query<BacklogRow>(BACKLOG, [tenantId])));
    return rows;
  }
}
