import type { Transaction } from '@defter/platform';

export interface BookedInLedger {
  readonly bookingId: string;
  readonly sequence: number | string;
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
