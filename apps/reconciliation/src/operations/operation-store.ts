import { Inject, Injectable } from '@nestjs/common';
import type { PaymentsEventV1 } from '@defter/payments-contracts';
import { CONFIG, type Transaction } from '@defter/platform';
import { familyOf } from '@defter/reconciliation-domain';
import { columns } from '../columns.js';
import type { Config } from '../config.js';

/**
 * The business date is that of our zone's calendar. An older version of the aggregate changes nothing; the
 * same one, read again, adds the parent that wasn't kept before migration 0038.
 */
const KEEP_NEWEST = `
  insert into operation (tenant_id, aggregate_id, aggregate_version, operation_id, provider, connection_id,
    customer_id,
                         kind, family, result, amount, fee, currency, provider_ref, ledger_reference,
                           occurred_at,
                         parent_operation_id, business_on)
  values ($1, $2, $3, unnest($5::text[]), unnest($6::text[]), unnest($7::text[]), unnest($8::text[]),
    unnest($9::text[]),
          unnest($10::text[]), unnest($11::text[]), unnest($12::numeric[]), unnest($13::numeric[]),
            unnest($14::text[]),
          unnest($15::text[]), unnest($16::text[]), unnest($17::timestamptz[]),
          unnest($18::text[]), (unnest($17::timestamptz[]) at time zone $4)::date)
  on conflict (tenant_id, operation_id) do update set
    aggregate_version = excluded.aggregate_version, provider = excluded.provider,
    connection_id = excluded.connection_id, customer_id = excluded.customer_id, kind = excluded.kind,
    family = excluded.family, result = excluded.result, amount = excluded.amount, fee = excluded.fee,
    currency = excluded.currency, provider_ref = excluded.provider_ref,
      ledger_reference = excluded.ledger_reference,
    occurred_at = excluded.occurred_at, parent_operation_id = excluded.parent_operation_id,
    business_on = excluded.business_on
  where operation.aggregate_version < excluded.aggregate_version
     or operation.aggregate_version = excluded.aggregate_version
        and operation.parent_operation_id is null and excluded.parent_operation_id is not null`;

const names = [
  ...([
    'operationId',
    'provider',
    'connectionId',
    'customerId',
    'kind',
    'family',
    'result',
    'amountMinor',
  ] as const),
  ...(['feeMinor', 'currency', 'providerRef', 'ledgerReference', 'occurredAt'] as const),
  'parentOperationId',
] as const;

@Injectable()
export class OperationStore {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Writes the operations of an event, each unless a newer version of its intent or payout has been seen. */
  async keepNewest(
    tx: Transaction,
    tenantId: string,
    { id, version, operations }: PaymentsEventV1,
  ): Promise<void> {
    if (operations.length === 0) return;
    // In the order of ids, so that two events never wait for each other crosswise.
    const rows = operations
      .map((operation) => ({ ...operation, family: familyOf(operation.kind) }))
      .sort((left, right) => (left.operationId < right.operationId ? -1 : 1));
    await tx.query(KEEP_NEWEST, [tenantId, id, version, this.config.businessZone, ...columns(rows, names)]);
  }
}
