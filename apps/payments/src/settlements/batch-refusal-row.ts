import type { Transaction } from '@defter/platform';
import type { BatchName } from './same-settlement.read.js';
import type { BatchFigures } from './settlement-row.js';

export interface RefusedBatch extends BatchName {
  readonly messageId: string;
  readonly reason: string;
  readonly batch: BatchFigures;
}

/** Notes that a batch wasn't taken; the newest reason counts. */
export const noteRefusal = (tx: Transaction, tenantId: string, refused: RefusedBatch): Promise<unknown> => {
  const { connectionId, batchRef, currency, messageId, reason, batch } = refused;
  return tx.query(
    `insert into settlement_refusal (tenant_id, connection_id, batch_ref, currency, message_id, reason, batch)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (tenant_id, connection_id, batch_ref, currency) do update set
       message_id = excluded.message_id, reason = excluded.reason, batch = excluded.batch,
       refused_at = clock_timestamp(), resolved_at = null`,
    [tenantId, connectionId, batchRef, currency, messageId, reason, JSON.stringify(batch)],
  );
};

/** The batch was taken after all. @returns whether it had been refused before */
export const resolveRefusal = async (
  tx: Transaction,
  tenantId: string,
  { connectionId, batchRef, currency }: BatchName,
): Promise<boolean> => {
  const resolved = await tx.query(
    `update settlement_refusal set resolved_at = clock_timestamp()
      where tenant_id = $1 and connection_id = $2 and batch_ref = $3 and currency = $4 and resolved_at is null
     returning batch_ref`,
    [tenantId, connectionId, batchRef, currency],
  );
  return resolved.length > 0;
};
