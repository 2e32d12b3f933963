import type { Book } from '../book/book.js';
import { type Operation, type OperationRequest, stepAt } from './operation.js';

/** How long an authorization can be captured. */
const authorizationMs = 7 * 24 * 3_600_000;

export type ParentRefusal =
  | { readonly code: 'charge-missing' }
  | { readonly code: 'charge-not-expected' }
  | { readonly code: 'charge-not-found' }
  | { readonly code: 'charge-not-succeeded'; readonly status: string }
  | { readonly code: 'currency-differs-from-charge'; readonly chargeCurrency: string }
  | { readonly code: 'refund-exceeds-charge'; readonly refundableMinor: string }
  | { readonly code: 'capture-exceeds-authorization'; readonly capturableMinor: string }
  | { readonly code: 'charge-not-waiting'; readonly status: string }
  | { readonly code: 'authorization-voided' }
  | { readonly code: 'authorization-expired'; readonly expiredAt: string };

/** What the request is about, if it is about anything. */
export interface Parent {
  readonly operation: Operation | undefined;
}

const parentKinds: Readonly<Record<OperationRequest['kind'], readonly Operation['kind'][]>> = {
  ...{ charge: [], authorize: [], payout: [] },
  ...{ capture: ['authorize'], void: ['authorize', 'charge'], refund: ['charge', 'capture', 'authorize'] },
};

/** Whether its payer has yet to answer the challenge. */
export const isWaiting = (operation: Operation, at: Date): boolean =>
  operation.challengeId !== null && stepAt(operation, at).status === 'pending';

/** Whether what the request is about has enough left for it at this instant. */
export function checkParent(request: OperationRequest, book: Book, at: Date): Parent | ParentRefusal {
  const kinds = parentKinds[request.kind];
  if (kinds.length === 0) {
    return request.parent === null ? { operation: undefined } : { code: 'charge-not-expected' };
  }
  if (request.parent === null) return { code: 'charge-missing' };
  const parent = book.findByProviderRef(request.connectionId, request.parent);
  if (parent === undefined || !kinds.includes(parent.kind)) return { code: 'charge-not-found' };
  return checkWaitingVoid(request, parent, at) ?? checkSucceeded(request, parent, { book, at });
}

/** A void of what waits for its payer; undefined where that isn't the question. */
function checkWaitingVoid(
  { kind }: OperationRequest,
  parent: Operation,
  at: Date,
): Parent | ParentRefusal | undefined {
  if (kind !== 'void') return undefined;
  if (isWaiting(parent, at)) return { operation: parent };
  // What a payer was charged is given back by a refund.
  return parent.kind === 'charge'
    ? { code: 'charge-not-waiting', status: stepAt(parent, at).status }
    : undefined;
}

function checkSucceeded(
  request: OperationRequest,
  parent: Operation,
  { book, at }: { readonly book: Book; readonly at: Date },
): Parent | ParentRefusal {
  const { status } = stepAt(parent, at);
  if (status !== 'succeeded') return { code: 'charge-not-succeeded', status };
  if (parent.currency !== request.currency) {
    return { code: 'currency-differs-from-charge', chargeCurrency: parent.currency };
  }
  const refusal =
    request.kind === 'refund'
      ? checkRefund(request, parent, book)
      : checkAuthorization(request, parent, { book, at });
  return refusal ?? { operation: parent };
}

function checkRefund(
  { amountMinor }: OperationRequest,
  parent: Operation,
  book: Book,
): ParentRefusal | undefined {
  const refundable = book.refundableMinor(parent);
  if (amountMinor <= refundable) return undefined;
  return { code: 'refund-exceeds-charge', refundableMinor: refundable.toString() };
}

function checkAuthorization(
  { kind, amountMinor }: OperationRequest,
  authorization: Operation,
  { book, at }: { readonly book: Book; readonly at: Date },
): ParentRefusal | undefined {
  if (book.isVoided(authorization)) return { code: 'authorization-voided' };
  const expiredAt = new Date(Date.parse(authorization.takenAt) + authorizationMs).toISOString();
  if (at.toISOString() > expiredAt) return { code: 'authorization-expired', expiredAt };
  const capturable = authorization.approvedMinor - book.capturedMinor(authorization);
  // A void gives back all that is left, whatever amount it names, and nothing can be left of nothing.
  if (kind === 'void' ? capturable > 0n : amountMinor <= capturable) return undefined;
  return { code: 'capture-exceeds-authorization', capturableMinor: capturable.toString() };
}
