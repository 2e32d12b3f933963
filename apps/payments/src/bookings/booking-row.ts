import type { Transaction } from '@defter/platform';

/** The ledger booked these; what we didn't ask for is passed over. Harmless to repeat, in any order. */
export const markBooked = (
  tx: Pick<Transaction, 'query'>,
  tenantId: string,
  booked: readonly { readonly bookingId: string; readonly sequence: number | string }[],
): Promise<unknown> =>
  tx.query(
    `update booking
        set state = 'booked', sequence = item.sequence, answered_at = clock_timestamp()
       from unnest($2::text[], $3::bigint[]) as item (booking_id, sequence)
      where booking.tenant_id = $1 and booking.booking_id = item.booking_id and booking.state = 'requested'`,
    [tenantId, booked.map(({ bookingId }) => bookingId), booked.map(({ sequence }) => sequence)],
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
