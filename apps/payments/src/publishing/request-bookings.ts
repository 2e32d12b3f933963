import { LedgerTopics } from '@defter/ledger-contracts';
import type { Tenant } from '@defter/backoffice-contracts';
import { enqueue, type Transaction } from '@defter/platform';
import { effectOf } from '../booking-effect.js';
import { type Booking, type BookingSubject, toLedgerCommand, toPostings } from './booking-command.js';

/**
 * Writes the bookings down and asks the ledger for them, in the caller's transaction and in the given
 * order.
 */
export const requestBookings = async (
  tx: Transaction,
  tenant: Tenant,
  subject: BookingSubject,
  bookings: readonly Booking[],
): Promise<void> => {
  for (const booking of bookings) {
    const { bookingId, operationId, kind } = booking;
    const held = toPostings(subject.plan.postings, subject.currency);
    const effect = effectOf(toLedgerCommand(booking, subject, tenant.ledger), held);
    await tx.query(
      `insert into booking (tenant_id, booking_id, owner_id, operation_id, kind, effect)
       values ($1, $2, $3, $4, $5, $6)`,
      [tenant.id, bookingId, subject.ownerId, operationId, kind, effect],
    );
  }
  await enqueue(
    tx,
    bookings.map((booking) => {
      const body = toLedgerCommand(booking, subject, tenant.ledger);
      return {
        tenantId: tenant.id,
        topic: LedgerTopics.commands.name,
        key: `${tenant.id}/${tenant.ledger}`,
        type: body.type,
        subject: subject.ownerId,
        id: booking.bookingId,
        body,
      };
    }),
  );
};
