import type { LookupResult, ProviderOperation } from '@defter/payments-contracts';
import { listMember, textMember, writtenMember } from '@defter/platform';
import { moneyOf } from './wire.js';

/**
 * What a dispute's status means: `succeeded` is lost, `failed` is won or came to nothing, `returned` is that
 * what had been withdrawn is back.
 */
export interface DisputeMeaning {
  readonly result: 'pending' | 'succeeded' | 'failed' | 'returned';
  readonly isInquiry?: true;
  readonly isUnderReview?: true;
}

/** https://docs.stripe.com/api/disputes/object: those with `warning_` are inquiries, which move no money. */
const meanings: Readonly<Record<string, DisputeMeaning>> = {
  warning_needs_response: { result: 'pending', isInquiry: true },
  warning_under_review: { result: 'pending', isInquiry: true },
  warning_closed: { result: 'failed', isInquiry: true },
  prevented: { result: 'failed', isInquiry: true },
  needs_response: { result: 'pending' },
  under_review: { result: 'pending', isUnderReview: true },
  appeal_needs_response: { result: 'pending', isUnderReview: true },
  appeal_under_review: { result: 'pending', isUnderReview: true },
  won: { result: 'failed' },
  lost: { result: 'succeeded' },
};

/** Undefined for a status that nobody knows. */
export const disputeMeaning = (dispute: unknown): DisputeMeaning | undefined => {
  const status = textMember(dispute, 'status') ?? '';
  const meaning = Object.hasOwn(meanings, status) ? meanings[status] : undefined;
  const isDecided = status === 'lost' || status === 'won';
  return isDecided && isReinstated(dispute) ? { result: 'returned' } : meaning;
};

/**
 * What had been withdrawn was paid back: its balance transactions add up to nothing. One that is won says by
 * nothing else whether it had been lost before an appeal; `failed` wouldn't give back what was taken then.
 */
const isReinstated = (dispute: unknown): boolean => {
  const amounts = listMember(dispute, 'balance_transactions').map((row) => writtenMember(row, 'amount'));
  const known = amounts.filter((amount) => amount !== undefined && /^-?\d{1,18}$/.test(amount));
  if (known.length < 2 || known.length < amounts.length) return false;
  return known.reduce((sum, amount) => sum + BigInt(amount ?? '0'), 0n) === 0n;
};

/** Whether it is a dispute's id of Stripe's, and not the payment's or ours. */
export const isDisputeId = (id: string): boolean => /^(?:dp|du)_\w{1,255}$/.test(id);

/** Whether the dispute may be the one that is asked about: of its payment, with its money. */
export const mayBe = (dispute: unknown, { amountMinor, currency }: ProviderOperation): boolean => {
  const money = moneyOf(dispute);
  return money?.amountMinor === amountMinor && money.currency === currency;
};

/** What a look-up says of a dispute that was found. */
export const toDisputeResult = (dispute: unknown): LookupResult => {
  const [providerRef, echoed] = [textMember(dispute, 'id'), moneyOf(dispute)];
  const meaning = disputeMeaning(dispute);
  if (providerRef === undefined || echoed === undefined || meaning === undefined)
    return { result: 'unknown', reason: `the dispute's status or money can't be read` };
  const { result, ...about } = meaning;
  if (result === 'failed')
    return { result, providerRef, declineCode: textMember(dispute, 'status') ?? 'won' };
  return result === 'pending' ? { result, providerRef, echoed, ...about } : { result, providerRef, echoed };
};
