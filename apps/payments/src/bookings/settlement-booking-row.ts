import type { Queryable } from '@defter/platform';

/** As many per round and tenant. */
const LIMIT = 20;

export interface Unsettled {
  readonly bookingId: string;
  readonly ownerId: string;
  /** Why, in the ledger's words. */
  readonly code: string;
}

/** Settlements that count as approved though the ledger has refused their booking. */
export const unendedSettlements = (database: Queryable, tenantId: string): Promise<readonly Unsettled[]> =>
  database.query<Unsettled & Record<string, unknown>>(
    `select booking.booking_id as "bookingId", booking.owner_id as "ownerId", booking.refusal as code
       from booking
       join settlement on settlement.tenant_id = $1 and settlement.settlement_id = booking.owner_id
        and settlement.approved_at is not null and settlement.ended_how is null
      where booking.tenant_id = $1 and booking.kind = 'settlement' and booking.state = 'refused'
      order by booking.owner_id limit ${LIMIT}`,
    [tenantId],
  );

export interface BookedSettlement {
  readonly bookingId: string;
  readonly settlementId: string;
  readonly transactionId: string | null;
}

/**
 * Takes booked settlements whose turn it is to be looked for in the ledger; each waits twice as long every
 * time, so that one of years ago costs next to nothing.
 */
export const takeBookedSettlements = (
  database: Queryable,
  tenantId: string,
  firstMs: number,
): Promise<readonly BookedSettlement[]> =>
  database.query<BookedSettlement & Record<string, unknown>>(
    `with due as (
       select booking.booking_id from booking
        where booking.tenant_id = $1 and booking.kind = 'settlement' and booking.state = 'booked'
          and (booking.ask_due_at is null or booking.ask_due_at <= now())
          and exists (select from settlement
                       where settlement.tenant_id = $1 and settlement.settlement_id = booking.owner_id
                         and settlement.ended_how is null)
        order by booking.ask_due_at nulls first limit ${LIMIT} for update of booking skip locked)
     update booking
        set asks = booking.asks + 1,
            ask_due_at = now() + $2 * power(2, least(booking.asks, 30)) * interval '1 millisecond'
       from due
      where booking.tenant_id = $1 and booking.booking_id = due.booking_id
     returning booking.booking_id as "bookingId", booking.owner_id as "settlementId",
               booking.transaction_id::text as "transactionId"`,
    [tenantId, firstMs],
  );

/** Fills in the transaction that a process of before didn't note. */
export const noteTransaction = (
  database: Queryable,
  tenantId: string,
  bookingId: string,
  transactionId: number,
): Promise<unknown> =>
  database.query(
    `update booking set transaction_id = $3
      where tenant_id = $1 and booking_id = $2 and state = 'booked' and transaction_id is null`,
    [tenantId, bookingId, transactionId],
  );

/**
 * It is asked for again with its own command, where that is kept: the ledger says what its key stands for.
 * @returns whether it is
 */
export const reopenBooking = async (
  database: Queryable,
  tenantId: string,
  bookingId: string,
): Promise<boolean> => {
  const reopened = await database.query(
    `update booking set state = 'requested', sequence = null, answered_at = null, asks = 0, ask_due_at = null
      where tenant_id = $1 and booking_id = $2 and state = 'booked' and transaction_id is null
        and exists (select from outbox where outbox.tenant_id = $1 and outbox.message_id = $2)
     returning booking_id`,
    [tenantId, bookingId],
  );
  return reopened.length > 0;
};
