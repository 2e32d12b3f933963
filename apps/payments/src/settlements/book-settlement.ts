import type { Tenant } from '@defter/backoffice-contracts';
import { settlementPostings } from '@defter/payments-domain';
import type { Transaction } from '@defter/platform';
import { requestBookings } from '../publishing/request-bookings.js';
import type { SettlementRow } from '../settlement-row.js';

type Booked = Pick<
  SettlementRow,
  'settlementId' | 'connectionId' | 'amountMinor' | 'currency' | 'feeDifferenceMinor'
>;

/** Asks the ledger for a settlement's booking, once for ever: its id is the key. */
export const bookSettlement = (tx: Transaction, tenant: Tenant, settlement: Booked): Promise<void> => {
  const { settlementId: ownerId, connectionId, currency } = settlement;
  const bookingId = `settlement:${ownerId}`;
  const postings = settlementPostings(connectionId, settlement);
  const plan = { act: 'create', reference: bookingId, postings } as const;
  const subject = { ownerId, customerId: '', currency, plan };
  return requestBookings(tx, tenant, subject, [{ bookingId, kind: 'settlement', operationId: null }]);
};
