import { type ExistingIntent, intentFromPlain, toPlain } from '@defter/payments-domain';
import type { Queryable, Transaction } from '@defter/platform';

export interface IntentRow {
  readonly intent: ExistingIntent;
  readonly version: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

interface Row {
  readonly state: Record<string, unknown>;
  readonly version: bigint;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/**
 * Claims the merchant reference for this intent. While another transaction is claiming it, this waits for its
 * end.
 * Returns false when the reference already stands for an intent.
 */
export const claimReference = async (
  tx: Transaction,
  tenantId: string,
  intent: ExistingIntent,
  fingerprint: Buffer,
): Promise<boolean> => {
  const claimed = await tx.query(
    `insert into payment_intent (tenant_id, intent_id, merchant_reference, fingerprint, customer_id,
                                 amount_minor, currency, status, state, version)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)
     on conflict (tenant_id, merchant_reference) do nothing
     returning intent_id`,
    [
      tenantId,
      intent.intentId,
      intent.merchantReference,
      fingerprint,
      intent.customerId,
      intent.amountMinor,
      intent.currency,
      intent.status,
      JSON.stringify(toPlain(intent)),
    ],
  );
  return claimed.length > 0;
};

/** The intent that holds a merchant reference, and the fingerprint of what was asked for. */
export const intentByReference = async (
  database: Queryable,
  tenantId: string,
  reference: string,
): Promise<(IntentRow & { readonly fingerprint: Buffer }) | undefined> => {
  const [row] = await database.query<Row & { readonly fingerprint: Buffer }>(
    `select state, version, created_at, updated_at, fingerprint
       from payment_intent where tenant_id = $1 and merchant_reference = $2`,
    [tenantId, reference],
  );
  return row && { ...toIntentRow(row), fingerprint: row.fingerprint };
};

/** Brings the row up to the state after a step. */
export const updateIntentRow = (
  tx: Transaction,
  tenantId: string,
  intent: ExistingIntent,
  version: bigint,
): Promise<unknown> =>
  tx.query(
    `update payment_intent set status = $3, state = $4, version = $5, updated_at = now()
      where tenant_id = $1 and intent_id = $2`,
    [tenantId, intent.intentId, intent.status, JSON.stringify(toPlain(intent)), version],
  );

export const toIntentRow = (row: Row): IntentRow => ({
  intent: intentFromPlain(row.state),
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
