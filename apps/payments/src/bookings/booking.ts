import type { Transaction } from '@defter/platform';

/**
 * A refused booking whose effect somebody else had brought about, or another booking has: nobody is called.
 */
export const markMadeGood = (tx: Transaction, tenantId: string, bookingId: string): Promise<unknown> =>
  tx.query(
    `update booking set made_good = true where tenant_id = $1 and booking_id = $2 and state = 'refused'`,
    [tenantId, bookingId],
  );
