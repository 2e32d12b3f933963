import type { Tenant } from '@defter/backoffice-contracts';
import type {
  BookingKind,
  BookingRequested,
  IntentBookingKind,
  OperationState,
} from '@defter/payments-domain';
import type { Transaction } from '@defter/platform';
import type { BookingSubject } from './publishing/booking-command.js';
import { requestBookings } from './publishing/request-bookings.js';
import { publish, type Snapshot } from './publishing/payments-event.js';
import { followIntent } from './checkout/checkout.js';
import { wakeParkedEvents } from './webhooks/parked-event-row.js';
import { insertOperation, type OperationOwner } from './operations/operation.js';

export type RequestedBooking = BookingRequested<BookingKind | IntentBookingKind>;

/** One step of an intent or payout: its events are appended, this is what commits with them. */
export interface Step {
  readonly tenant: Tenant;
  readonly snapshot: Snapshot;
  readonly events: readonly { readonly type: string }[];
  /** What a new operation needs beside what it says itself. */
  readonly ownerOf: (operation: OperationState) => OperationOwner;
  /** What a booking of this step is about. */
  readonly subjectOf: (booking: RequestedBooking) => BookingSubject;
}

/** Queues new operations, asks for bookings, publishes the new state. */
export const recordStep = async (tx: Transaction, step: Step): Promise<void> => {
  const { tenant, snapshot, events } = step;
  for (const operation of startedBy(step)) {
    await insertOperation(tx, tenant.id, step.ownerOf(operation), operation);
    tx.signal('operations');
  }
  for (const booking of events.filter(isBooking)) {
    await requestBookings(tx, tenant, step.subjectOf(booking), [booking]);
  }
  for (const operation of learnedAbout(step)) await wakeParkedEvents(tx, tenant.id, operation);
  await publish(tx, tenant.id, snapshot, events);
  if (snapshot.type === 'PaymentIntentChanged') await followIntent(tx, tenant, snapshot);
};

const startedBy = ({ events, snapshot }: Step): readonly OperationState[] => {
  const started = events.filter(isStart).map(({ operation }) => operation.operationId);
  return snapshot.operations.filter(({ operationId }) => started.includes(operationId));
};

const learnedAbout = ({ events, snapshot }: Step): readonly OperationState[] => {
  const touched = events.filter(isAboutOperation).map(({ operationId }) => operationId);
  return snapshot.operations.filter(({ operationId }) => touched.includes(operationId));
};

type Named = { readonly type: string };
const isBooking = (event: Named): event is RequestedBooking => event.type === 'BookingRequested';
const isStart = (event: Named): event is Named & { readonly operation: { readonly operationId: string } } =>
  'operation' in event;
const isAboutOperation = (event: Named): event is Named & { readonly operationId: string } =>
  event.type.startsWith('Operation');
