import { isKeyUsed } from '@defter/payments-domain';
import type { Transaction } from '@defter/platform';

/**
 * A refused booking whose effect somebody else had brought about, or another booking has: nobody is called.
 */
export const markMadeGood = (tx: Transaction, tenantId: string, bookingId: string): Promise<unknown> =>
  tx.query(
    `update booking set made_good = true where tenant_id = $1 and booking_id = $2 and state = 'refused'`,
    [tenantId, bookingId],
  );

interface Told {
  readonly type: string;
  readonly bookingId?: string;
  readonly code?: string;
}

/** An end of a hold whose key was used, and that is asked for under another one: the refusal calls nobody. */
export const markEndedAgain = async (
  tx: Transaction,
  tenantId: string,
  { type, bookingId = '', code = '' }: Told,
  events: readonly { readonly type: string; readonly kind?: unknown }[],
): Promise<void> => {
  if (type !== 'RecordRefusedBooking' || !isKeyUsed(code)) return;
  const isAsked = events.some(
    (event) => event.type === 'BookingRequested' && (event.kind === 'post' || event.kind === 'void'),
  );
  if (isAsked) await markMadeGood(tx, tenantId, bookingId);
};
