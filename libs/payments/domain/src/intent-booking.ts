/** What an intent asks the ledger to book: captures, refunds and disputes, each once for ever. */
import {
  type BookingPosting,
  type BookingRequested,
  type HeldBookingKind,
  type IntentBookingKind,
  lossPostings,
  PROVIDER_FEES,
  receivableOf,
  reversed,
  walletOf,
} from './booking.js';
import type { OperationRequest, OperationState } from './operation.js';
import { type Split, undivided } from './split.js';

/** Our own income and expenses; all may be overdrawn, so that a refund can give them back. */
export const COMMISSION = 'fees:commission';
export const VAT = 'fees:vat';
export const SURCHARGES = 'fees:instalments';
export const REMAINDER = 'fees:rounding';

export type IntentBooking = BookingRequested<IntentBookingKind>;

/**
 * A booking in the ledger's terms. `reference` is that of the transaction, or of the hold that is ended; the
 * postings of an end are the hold's: all of it is taken, or given back.
 */
export interface BookingPlan {
  readonly act: 'create' | 'hold' | 'post' | 'void';
  readonly reference: string;
  readonly postings: readonly BookingPosting[];
}

/** Who was paid: the merchant's payable (*hakediş*), or the customer's wallet. */
export const payableOf = ({ merchantId, customerId }: Payee): string =>
  merchantId === null ? walletOf(customerId) : `merchants:${merchantId}:payable`;

export const reserveOf = ({ merchantId, customerId }: Payee): string =>
  merchantId === null ? `users:${customerId}:reserve` : `merchants:${merchantId}:reserve`;

/** What whoever was paid owes us; the only account of theirs that may be overdrawn. */
export const debtOf = ({ merchantId, customerId }: Payee): string =>
  merchantId === null ? `users:${customerId}:debt` : `merchants:${merchantId}:debt`;

interface Payee {
  readonly merchantId: string | null;
  readonly customerId: string;
}

/** The ledger's reference of what a refund or chargeback holds. */
export const holdReference = ({
  kind,
  operationId,
}: Pick<OperationRequest, 'kind' | 'operationId'>): string =>
  `${kind === 'refund' ? 'refund' : 'dispute'}:${operationId}`;

/** The id of the `nth` booking of this kind, from 1. */
export const heldBookingId = (
  operation: Pick<OperationRequest, 'kind' | 'operationId'>,
  kind: HeldBookingKind,
  nth = 1,
): string => `${holdReference(operation)}:${kind}${nth === 1 ? '' : `:${nth}`}`;

/** Gross from the receivable to whom it belongs; the provider's fee from our expenses to the receivable. */
export const capturePostings = (payee: Payee, operation: OperationRequest): readonly BookingPosting[] => {
  const receivable = receivableOf(operation.connectionId);
  return [
    ...shares(payee, operation).map(([destination, amountMinor]) => ({
      source: receivable,
      destination,
      amountMinor,
    })),
    ...(operation.feeMinor > 0n
      ? [{ source: PROVIDER_FEES, destination: receivable, amountMinor: operation.feeMinor }]
      : []),
  ];
};

/** A refund or chargeback: each share goes back the way it came. */
export const givenBackPostings = (payee: Payee, operation: OperationRequest): readonly BookingPosting[] =>
  shares(payee, operation).map(([source, amountMinor]) => ({
    source,
    destination: receivableOf(operation.connectionId),
    amountMinor,
  }));

const shares = (payee: Payee, { split, amountMinor }: OperationRequest): readonly [string, bigint][] => {
  const parts: Split = split ?? undivided(amountMinor);
  const all: readonly [string, bigint][] = [
    [payableOf(payee), parts.payableMinor],
    [reserveOf(payee), parts.reserveMinor],
    [COMMISSION, parts.commissionMinor],
    [VAT, parts.vatMinor],
    [SURCHARGES, parts.surchargeMinor],
    [REMAINDER, parts.remainderMinor],
  ];
  return all.filter(([, amount]) => amount > 0n);
};

