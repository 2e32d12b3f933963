import type { LedgerCommandV1 } from '@defter/ledger-contracts';
import type { Queryable, Transaction } from '@defter/platform';

export interface BookedInLedger {
  readonly bookingId: string;
  /** Null where what stands in the ledger was found by its name. */
  readonly sequence: number | string | null;
  /** The ledger's number of the transaction. */
  readonly transactionId: number | string | null;
  /** Digest of what the ledger did under this id; null where its answer was about exactly our command. */
  readonly effect: string | null;
}

/**
 * The ledger booked these; what we didn't ask for is passed over, also where it has the id of something that
 * we did ask for. Harmless to repeat, in any order.
 */
export const markBooked = (
  tx: Pick<Transaction, 'query'>,
  tenantId: string,
  booked: readonly BookedInLedger[],
): Promise<unknown> =>
  tx.query(
    `update booking
        set state = 'booked', sequence = item.sequence, transaction_id = item.transaction_id,
            answered_at = clock_timestamp()
       from unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[])
         as item (booking_id, sequence, transaction_id, effect)
      where booking.tenant_id = $1 and booking.booking_id = item.booking_id and booking.state = 'requested'
        and (item.effect is null or booking.effect is null or booking.effect = item.effect)`,
    [
      ...[tenantId, booked.map(({ bookingId }) => bookingId), booked.map(({ sequence }) => sequence)],
      ...[booked.map(({ transactionId }) => transactionId), booked.map(({ effect }) => effect)],
    ],
  );

/**
 * The ledger refused it, for ever. Returns whose it was; undefined when it wasn't ours, or already
 * answered.
 */
export const markRefused = async (
  tx: Pick<Transaction, 'query'>,
  tenantId: string,
  bookingId: string,
  refusal: string,
): Promise<string | undefined> => {
  const [marked] = await tx.query<{ owner_id: string }>(
    `update booking set state = 'refused', refusal = $3, answered_at = clock_timestamp()
      where tenant_id = $1 and booking_id = $2 and state = 'requested' returning owner_id`,
    [tenantId, bookingId, refusal],
  );
  return marked?.owner_id;
};

/** Whether the ledger has refused one of these. */
export const isAnyRefused = async (
  database: Queryable,
  tenantId: string,
  booked: readonly BookedInLedger[],
): Promise<boolean> => {
  const refused = await database.query(
    `select from booking
      where tenant_id = $1 and booking_id = any($2) and state = 'refused' and transaction_id is null limit 1`,
    [tenantId, booked.map(({ bookingId }) => bookingId)],
  );
  return refused.length > 0;
};

export interface BookedAfterAll {
  readonly bookingId: string;
  readonly ownerId: string;
  readonly transactionId: string;
}

/**
 * Notes which of these the ledger had refused, and has booked all the same, exactly as asked for: whoever
 * believed the refusal may have had it booked another time. Each is told once.
 */
export const noteBookedAfterAll = (
  tx: Pick<Transaction, 'query'>,
  tenantId: string,
  booked: readonly BookedInLedger[],
): Promise<readonly BookedAfterAll[]> =>
  tx.query<BookedAfterAll & Record<string, unknown>>(
    `update booking set transaction_id = item.transaction_id
       from unnest($2::text[], $3::bigint[], $4::text[]) as item (booking_id, transaction_id, effect)
      where booking.tenant_id = $1 and booking.booking_id = item.booking_id and booking.state = 'refused'
        and booking.effect = item.effect and booking.transaction_id is null
     returning booking.booking_id as "bookingId", booking.owner_id as "ownerId",
               booking.transaction_id::text as "transactionId"`,
    [
      ...[tenantId, booked.map(({ bookingId }) => bookingId)],
      ...[booked.map(({ transactionId }) => transactionId), booked.map(({ effect }) => effect)],
    ],
  );

/** The command of a booking that waits for its answer; undefined where the outbox has none any more. */
export const requestedBooking = async (
  database: Pick<Transaction, 'query'>,
  tenantId: string,
  bookingId: string,
): Promise<LedgerCommandV1 | undefined> => {
  const [row] = await database.query<{ body: string }>(
    `select outbox.body from booking join outbox
         on outbox.tenant_id = $1 and outbox.message_id = booking.booking_id
      where booking.tenant_id = $1 and booking.booking_id = $2 and booking.state = 'requested'`,
    [tenantId, bookingId],
  );
  return row && (JSON.parse(row.body) as LedgerCommandV1);
};
