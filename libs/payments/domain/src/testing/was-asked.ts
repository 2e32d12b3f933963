import type { IntentCommand, PaymentIntent } from '../index.js';

/** Whether a dispute has asked for the booking that this refuses. */
export const wasAsked = (intent: PaymentIntent, command: IntentCommand): boolean =>
  intent.status !== 'absent' &&
  command.type === 'RecordRefusedBooking' &&
  intent.disputes.some(({ operationId, bookings }) =>
    bookings.some((kind, index) => {
      const nth = bookings.slice(0, index + 1).filter((each) => each === kind).length;
      return command.bookingId === `dispute:${operationId}:${kind}${nth === 1 ? '' : `:${nth}`}`;
    }),
  );
