/** One call to a provider, and what we know of its result. */
import type { Split } from './split.js';

export type OperationKind =
  'authorize' | 'capture' | 'sale' | 'void' | 'refund' | 'payout' | 'payout_reversal' | 'chargeback';

/**
 * `sending`: written before the call, nothing heard yet. `errored`: provably never sent. `unknown`: may have
 * reached
 * the provider. `returned`: a payout or refund that had been paid came back.
 */
export type OperationResult =
  'sending' | 'errored' | 'unknown' | 'pending' | 'declined' | 'failed' | 'succeeded' | 'returned';

/** What an observation can claim; only the machine turns it into a result. */
export type ObservedResult = Exclude<OperationResult, 'sending'>;

export type ObservationSource = 'answer' | 'webhook' | 'lookup' | 'report';

/**
 * Why people must look at an operation. A flag never moves money and never stops it from being booked
 * once.
 */
export type QuarantineReason =
  | 'amount-mismatch'
  | 'currency-mismatch'
  | 'failed-and-succeeded'
  | 'provider-ref-conflict'
  | 'returned-without-payout';

/**
 * Anything we learn about an operation. The amount is the one that the provider repeated, from signed
 * fields.
 */
export interface Observation {
  readonly operationId: string;
  readonly source: ObservationSource;
  readonly result: ObservedResult;
  readonly at: string;
  readonly providerRef: string | null;
  readonly declineCode: string | null;
  readonly echoed: { readonly amountMinor: bigint; readonly currency: string } | null;
  /** With `pending`: where the payer has to go before the provider goes on. */
  readonly nextActionUrl?: string;
  /** With `pending`: the provider says that the payer has done all; it waits for a bank. */
  readonly payerDone?: true;
  /** Of a dispute: the bank only asks, no money moves. */
  readonly isInquiry?: true;
  /** Of a dispute: evidence was handed in and is looked at. */
  readonly isUnderReview?: true;
}

/** What an operation is asked for; fixed for ever once committed. */
export interface OperationRequest {
  readonly operationId: string;
  readonly kind: OperationKind;
  readonly provider: string;
  readonly connectionId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** What the provider keeps by the rate card; 0 for payouts. */
  readonly feeMinor: bigint;
  readonly rateCardVersion: number;
  /** Test card token, IBAN or stored instrument; never a card number. */
  readonly instrument: string | null;
  /**
   * The operation that this one is about: of a capture or void its authorisation, of a refund what it gives
   * back.
   */
  readonly parentOperationId: string | null;
  /** Where the payer's browser goes after a step at the provider. */
  readonly returnUrl: string | null;
  /** Whose the money is, fixed when it is asked for; null where nothing is collected or given back. */
  readonly split: Split | null;
  /** Of an authorisation whose provider releases what its first capture leaves. */
  readonly capturesOnce?: true;
  /** Of an attempt: its provider ends it by a void while it waits for its payer, never once it is charged. */
  readonly endsByVoid?: true;
  /** Of an attempt: until when it may wait for its payer. */
  readonly payerUntil?: string;
  readonly at: string;
}

export interface OperationState extends OperationRequest {
  readonly result: OperationResult;
  /** Sorted; more than one is a conflict. */
  readonly providerRefs: readonly string[];
  readonly declineCode: string | null;
  /** Sorted, without doubles. */
  readonly quarantine: readonly QuarantineReason[];
  /** The smallest of those that were heard of, so that their order doesn't matter. */
  readonly nextActionUrl: string | null;
  /** Once heard, it stays: no step leads back to the payer. */
  readonly payerDone?: true;
}

export type OperationEvent =
  | {
      readonly type: OperationResultEvent;
      readonly operationId: string;
      readonly result: ObservedResult;
      /** `command`: nobody was asked; it was canceled before anything was sent. */
      readonly source: ObservationSource | 'command';
      readonly providerRef: string | null;
      readonly declineCode: string | null;
      readonly nextActionUrl?: string;
      readonly payerDone?: true;
      readonly at: string;
    }
  | {
      readonly type: 'OperationQuarantined';
      readonly operationId: string;
      readonly reason: QuarantineReason;
      readonly source: ObservationSource;
      readonly at: string;
    };

export type OperationResultEvent =
  | 'OperationErrored'
  | 'OperationUnknown'
  | 'OperationPending'
  | 'OperationDeclined'
  | 'OperationFailed'
  | 'OperationSucceeded'
  | 'OperationReturned'
  /** The result stands; a provider reference or decline code became known. */
  | 'OperationDetailLearned';

/** Nothing more is expected of it, except along the late edges of its machine. */
export const isSettled = (result: OperationResult): boolean =>
  result === 'declined' || result === 'failed' || result === 'succeeded' || result === 'returned';
