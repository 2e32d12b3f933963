import type { Queryable } from '@defter/platform';

/** As many per round and tenant. */
const LIMIT = 20;

// What is asked for in place of a refused booking is written with the refusal. Where nothing is, either
// nothing was due, or a process of before didn't know what was: the wait doubles, up to 64 times. A debt that
// was asked for again is a booking of its own; it waits longer by how many there were.
const TAKE = `
with due as (
  select refused.booking_id
    from booking refused
   where refused.tenant_id = $1 and refused.state = 'refused' and not refused.made_good
     and (starts_with(refused.owner_id, 'pi_')
          and refused.kind in ('late_debit', 'post', 'debt', 'recovery', 'repayment')
       or refused.kind in ('post', 'void') and refused.refusal = 'idempotency-key-conflict')
     and refused.refusal <> 'hold-already-posted'
     and (refused.ask_due_at is null or refused.ask_due_at <= now())
     and (refused.kind <> 'debt' or refused.answered_at <= now() - interval '1 millisecond' * $2 * (
            select power(2, least(count(*), 6)) - 1 from booking earlier
             where earlier.tenant_id = $1 and earlier.owner_id = refused.owner_id
               and earlier.operation_id = refused.operation_id and earlier.kind = 'debt'
               and earlier.booking_id <> refused.booking_id))
     and not exists (
       select from booking later
        where later.tenant_id = $1 and later.owner_id = refused.owner_id
          and later.operation_id = refused.operation_id and later.booking_id <> refused.booking_id
          and later.kind in ('late_debit', 'debt', 'loss') and later.requested_at >= refused.requested_at)
   order by refused.answered_at
   limit ${LIMIT}
     for update of refused skip locked)
update booking
   set asks = booking.asks + 1,
       ask_due_at = now() + $2 * power(2, least(booking.asks, 6)) * interval '1 millisecond'
  from due
 where booking.tenant_id = $1 and booking.booking_id = due.booking_id
returning booking.booking_id as "bookingId", booking.owner_id as "ownerId", booking.refusal as code`;

export interface RefusedBooking {
  readonly bookingId: string;
  readonly ownerId: string;
  /** Why, in the ledger's words. */
  readonly code: string;
}

/** Takes refused debits of intents that nothing was asked for in place of; each waits longer every time. */
export const takeRefusedBookings = (
  database: Queryable,
  tenantId: string,
  retryMs: number,
): Promise<readonly RefusedBooking[]> => database.query<RefusedBooking>(TAKE, [tenantId, retryMs]);