/** What a booking of the intent means to the ledger. */
export const planOf = (
  intent: Payee & WithGivenBack & { readonly operations: readonly OperationState[] },
  { kind, operationId, bookingId, amountMinor }: IntentBooking,
): BookingPlan => {
  const operation = intent.operations.find((one) => one.operationId === operationId);
  if (operation === undefined) throw new Error(`${bookingId} is about no operation of its intent`);
  const reference = holdReference(operation);
  const late = `${reference}:late_debit`;
  switch (kind) {
    case 'deposit':
      return {
        act: 'create',
        reference: operation.operationId,
        postings: capturePostings(intent, operation),
      };
    case 'hold':
      return { act: 'hold', reference, postings: givenBackPostings(intent, operation) };
    case 'post':
    case 'void':
      return { act: kind, reference, postings: givenBackPostings(intent, operation) };
    case 'late_debit':
      return { act: 'create', reference: late, postings: givenBackPostings(intent, operation) };
    case 'return':
      return { act: 'create', reference: bookingId, postings: reversed(takenPostings(intent, operation)) };
    case 'loss':
      // In place of the debit that the ledger refused, whose reference is therefore free.
      return { act: 'create', reference: late, postings: lossPostings(operation) };
    case 'debt':
      return { act: 'create', reference: late, postings: debtPostings(intent, operation) };
    case 'recovery':
    case 'repayment': {
      const [payable, debt] = [payableOf(intent), debtOf(intent)];
      const [source, destination] = kind === 'recovery' ? [payable, debt] : [debt, payable];
      return {
        ...{ act: 'create', reference: bookingId },
        postings: [{ source, destination, amountMinor: amountMinor ?? 0n }],
      };
    }
  }
};

interface WithGivenBack {
  readonly refunds: readonly {
    readonly operation: Pick<OperationRequest, 'operationId'>;
    readonly bookings: readonly HeldBookingKind[];
  }[];
  readonly disputes: readonly {
    readonly operationId: string;
    readonly bookings: readonly HeldBookingKind[];
  }[];
}

/** How it was taken: from whoever was paid; where they had no funds, as their debt or from us. */
const takenPostings = (
  intent: Payee & WithGivenBack,
  operation: OperationState,
): readonly BookingPosting[] => {
  const { operationId } = operation;
  const refund = intent.refunds.find((one) => one.operation.operationId === operationId);
  const dispute = intent.disputes.find((one) => one.operationId === operationId);
  const done = refund?.bookings ?? dispute?.bookings ?? [];
  if (done.includes('loss')) return lossPostings(operation);
  return done.includes('debt') ? debtPostings(intent, operation) : givenBackPostings(intent, operation);
};

/** In place of the debit that the ledger refused: always possible, for a debt may be any. */
const debtPostings = (
  payee: Payee,
  { connectionId, amountMinor }: OperationRequest,
): readonly BookingPosting[] => [
  { source: debtOf(payee), destination: receivableOf(connectionId), amountMinor },
];

/**
 * A settlement, from the bank's account to the receivable: both are kept from the debit side, so that what
 * the provider owes goes down and what the bank holds goes up. What the provider kept beyond the fees that
 * were booked at capture is an expense, too; what it kept less is one taken back.
 */
export const settlementPostings = (
  connectionId: string,
  { amountMinor, feeDifferenceMinor }: { readonly amountMinor: bigint; readonly feeDifferenceMinor: bigint },
): readonly BookingPosting[] => {
  const receivable = receivableOf(connectionId);
  const fee = { source: PROVIDER_FEES, destination: receivable, amountMinor: feeDifferenceMinor };
  return [
    { source: `bank:${connectionId}`, destination: receivable, amountMinor },
    ...(feeDifferenceMinor > 0n ? [fee] : []),
    ...(feeDifferenceMinor < 0n ? reversed([{ ...fee, amountMinor: -feeDifferenceMinor }]) : []),
  ];
};
