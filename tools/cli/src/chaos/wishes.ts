import type { Random } from '../soak/random.js';

/** What is to become of a wish, whatever crashes on the way. */
export type Fate = 'paid' | 'declined' | 'returned' | 'rejected' | 'late' | 'refused';

/** A part of each deposit that is given back, so that some of it stays. */
export const REFUNDED_MINOR = 50n;

/**
 * A deposit, one that is given back in part, or a withdrawal; each with a customer of its own, so that every
 * book can be read by customer.
 */
export interface Wish {
  readonly kind: 'deposit' | 'refund' | 'withdrawal';
  readonly customer: string;
  readonly amountMinor: bigint;
  /** Of the provider; a refund's deposit is always approved. */
  readonly scenario: string;
  readonly fate: Fate;
  /** Distinct webhooks that the provider sends about it, and those that we send by hand. */
  readonly webhooks: number;
  readonly flow: Flow;
}

/** How a wish is played: the usual way, or one that reaches what the usual way doesn't. */
export type Flow = 'usual' | 'late' | 'refused' | 'parked' | 'paused-ledger';

type Recipe = Omit<Wish, 'customer' | 'amountMinor' | 'flow'> & { readonly flow?: Flow };

const deposit = (scenario: string, webhooks = 1, fate: Fate = 'paid'): Recipe => ({
  ...{ kind: 'deposit', scenario, webhooks, fate },
});
const withdrawal = (scenario: string, webhooks = 1, fate: Fate = 'paid'): Recipe => ({
  ...{ kind: 'withdrawal', scenario, webhooks, fate },
});

/** One webhook of the deposit comes beside those of the refund. */
const refund = (scenario: string, webhooks = 1, fate: Fate = 'paid'): Recipe => ({
  ...{ kind: 'refund', scenario, webhooks: webhooks + 1, fate },
});

/** Every way of a provider to tell, not to tell, or to tell twice. */
const USUAL: readonly Recipe[] = [
  deposit('approve'),
  deposit('instant'),
  deposit('webhook.duplicate:2'),
  deposit('webhook.drop', 0),
  deposit('answer.500_after'),
  deposit('answer.timeout_after,webhook.delay:300'),
  deposit('answer.timeout_before'),
  deposit('decline', 1, 'declined'),
  withdrawal('approve'),
  withdrawal('answer.timeout_after'),
  withdrawal('webhook.duplicate:1'),
  withdrawal('payout.decline', 1, 'declined'),
  withdrawal('payout.returned', 2, 'returned'),
  withdrawal('approve', 0, 'rejected'),
  refund('approve'),
  refund('answer.timeout_after'),
  refund('webhook.duplicate:1'),
  refund('decline', 1, 'declined'),
];

const SPECIAL: Readonly<Record<Exclude<Flow, 'usual'>, Recipe>> = {
  late: { ...withdrawal('payout.decline', 2, 'late'), flow: 'late' },
  refused: { ...withdrawal('payout.decline', 2, 'refused'), flow: 'refused' },
  parked: { ...deposit('answer.timeout_after,webhook.drop', 1), flow: 'parked' },
  'paused-ledger': { ...withdrawal('approve'), flow: 'paused-ledger' },
};

/** Points that the usual ways don't pass, and the way that does. */
const WAYS: readonly (readonly [RegExp, Exclude<Flow, 'usual'>])[] = [
  [/^(payments|ledger)\/refusal\.|^ledger\/outbox\./, 'refused'],
  [/^payments\/payout\.before-late-debit$/, 'late'],
  [/^payments\/(parked\.|webhook\.after-park)/, 'parked'],
  [/^payments\/reservation\./, 'paused-ledger'],
];

const wayTo = (point: string): Exclude<Flow, 'usual'> | undefined =>
  WAYS.find(([pattern]) => pattern.test(point))?.[1];

/** Passages of a point that one wave is sure to have; the nth of them is the one that strikes. */
export const passagesOf = (point: string): number => {
  if (wayTo(point) !== undefined) return 1;
  return /outbox|log\.|inbox|engine|command|booking/.test(point) ? 6 : 4;
};

/** The wishes of a wave, in an order of the seed. The prefix names their customers. */
export const wishesOf = (point: string, prefix: string, random: Random): Wish[] => {
  const way = wayTo(point);
  const recipes = way === undefined ? [...USUAL] : [...USUAL, SPECIAL[way]];
  return recipes
    .map((recipe) => ({ recipe, place: random.next() }))
    .sort((one, other) => one.place - other.place)
    .map(({ recipe }, index) => ({
      flow: 'usual',
      ...recipe,
      customer: `${prefix}c${index}`,
      // No ending that the provider takes for a scenario.
      amountMinor: BigInt(1 + random.below(900)) * 100n,
    }));
};
