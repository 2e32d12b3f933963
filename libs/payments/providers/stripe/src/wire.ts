import type {
  EchoedMoney,
  LookupResult,
  OperationResult,
  ProviderOperation,
} from '@defter/payments-contracts';
import { memberOf, textMember, writtenMember } from '@defter/platform';

/** Metadata by which an object of Stripe names our operation; a captured intent names two. */
export const operationField = 'defter_operation';
export const captureField = 'defter_capture_operation';

const maxAmount = 99_999_999_999n;

/** The amount as Stripe takes it: a whole number of the smallest unit. Undefined beyond what it takes. */
export const toStripeAmount = (amountMinor: bigint): number | undefined =>
  amountMinor <= maxAmount ? Number.parseInt(amountMinor.toString(), 10) : undefined;

/** The money of two members, such as `amount` and `currency`; undefined when either has another form. */
export const moneyOf = (json: unknown, amountField = 'amount'): EchoedMoney | undefined => {
  const [amount, currency] = [writtenMember(json, amountField), textMember(json, 'currency')];
  if (amount === undefined || !/^(?:0|[1-9]\d{0,17})$/.test(amount)) return undefined;
  if (currency === undefined || !/^[a-z]{3}$/.test(currency)) return undefined;
  return { amountMinor: BigInt(amount), currency: currency.toUpperCase() };
};

/** Our operation, as an object's metadata names it. */
export const operationOf = (json: unknown, field = operationField): string | undefined =>
  textMember(memberOf(json, 'metadata'), field);

/** What a look-up says beyond what a call can be answered: a refund that came back. */
export const toLookupResult = (json: unknown, operation: ProviderOperation): LookupResult => {
  const [providerRef, echoed] = [textMember(json, 'id'), moneyOf(json)];
  const isBack = operation.kind === 'refund' && cameBack(json) && isAbout(json, operation);
  return isBack && providerRef !== undefined && echoed !== undefined
    ? { result: 'returned', providerRef, echoed }
    : toResult(json, operation);
};

const unclear = (reason: string): OperationResult => ({ result: 'unknown', reason });

/** Whether the object names the operation; a void leaves no name, so there it must be the payment itself. */
const isAbout = (json: unknown, { kind, operationId, parentProviderRef }: ProviderOperation): boolean =>
  kind === 'void'
    ? textMember(json, 'id') === parentProviderRef
    : operationOf(json, kind === 'capture' ? captureField : operationField) === operationId;

/** What the object says of an operation of this kind. */
export const toResult = (json: unknown, operation: ProviderOperation): OperationResult => {
  const { kind } = operation;
  if (!isAbout(json, operation)) return unclear('the answer is about another operation');
  const [id, status] = [textMember(json, 'id'), textMember(json, 'status')];
  if (id === undefined || status === undefined) return unclear("the answer can't be read");
  if (kind === 'refund') return refundResult(json, id, status);
  return intentResult(json, { id, status, kind });
};

/**
 * A refund that failed after its money had left: Stripe then names the transaction that brought it back.
 * Without one it failed before anything moved. https://docs.stripe.com/refunds#failed-refunds
 */
export const cameBack = (refund: unknown): boolean =>
  textMember(refund, 'status') === 'failed' &&
  textMember(refund, 'failure_balance_transaction') !== undefined;

const refundResult = (json: unknown, id: string, status: string): OperationResult => {
  const echoed = moneyOf(json);
  if (echoed === undefined) return unclear("its money can't be read");
  switch (status) {
    case 'succeeded':
      return { result: 'succeeded', providerRef: id, echoed };
    case 'pending':
    case 'requires_action':
      return { result: 'pending', providerRef: id, echoed };
    case 'failed':
    case 'canceled':
      if (cameBack(json)) return unclear('it was given back and came back: ask by look-up');
      return { result: 'failed', providerRef: id, declineCode: failureOf(json) ?? status };
    default:
      return unclear(`the status ${status} is not known`);
  }
};

const failureOf = (json: unknown): string | undefined =>
  textMember(json, 'failure_code') ?? textMember(json, 'failure_reason');

interface Intent {
  readonly id: string;
  readonly status: string;
  readonly kind: ProviderOperation['kind'];
}

/** The status at which each kind has done what it was for. */
const doneAt: Readonly<Partial<Record<ProviderOperation['kind'], string>>> = {
  sale: 'succeeded',
  capture: 'succeeded',
  authorize: 'requires_capture',
  void: 'canceled',
};

const intentResult = (json: unknown, { id, status, kind }: Intent): OperationResult => {
  const echoed = moneyOf(json, kind === 'capture' ? 'amount_received' : 'amount');
  if (echoed === undefined) return unclear("its money can't be read");
  // An authorization that was captured since, or voided, had succeeded first.
  if (status === doneAt[kind] || (kind === 'authorize' && status === 'succeeded'))
    return { result: 'succeeded', providerRef: id, echoed };
  switch (status) {
    case 'processing':
      return { result: 'pending', providerRef: id, echoed, payerDone: true };
    case 'requires_confirmation':
      return { result: 'pending', providerRef: id, echoed };
    case 'requires_action': {
      const url = textMember(memberOf(memberOf(json, 'next_action'), 'redirect_to_url'), 'url');
      const nextAction = url === undefined ? {} : { nextAction: { type: 'redirect', url } as const };
      return { result: 'pending', providerRef: id, echoed, ...nextAction };
    }
    case 'requires_payment_method': {
      const last = memberOf(json, 'last_payment_error');
      const declineCode = textMember(last, 'decline_code') ?? textMember(last, 'code') ?? 'declined';
      return { result: 'declined', providerRef: id, declineCode };
    }
    case 'canceled':
      return { result: 'failed', providerRef: id, declineCode: 'canceled' };
    default:
      return unclear(`the status ${status} doesn't fit a ${kind}`);
  }
};
