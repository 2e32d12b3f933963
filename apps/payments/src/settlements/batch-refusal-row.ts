import type { Transaction } from '@defter/platform';
import type { BatchFigures } from './batch-figures.js';
import type { BatchName } from './same-settlement.read.js';

/**
 * What is wrong: its figures; that it isn't in the books; that one that was reverted stands in them again.
 * Of the last two the newer one counts.
 */
export type TroubleKind = 'figures' | 'unbooked' | 'standing';

export interface RefusedBatch extends BatchName {
  readonly messageId: string;
  readonly reason: string;
  readonly kind: TroubleKind;
  /** Null where no message says it. */
  readonly batch: BatchFigures | null;
}

/** Notes that a batch wasn't taken, or isn't in the books as it should be; the newest reason counts. */
export const noteRefusal = (tx: Transaction, tenantId: string, refused: RefusedBatch): Promise<unknown> => {
  const { connectionId, batchRef, currency, messageId, reason, kind, batch } = refused;
  return tx.query(
    `insert into settlement_refusal as known (
       tenant_id, connection_id, batch_ref, currency, message_id, reason, batch,
       of_figures, until_booked, stands_again)
     values ($1, $2, $3, $4, $5, $6, $7, $8::text = 'figures', $8 = 'unbooked', $8 = 'standing')
     on conflict (tenant_id, connection_id, batch_ref, currency) do update set
       message_id = excluded.message_id, reason = excluded.reason, batch = excluded.batch,
       refused_at = clock_timestamp(), resolved_at = null,
       of_figures = excluded.of_figures or (known.resolved_at is null and known.of_figures),
       until_booked = excluded.until_booked
         or ($8 = 'figures' and known.resolved_at is null and known.until_booked),
       stands_again = excluded.stands_again
         or ($8 = 'figures' and known.resolved_at is null and known.stands_again)`,
    [
      ...[tenantId, connectionId, batchRef, currency, messageId, reason],
      ...[batch === null ? null : JSON.stringify(batch), kind],
    ],
  );
};

/** One trouble of the batch is over. @returns whether it was the last one, so that people may be told */
export const resolveRefusal = async (
  tx: Transaction,
  tenantId: string,
  { connectionId, batchRef, currency }: BatchName,
  over: readonly TroubleKind[],
): Promise<boolean> => {
  const [resolved] = await tx.query<{ is_over: boolean }>(
    `with left_over as (
       select of_figures and not 'figures' = any($5::text[]) as of_figures,
              until_booked and not 'unbooked' = any($5::text[]) as until_booked
         from settlement_refusal
        where tenant_id = $1 and connection_id = $2 and batch_ref = $3 and currency = $4
          and resolved_at is null
          for update)
     update settlement_refusal known
        set of_figures = left_over.of_figures, until_booked = left_over.until_booked,
            resolved_at = case when not (left_over.of_figures or left_over.until_booked or known.stands_again)
                               then clock_timestamp() end
       from left_over
      where tenant_id = $1 and connection_id = $2 and batch_ref = $3 and currency = $4
     returning resolved_at is not null as is_over`,
    [tenantId, connectionId, batchRef, currency, over],
  );
  return resolved?.is_over ?? false;
};

export interface BookedAfterAll extends BatchName {
  readonly settlementId: string;
  readonly netMinor: string;
  /** Of the trouble that is over. */
  readonly messageId: string;
}

/**
 * What wasn't in the books and is now, by a settlement of any of its names; nobody else's until the end of
 * the transaction.
 */
export const takeBookedAfterAll = async (
  tx: Transaction,
  tenantId: string,
): Promise<BookedAfterAll | undefined> => {
  const [booked] = await tx.query<BookedAfterAll>(
    `select known.connection_id as "connectionId", known.batch_ref as "batchRef", known.currency,
            known.message_id as "messageId", booked.settlement_id as "settlementId",
            booked.amount_minor::text as "netMinor"
       from settlement_refusal known
       join lateral (
         select settlement.settlement_id, settlement.amount_minor
           from settlement
          where settlement.tenant_id = $1 and settlement.connection_id = known.connection_id
            and settlement.currency = known.currency and settlement.ended_how is null
            and array[settlement.reference, settlement.reference || '/' || known.currency,
                      settlement.batch_ref, settlement.batch_ref || '/' || known.currency]
                && array[known.batch_ref, known.batch_ref || '/' || known.currency]
            and exists (select from booking
                         where booking.tenant_id = $1 and booking.owner_id = settlement.settlement_id
                           and booking.kind = 'settlement' and booking.state = 'booked')
          limit 1) booked on true
      where known.tenant_id = $1 and known.until_booked and known.resolved_at is null
      order by known.connection_id, known.batch_ref, known.currency limit 1 for update of known skip locked`,
    [tenantId],
  );
  return booked;
};
