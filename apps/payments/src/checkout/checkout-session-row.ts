import { type ExistingCheckout, fromPlain, toPlain } from '@defter/payments-domain';
import type { Transaction } from '@defter/platform';

export interface CheckoutRow {
  readonly session: ExistingCheckout;
  readonly token: string;
  readonly fingerprint: Buffer;
  readonly createdAt: Date;
}

export interface StoredCheckout {
  readonly state: Record<string, unknown>;
  readonly token: string;
  readonly fingerprint: Buffer;
  readonly created_at: Date;
}

export const CHECKOUT_COLUMNS = 'state, token, fingerprint, created_at';

export const toCheckoutRow = (row: StoredCheckout): CheckoutRow => ({
  session: fromPlain<ExistingCheckout>(row.state),
  token: row.token,
  fingerprint: row.fingerprint,
  createdAt: row.created_at,
});

/**
 * Claims the merchant reference for this session. While another transaction is claiming it, this waits for
 * its end. Returns false when the reference already stands for a session.
 */
export const claimSession = async (
  tx: Transaction,
  tenantId: string,
  session: ExistingCheckout,
  { token, fingerprint }: Pick<CheckoutRow, 'token' | 'fingerprint'>,
): Promise<boolean> => {
  const claimed = await tx.query(
    `insert into checkout_session (tenant_id, session_id, token, merchant_reference, fingerprint, customer_id,
                                   intent_id, amount_minor, currency, status, payment_status, state, version,
                                   expires_at, expire_due_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, $13, $13)
     on conflict (tenant_id, merchant_reference) do nothing
     returning session_id`,
    [
      ...[tenantId, session.sessionId, token, session.merchantReference, fingerprint, session.customerId],
      ...[session.intentId, session.amountMinor, session.currency, session.status, session.paymentStatus],
      ...[JSON.stringify(toPlain(session)), session.expiresAt],
    ],
  );
  return claimed.length > 0;
};

/** Brings the row up to the state after a step. */
export const updateSession = (
  tx: Transaction,
  tenantId: string,
  session: ExistingCheckout,
  version: bigint,
): Promise<unknown> =>
  tx.query(
    `update checkout_session
        set status = $3, payment_status = $4, state = $5, version = $6, updated_at = now(),
            expire_due_at = case when $3 = 'open' then expire_due_at end
      where tenant_id = $1 and session_id = $2`,
    [
      ...[tenantId, session.sessionId, session.status, session.paymentStatus],
      ...[JSON.stringify(toPlain(session)), version],
    ],
  );

/**
 * Takes sessions whose time may be up; each is taken again after `retryMs`, so nobody needs to give it back,
 * and one whose payment is under way is looked at again.
 */
export const takeExpiring = (
  tx: Transaction,
  tenantId: string,
  retryMs: number,
): Promise<{ sessionId: string; intentId: string | null }[]> =>
  tx.query(
    `with due as (
       select session_id from checkout_session
        where tenant_id = $1 and expire_due_at <= now()
        order by expire_due_at limit 50 for update skip locked)
     update checkout_session set expire_due_at = now() + $2 * interval '1 millisecond'
       from due
      where checkout_session.tenant_id = $1 and checkout_session.session_id = due.session_id
     returning checkout_session.session_id as "sessionId", checkout_session.intent_id as "intentId"`,
    [tenantId, retryMs],
  );
