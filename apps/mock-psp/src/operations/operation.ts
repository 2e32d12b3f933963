/**
 * An operation as the provider has it. Its whole life is planned when it is taken: `steps` are in order of
 * time, and its status is that of the last step whose time has come. So a restart, or a clock that is
 * moved, changes nothing.
 *
 *     charge  pending → succeeded | declined        (instant: succeeded at once)
 *     refund  pending → succeeded | declined
 *     payout  pending → succeeded → returned | failed | declined
 */
export type OperationKind = 'charge' | 'refund' | 'payout';
export type OperationStatus = 'pending' | 'succeeded' | 'declined' | 'failed' | 'returned';

export const currencies = ['TRY', 'USD', 'EUR'] as const;

export interface Step {
  readonly status: OperationStatus;
  /** ISO 8601 with milliseconds, so that texts compare as times do. */
  readonly at: string;
  readonly declineCode?: string;
}

export type WebhookType =
  | 'deposit_captured'
  | 'deposit_failed'
  | 'withdraw_paid'
  | 'withdraw_failed'
  | 'withdraw_returned'
  | 'refund_succeeded';

/** One webhook to be sent; copies of one event share `eventId` and body. */
export interface Delivery {
  readonly id: string;
  readonly eventId: string;
  readonly type: WebhookType;
  /** Index of the step it reports. */
  readonly step: number;
  readonly dueAt: string;
  readonly badSignature: boolean;
}

/** What the caller asked for. */
export interface OperationRequest {
  readonly operationId: string;
  readonly connectionId: string;
  readonly kind: OperationKind;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly customer: string;
  readonly reference: string;
  readonly instrument: string | null;
  /** A refund's charge, by the provider's reference. */
  readonly charge: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface Operation extends OperationRequest {
  readonly providerRef: string;
  readonly feeMinor: bigint;
  /** The scenario's words, as given or found. */
  readonly scenario: string;
  readonly takenAt: string;
  readonly steps: readonly Step[];
  readonly deliveries: readonly Delivery[];
}

/** The step an operation has reached at an instant. */
export function stepAt({ steps, takenAt }: Operation, now: Date): Step {
  const instant = now.toISOString();
  return steps.findLast(({ at }) => at <= instant) ?? { status: 'pending', at: takenAt };
}

/** The step it ends in. */
export function finalStep({ steps, takenAt }: Operation): Step {
  return steps.at(-1) ?? { status: 'pending', at: takenAt };
}
