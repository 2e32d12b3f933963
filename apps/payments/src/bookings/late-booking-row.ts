import type { LedgerCommandV1 } from '@defter/ledger-contracts';
import type { Queryable } from '@defter/platform';

/** As many per round and tenant. */
const LIMIT = 20;

// Of one owner only the oldest: a hold is ended after it was placed. Only what has left the outbox: asked for
// earlier, it would overtake what was written before it. The wait doubles, up to 64 times.
const TAKE = `
with due as (
  select booking.booking_id, outbox.body
    from booking
    left join outbox on outbox.tenant_id = $1 and outbox.message_id = booking.booking_id
   where booking.tenant_id = $1 and booking.state = 'requested'
     and booking.requested_at < now() - $2 * interval '1 millisecond'
     and (booking.ask_due_at is null or booking.ask_due_at <= now())
     and (outbox.message_id is null or outbox.published_at < now() - $2 * interval '1 millisecond')
     and not exists (
       select from booking before
        where before.tenant_id = $1 and before.owner_id = booking.owner_id and before.state = 'requested'
          and (before.requested_at, before.booking_id) < (booking.requested_at, booking.booking_id))
   order by booking.requested_at
   limit ${LIMIT}
     for update of booking skip locked)
update booking
   set asks = booking.asks + 1,
       ask_due_at = now() + $2 * power(2, least(booking.asks, 6)) * interval '1 millisecond'
  from due
 where booking.tenant_id = $1 and booking.booking_id = due.booking_id
returning booking.booking_id as "bookingId", booking.asks, booking.requested_at as "requestedAt", due.body`;

/** A booking that the ledger has neither made nor refused. */
export interface LateBooking {
  readonly bookingId: string;
  /** How often it was asked for, with this time. */
  readonly asks: number;
  /** Undefined when the message is older than what the outbox keeps. */
  readonly command: LedgerCommandV1 | undefined;
}

type Row = Omit<LateBooking, 'command'> & { readonly requestedAt: Date; readonly body: string | null };

/** Takes bookings without an answer since `retryMs`, the oldest first; each waits longer every time. */
export const takeLateBookings = async (
  database: Queryable,
  tenantId: string,
  retryMs: number,
): Promise<readonly LateBooking[]> => {
  const rows = [...(await database.query<Row>(TAKE, [tenantId, retryMs]))];
  rows.sort((one, other) => one.requestedAt.getTime() - other.requestedAt.getTime());
  return rows.map(({ bookingId, asks, body }) => ({
    bookingId,
    asks,
    command: body === null ? undefined : (JSON.parse(body) as LedgerCommandV1),
  }));
};
