import {
  capturedMinor,
  type ExistingIntent,
  type ExistingPayout,
  type IntentEvent,
  type OperationState,
  type PaymentIntent,
  type Payout,
  type PayoutEvent,
} from '@defter/payments-domain';

/** Where an intent got to. Each is counted once for an intent, however many attempts it takes. */
export type IntentStep = 'created' | 'confirmed' | 'succeeded' | 'canceled';

export type PayoutStep = 'requested' | 'approved' | 'paid' | 'rejected' | 'canceled' | 'failed' | 'returned';

export const methodClasses = ['card', 'bank', 'other', 'none'] as const;
export type MethodClass = (typeof methodClasses)[number];

/** What an intent's step is counted under. */
export interface IntentLabels {
  /** A deposit goes to the customer's wallet, a sale to a merchant. */
  readonly purpose: 'deposit' | 'sale';
  /** `none` before there is an attempt. */
  readonly provider: string;
  readonly method: MethodClass;
}

const IBAN = /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/;
/** Tokens of cards as providers name them; whole card numbers are refused long before. */
const CARD = /^(?:tok|pm|card|src)_|^\d{6}\D|^[0-9a-f]{32,64}$/i;

/** The class of an instrument: never the instrument, which would be a time series for each payer. */
export function methodClassOf(instrument: string | null): MethodClass {
  if (instrument === null) return 'none';
  if (IBAN.test(instrument.replaceAll(' ', '').toUpperCase())) return 'bank';
  return CARD.test(instrument) ? 'card' : 'other';
}

/** The steps that these events took an intent, with the attempt that took them. */
export function intentSteps(
  before: PaymentIntent,
  after: ExistingIntent,
  events: readonly IntentEvent[],
): readonly (readonly [IntentStep, IntentLabels])[] {
  const attempts = (intent: PaymentIntent): readonly OperationState[] =>
    intent.status === 'absent' ? [] : intent.operations.filter(isAttempt);
  const [first] = attempts(after);
  const steps: [IntentStep, IntentLabels][] = [];
  const add = (step: IntentStep, attempt?: OperationState): void =>
    void steps.push([step, labelsOf(after, attempt)]);
  if (before.status === 'absent') add('created');
  if (attempts(before).length === 0 && first !== undefined) add('confirmed', first);
  if (!hasCollected(before) && hasCollected(after)) add('succeeded', collecting(after));
  if (events.some(({ type }) => type === 'PaymentIntentCanceled')) add('canceled', attempts(after).at(-1));
  return steps;
}

const isAttempt = ({ kind }: OperationState): boolean => kind === 'sale' || kind === 'authorize';

const hasCollected = (intent: PaymentIntent): boolean =>
  intent.status !== 'absent' && capturedMinor(intent) > 0n;

/** The attempt whose money came first: a sale, or the authorisation that was captured. */
function collecting({ operations }: ExistingIntent): OperationState | undefined {
  const paid = operations.find(
    ({ kind, result }) => (kind === 'sale' || kind === 'capture') && result === 'succeeded',
  );
  return operations.find(({ operationId }) => operationId === paid?.parentOperationId) ?? paid;
}

const labelsOf = (
  { merchantId, instrument }: ExistingIntent,
  attempt: OperationState | undefined,
): IntentLabels => ({
  purpose: merchantId === null ? 'deposit' : 'sale',
  provider: attempt?.provider ?? 'none',
  method: methodClassOf(attempt?.instrument ?? instrument),
});

const ENDS: ReadonlySet<string> = new Set(['paid', 'rejected', 'canceled', 'failed', 'returned']);

/** The steps that these events took a payout. */
export function payoutSteps(
  before: Payout,
  after: ExistingPayout,
  events: readonly PayoutEvent[],
): readonly PayoutStep[] {
  const has = (name: PayoutEvent['type']): boolean => events.some(({ type }) => type === name);
  const ended = before.status !== after.status && ENDS.has(after.status);
  return [
    ...(has('PayoutRequested') ? (['requested'] as const) : []),
    ...(has('PayoutApproved') ? (['approved'] as const) : []),
    ...(ended ? [after.status as PayoutStep] : []),
  ];
}
