import { Injectable } from '@nestjs/common';
import { Database } from '@defter/platform';
import type { AgedOperation } from '@defter/reconciliation-domain';

/** An operation without an outcome, and whose account at which provider it goes through. */
export interface AgedAt extends AgedOperation {
  readonly provider: string;
  readonly connectionId: string;
}

interface Row {
  readonly operation_id: string;
  readonly kind: string;
  readonly result: string;
  readonly amount: string;
  readonly currency: string;
  readonly customer_id: string;
  readonly provider_ref: string | null;
  readonly occurred_at: Date;
  readonly provider: string;
  readonly connection_id: string;
}

/**
 * As payments last told them. An authorisation may be pending for days, and rightly: only what is being
 * asked about, or went out without an answer, has no outcome. All
 * of them: what is left out would be closed.
 */
const AGED = `
  select operation_id, kind, result, amount, currency, customer_id, provider_ref, occurred_at, provider,
         connection_id
    from operation
   where tenant_id = $1 and result in ('unknown', 'sending') and occurred_at < $2
   order by occurred_at, operation_id`;

/** Operations that were asked for before an instant, and of which nobody knows what became of them. */
@Injectable()
export class AgedOperations {
  constructor(private readonly database: Database) {}

  async before(tenantId: string, instant: Date): Promise<AgedAt[]> {
    const rows = await this.database.query<Row>(AGED, [tenantId, instant]);
    return rows.map((row) => ({
      ...{ operationId: row.operation_id, kind: row.kind, result: row.result, currency: row.currency },
      ...{ amount: BigInt(row.amount), customerId: row.customer_id, providerRef: row.provider_ref },
      ...{ since: row.occurred_at, provider: row.provider, connectionId: row.connection_id },
    }));
  }
}
