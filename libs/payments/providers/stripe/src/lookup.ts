import type Stripe from 'stripe';
import type {
  CallContext,
  LookupResult,
  PaymentProvider,
  ProviderOperation,
} from '@defter/payments-contracts';
import { unanswered, withStripe } from './client.js';
import { isDisputeId, mayBe, toDisputeResult } from './dispute.js';
import { captureField, operationField, operationOf, toLookupResult } from './wire.js';

const pageSize = 100;
const maxPages = 10;

/** What Stripe has under our id, or that its list ended (`none`), or went on beyond our patience. */
type Found = { readonly object: unknown } | 'none' | 'too_many' | 'no_list';

/**
 * Finds the operation by the metadata that it was sent with. Stripe's search is behind, usually by less than
 * a minute, so `not_found` may be early: the manifest says for how long it is no proof. What follows a proof
 * is the same call with the same idempotency key, which Stripe answers from memory for a day at least.
 */
export const lookup: PaymentProvider['lookup'] = async (
  operationId,
  call,
  operation,
): Promise<LookupResult> => {
  if (!/^[\w-]{1,64}$/.test(operationId)) return { result: 'unknown', reason: 'no operation has such an id' };
  if (operation?.kind === 'chargeback') return lookUpDispute(operationId, call, operation);
  const asked: ProviderOperation = operation ?? bare(operationId);
  const called = await withStripe(call, (stripe) => find(stripe, asked));
  if (called.ended !== 'answered') return doubt(unanswered(called));
  const found = called.value;
  if (found === 'none') return { result: 'not_found' };
  if (found === 'no_list') return { result: 'unknown', reason: "the answer can't be read" };
  if (found === 'too_many') return { result: 'unknown', reason: 'not among the newest; the list goes on' };
  return toLookupResult(found.object, asked);
};

/**
 * A dispute, by Stripe's id of it. Where that isn't known it is looked for among those of its payment, and
 * taken only if no other one has its money.
 */
const lookUpDispute = async (
  id: string,
  call: CallContext,
  operation: ProviderOperation,
): Promise<LookupResult> => {
  const called = await withStripe(call, (stripe) => findDisputes(stripe, id, operation));
  if (called.ended !== 'answered') return doubt(unanswered(called));
  if (called.value === 'no_list') return { result: 'unknown', reason: "the answer can't be read" };
  const [dispute, ...others] = called.value;
  if (dispute === undefined) return { result: 'unknown', reason: 'the payment has no such dispute' };
  if (others.length > 0) return { result: 'unknown', reason: 'the payment has several such disputes' };
  const found = toDisputeResult(dispute);
  const isOther = isDisputeId(id) && 'providerRef' in found && found.providerRef !== id;
  return isOther ? { result: 'unknown', reason: 'the answer is about another dispute' } : found;
};

const findDisputes = async (
  stripe: Stripe,
  id: string,
  operation: ProviderOperation,
): Promise<readonly unknown[] | 'no_list'> => {
  if (isDisputeId(id)) return [await stripe.disputes.retrieve(id)];
  const { parentProviderRef: payment } = operation;
  if (payment === undefined) return [];
  const of = payment.startsWith('ch_') ? { charge: payment } : { payment_intent: payment };
  const { data, has_more: goesOn } = await stripe.disputes.list({ ...of, limit: pageSize });
  // No payment has so many; what lies behind the page could be the one.
  if (!Array.isArray(data) || goesOn) return 'no_list';
  return data.filter((dispute) => mayBe(dispute, operation));
};

/** A look-up that failed knows nothing of the operation. */
const doubt = (result: ReturnType<typeof unanswered>): LookupResult => ({
  result: 'unknown',
  reason: 'reason' in result ? result.reason : `the look-up was refused (${result.result})`,
});

/** Without knowing what it was, it is looked for among payments. */
const bare = (operationId: string): ProviderOperation => ({
  ...{ operationId, kind: 'sale', amountMinor: 0n, currency: 'TRY', customerId: '', reference: '' },
  metadata: {},
});

const find = async (stripe: Stripe, operation: ProviderOperation): Promise<Found> => {
  const { kind, operationId, parentProviderRef } = operation;
  switch (kind) {
    case 'capture':
    case 'void': {
      if (parentProviderRef === undefined) return 'none';
      const intent: unknown = await stripe.paymentIntents.retrieve(parentProviderRef);
      return isDone(intent, operation) ? { object: intent } : 'none';
    }
    case 'refund': {
      const of = parentProviderRef === undefined ? {} : { payment_intent: parentProviderRef };
      return among(operationId, (after) => stripe.refunds.list({ ...of, ...after, limit: pageSize }));
    }
    default: {
      const query = `metadata['${operationField}']:'${operationId}'`;
      const { data } = await stripe.paymentIntents.search({ query, limit: 1 });
      if (!Array.isArray(data)) return 'no_list';
      const [object] = data;
      return object === undefined ? 'none' : { object };
    }
  }
};

const isDone = (intent: unknown, { kind, operationId }: ProviderOperation): boolean =>
  kind === 'capture'
    ? operationOf(intent, captureField) === operationId
    : (intent as { readonly status?: unknown }).status === 'canceled';

const among = async (
  operationId: string,
  page: (after: { starting_after?: string }) => Promise<{ data: { id: string }[]; has_more: boolean }>,
): Promise<Found> => {
  let after: { starting_after?: string } = {};
  for (let read = 0; read < maxPages; read++) {
    const { data, has_more: goesOn } = await page(after);
    if (!Array.isArray(data)) return 'no_list';
    const object = data.find((row) => operationOf(row) === operationId);
    if (object !== undefined) return { object };
    const last = data.at(-1);
    if (!goesOn || last === undefined) return 'none';
    after = { starting_after: last.id };
  }
  return 'too_many';
};
