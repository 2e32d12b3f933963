import type { Queryable } from '@defter/platform';

/** A booking as the API shows it. */
export interface BookingView {
  readonly id: string;
  readonly kind: string;
  readonly operation_id: string | null;
  readonly state: string;
  readonly ledger_sequence: bigint | null;
  readonly refusal: string | null;
  readonly requested_at: Date;
  readonly answered_at: Date | null;
}

/** Whether the ledger has yet to answer for it. */
export const isRequested = async (
  database: Queryable,
  tenantId: string,
  bookingId: string,
): Promise<boolean> => {
  const rows = await database.query(
    "select from booking where tenant_id = $1 and booking_id = $2 and state = 'requested'",
    [tenantId, bookingId],
  );
  return rows.length > 0;
};

/** The bookings of some intents or payouts, by owner. */
export const bookingsOf = async (
  database: Queryable,
  tenantId: string,
  ownerIds: readonly string[],
): Promise<ReadonlyMap<string, readonly BookingView[]>> => {
  const rows = await database.query<BookingView & { owner_id: string }>(
    `select owner_id, booking_id as id, kind, operation_id, state, sequence as ledger_sequence, refusal,
            requested_at, answered_at
       from booking where tenant_id = $1 and owner_id = any($2) order by requested_at, booking_id`,
    [tenantId, ownerIds],
  );
  const byOwner = new Map<string, BookingView[]>();
  for (const { owner_id: owner, ...view } of rows) byOwner.set(owner, [...(byOwner.get(owner) ?? []), view]);
  return byOwner;
};
