/**
 * An operation as the provider has it. Its life is planned when it is taken: `steps` are in order of time,
 * and its status is that of the last step whose time has come. So a restart, or a clock that is moved,
 * changes nothing. Only a person's part changes the plan later: a challenge, a return, a dispute.
 *
 *     charge, authorize, capture, void, refund  pending → succeeded | declined   (instant: succeeded at once)
 *     refund                                    … → succeeded → returned
 *     payout                                    pending → succeeded → returned | failed | declined
 *     dispute                                   opened → evidence → won | lost
 */
export const operationKinds = ['charge', 'authorize', 'capture', 'void', 'refund', 'payout'] as const;
export type OperationKind = (typeof operationKinds)[number];
export type DisputeStatus = 'opened' | 'evidence' | 'won' | 'lost';
export type OperationStatus = 'pending' | 'succeeded' | 'declined' | 'failed' | 'returned' | DisputeStatus;

export const currencies = ['TRY', 'USD', 'EUR'] as const;

export interface Step {
  readonly status: OperationStatus;
  /** ISO 8601 with milliseconds, so that texts compare as times do. */
  readonly at: string;
  readonly declineCode?: string;
}

export type WebhookType =
  | 'deposit_authorized'
  | 'deposit_captured'
  | 'deposit_failed'
  | 'deposit_voided'
  | 'withdraw_paid'
  | 'withdraw_failed'
  | 'withdraw_returned'
  | 'refund_succeeded'
  | 'refund_failed'
  | 'refund_returned'
  | `dispute_${DisputeStatus}`;

/** What is wrong with a webhook on purpose. */
export type Flaw =
  | 'bad_signature'
  | 'old_time'
  | 'future_time'
  | 'unsigned_field'
  | 'boundary_shift'
  | 'unknown_type'
  | 'huge'
  | 'other_content';

/** One webhook to be sent; copies of one event share `eventId` and body. */
export interface Delivery {
  readonly id: string;
  readonly eventId: string;
  readonly type: WebhookType;
  /** Index of the step it reports. */
  readonly step: number;
  readonly dueAt: string;
  readonly flaw: Flaw | null;
  /** Operations whose last event travels in the same request. */
  readonly companions: readonly string[];
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
  /** What a refund, capture or void is about, by the provider's reference. */
  readonly parent: string | null;
  readonly returnUrl: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What happens to an operation from now on. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly deliveries: readonly Delivery[];
}

export interface Operation extends Omit<OperationRequest, 'kind'>, Plan {
  readonly kind: OperationKind | 'dispute';
  readonly providerRef: string;
  /** What is paid of the amount asked for; less only after a partial approval. */
  readonly approvedMinor: bigint;
  readonly feeMinor: bigint;
  readonly parentOperationId: string | null;
  /** The name of its challenge page, if there is one. */
  readonly challengeId: string | null;
  /** The scenario's words, as given or found. */
  readonly scenario: string;
  readonly takenAt: string;
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

/** Whether it counts against what it takes from: it succeeded and stayed there, or still may. */
export function counts(operation: Operation): boolean {
  const { status } = finalStep(operation);
  return status !== 'declined' && status !== 'failed' && status !== 'won' && status !== 'returned';
}
