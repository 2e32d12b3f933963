import type { Queryable } from '@defter/platform';
import type { BatchFigures } from './batch-figures.js';
import type { BatchName } from './same-settlement.read.js';

/** A batch by its newest message. */
export interface ToldBatch {
  readonly batchRef: string;
  readonly batch: BatchFigures;
}

/** Keeps what was told of the batch last, whatever is decided about it. Hold the connection's lock. */
export const keepFigures = (
  database: Queryable,
  tenantId: string,
  { connectionId, batchRef, currency }: BatchName,
  batch: BatchFigures,
): Promise<unknown> =>
  database.query(
    `insert into settlement_figures (tenant_id, connection_id, batch_ref, currency, batch)
     values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, connection_id, batch_ref, currency) do update set
       batch = excluded.batch, told_at = clock_timestamp()`,
    [tenantId, connectionId, batchRef, currency, JSON.stringify(batch)],
  );

/**
 * What was told last of a batch, by its name or the reference of its settlement; undefined where nothing was.
 * A process of before 0045 has kept them only in the settlement or the refusal that it wrote.
 */
export const newestFigures = async (
  database: Queryable,
  tenantId: string,
  { connectionId, batchRef, currency }: BatchName,
): Promise<ToldBatch | undefined> => {
  const own = `tenant_id = $1 and connection_id = $2 and currency = $4 and batch is not null
                 and (batch_ref = $3 or batch_ref || '/' || currency = $3)`;
  const [newest] = await database.query<ToldBatch>(
    `select batch_ref as "batchRef", batch
       from (select batch_ref, batch, told_at from settlement_figures where ${own}
             union all select batch_ref, batch, refused_at from settlement_refusal where ${own}
             union all select batch_ref, batch, created_at from settlement where ${own}) told
      order by told_at desc limit 1`,
    [tenantId, connectionId, batchRef, currency],
  );
  return newest;
};
