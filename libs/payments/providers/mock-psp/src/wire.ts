import type { NextAction, OperationKind, OperationResult } from '@defter/payments-contracts';

/**
 * An operation as MockPSP writes it, in answers, look-ups and webhooks. Amounts are decimal-integer
 * strings.
 */
export interface WireOperation {
  readonly operationId: string;
  readonly providerRef: string;
  readonly kind: Exclude<OperationKind, 'payout_reversal'>;
  readonly status: 'pending' | 'succeeded' | 'declined' | 'failed' | 'returned';
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly feeMinor: bigint;
  readonly declineCode: string | undefined;
  readonly nextAction: NextAction | undefined;
}

const kinds: Readonly<Record<string, WireOperation['kind']>> = {
  ...{ charge: 'sale', authorize: 'authorize', capture: 'capture', void: 'void' },
  ...{ refund: 'refund', payout: 'payout', dispute: 'chargeback' },
};
/** A dispute is a chargeback that is pending until it is lost, and comes to nothing when it is won. */
const statuses: Readonly<Record<string, WireOperation['status']>> = {
  ...{ pending: 'pending', succeeded: 'succeeded', declined: 'declined', failed: 'failed' },
  ...{ returned: 'returned', opened: 'pending', evidence: 'pending', lost: 'succeeded', won: 'failed' },
};

/** The bytes as JSON, or undefined when they are none. */
export function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** A member of a JSON object that is text and not empty, or undefined. */
export function textOf(value: unknown, field: string): string | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, field)) return undefined;
  const member = (value as Readonly<Record<string, unknown>>)[field];
  return typeof member === 'string' && member !== '' ? member : undefined;
}

/** The operation a JSON value says; undefined when anything of it is missing or has another form. */
export function readOperation(value: unknown): WireOperation | undefined {
  const kind = kindOf(textOf(value, 'kind'));
  const said = textOf(value, 'status') ?? '';
  const status = Object.hasOwn(statuses, said) ? statuses[said] : undefined;
  const [operationId, providerRef] = [textOf(value, 'operation_id'), textOf(value, 'id')];
  const [amountMinor, feeMinor] = [minorOf(textOf(value, 'amount')), minorOf(textOf(value, 'fee'))];
  const currency = currencyOf(textOf(value, 'currency'));
  if (kind === undefined || status === undefined || operationId === undefined || providerRef === undefined)
    return undefined;
  if (amountMinor === undefined || feeMinor === undefined || currency === undefined) return undefined;
  const [declineCode, nextAction] = [textOf(value, 'decline_code'), nextActionOf(value)];
  return { operationId, providerRef, kind, status, amountMinor, currency, feeMinor, declineCode, nextAction };
}

/** The payer's next step, if the operation has one that a browser can follow. */
function nextActionOf(value: unknown): NextAction | undefined {
  const action = (value as { readonly next_action?: unknown }).next_action;
  const url = textOf(action, 'type') === 'redirect' ? textOf(action, 'url') : undefined;
  if (url === undefined || !/^https?:\/\//.test(url) || !URL.canParse(url)) return undefined;
  return { type: 'redirect', url };
}

/** Our kind for the provider's word, or undefined. */
export function kindOf(word: string | undefined): WireOperation['kind'] | undefined {
  return word !== undefined && Object.hasOwn(kinds, word) ? kinds[word] : undefined;
}

/** The amount a decimal-integer string says (0 or more, any size up to 40 digits), or undefined. */
export function minorOf(text: string | undefined): bigint | undefined {
  return text !== undefined && /^(?:0|[1-9][0-9]{0,39})$/.test(text) ? BigInt(text) : undefined;
}

/** The text, if it has the form of a currency code. */
export function currencyOf(text: string | undefined): string | undefined {
  return text !== undefined && /^[A-Z]{3}$/.test(text) ? text : undefined;
}

/**
 * What an operation means as the result of a call. `returned` is no result of a call: only a look-up says
 * it.
 */
export function toResult(operation: WireOperation): OperationResult {
  const { providerRef, status, declineCode = 'unspecified', amountMinor, currency, feeMinor } = operation;
  const { nextAction } = operation;
  switch (status) {
    case 'pending':
    case 'succeeded': {
      const isNext = status === 'pending' && nextAction !== undefined;
      const told = { providerRef, echoed: { amountMinor, currency }, feeMinor };
      return { result: status, ...told, ...(isNext && { nextAction }) };
    }
    case 'declined':
    case 'failed':
      return { result: status, providerRef, declineCode };
    case 'returned':
      return {
        result: 'unknown',
        reason: 'the provider says that it was paid and came back: ask by look-up',
      };
  }
}
