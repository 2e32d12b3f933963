import type { Queryable } from '@defter/platform';
import { type IntentRow, toIntentRow } from './intent-row.js';

/** One intent; undefined also when it is another tenant's. */
export const findIntent = async (
  database: Queryable,
  tenantId: string,
  intentId: string,
): Promise<IntentRow | undefined> => {
  const [row] = await database.query<Parameters<typeof toIntentRow>[0]>(
    `select state, version, created_at, updated_at
       from payment_intent where tenant_id = $1 and intent_id = $2`,
    [tenantId, intentId],
  );
  return row && toIntentRow(row);
};

export interface IntentFilter {
  readonly status?: string | undefined;
  readonly customerId?: string | undefined;
  readonly merchantReference?: string | undefined;
  /** Only intents older than this one. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/** Newest first; ids begin with their time, so that they are the order. */
export const listIntents = async (
  database: Queryable,
  tenantId: string,
  { status, customerId, merchantReference, before, limit }: IntentFilter,
): Promise<IntentRow[]> => {
  const rows = await database.query<Parameters<typeof toIntentRow>[0]>(
    `select state, version, created_at, updated_at
       from payment_intent
      where tenant_id = $1
        and ($2::text is null or status = $2)
        and ($3::text is null or customer_id = $3)
        and ($4::text is null or merchant_reference = $4)
        and ($5::text is null or intent_id < $5)
      order by intent_id desc limit $6`,
    [tenantId, status ?? null, customerId ?? null, merchantReference ?? null, before ?? null, limit],
  );
  return rows.map(toIntentRow);
};
