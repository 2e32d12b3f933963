import { createHash } from 'node:crypto';
import type { Random } from '../soak/random.js';

/** What is to become of a wish, whatever crashes on the way. */
export type Fate =
  'paid' | 'declined' | 'returned' | 'rejected' | 'late' | 'refused' | 'reported' | 'recovered' | 'owing';

/** A part of each deposit that is given back, so that some of it stays. */
export const REFUNDED_MINOR = 50n;

/**
 * A deposit, one that is given back in part, one that is disputed when it is spent, or a withdrawal; each
 * with a customer of its own, so that every book can be read by customer. Or a batch that the provider has
 * paid.
 */
export interface Wish {
  readonly kind: 'deposit' | 'refund' | 'withdrawal' | 'debt' | 'settlement';
  /** Of a settlement: the batch. */
  readonly customer: string;
  readonly amountMinor: bigint;
  /** Of the provider; a refund's deposit is always approved. */
  readonly scenario: string;
  readonly fate: Fate;
  /** Distinct webhooks that the provider sends about it, and those that we send by hand. */
  readonly webhooks: number;
  /** Distinct lines of reports that we tell payments about it. */
  readonly reports?: number;
  readonly flow: Flow;
}

/** How a wish is played: the usual way, or one that reaches what the usual way doesn't. */
export type Flow = 'usual' | Way;
type Way = 'late' | 'refused' | 'parked' | 'paused-ledger' | 'reported' | 'indebted' | 'settled';

/** The parts of a disputed deposit: what stays in the wallet, and what comes to it first and then. */
export const debtParts = ({ amountMinor }: Pick<Wish, 'amountMinor'>) => {
  const [keptMinor, firstMinor] = [amountMinor / 10n, (amountMinor * 4n) / 10n];
  const restMinor = amountMinor - keptMinor - firstMinor;
  return { keptMinor, firstMinor, restMinor, secondMinor: restMinor + LEFT_MINOR };
};
/** What whoever owed has in the end. */
export const LEFT_MINOR = 70n;

/** What a batch says; half of its fees was booked at capture. */
export const BATCH_FEES_MINOR = 30n;
export const BOOKED_FEES_MINOR = 15n;

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

const debt = (fate: Fate): Recipe => ({
  ...{ kind: 'debt', scenario: 'approve', webhooks: 3, fate, flow: 'indebted' },
});
const settlement: Recipe = { kind: 'settlement', scenario: '', webhooks: 0, fate: 'paid', flow: 'settled' };

const SPECIAL: Readonly<Record<Way, readonly Recipe[]>> = {
  late: [{ ...withdrawal('payout.decline', 2, 'late'), flow: 'late' }],
  refused: [{ ...withdrawal('payout.decline', 2, 'refused'), flow: 'refused' }],
  parked: [{ ...deposit('answer.timeout_after,webhook.drop', 1), flow: 'parked' }],
  'paused-ledger': [{ ...withdrawal('approve'), flow: 'paused-ledger' }],
  reported: [
    { ...deposit('decline', 1, 'reported'), reports: 2, flow: 'reported' },
    { ...withdrawal('approve', 1, 'reported'), reports: 2, flow: 'reported' },
  ],
  indebted: [debt('recovered'), debt('owing')],
  settled: [settlement, settlement],
};

/**
 * Points that the usual ways don't pass, or that matter to more of them; the ways that do; and how many
 * passages one wave is sure to have.
 */
const WAYS: readonly (readonly [RegExp, readonly Way[], number])[] = [
  [/^payments\/refusal\./, ['refused', 'indebted'], 3],
  [/^ledger\/(refusal\.|outbox\.)/, ['refused'], 1],
  [/^payments\/payout\.before-late-debit$/, ['late'], 1],
  [/^payments\/(parked\.|webhook\.after-park)/, ['parked'], 1],
  [/^payments\/reservation\./, ['paused-ledger'], 1],
  [/^payments\/report\./, ['reported'], 4],
  [/^payments\/debt\./, ['indebted'], 3],
  [/^payments\/settlement\./, ['settled'], 4],
  [/^payments\/booking\./, ['indebted', 'settled'], 6],
];

const waysTo = (point: string): readonly Way[] => WAYS.find(([pattern]) => pattern.test(point))?.[1] ?? [];

/** Passages of a point that one wave is sure to have; the nth of them is the one that strikes. */
export const passagesOf = (point: string): number => {
  const sure = WAYS.find(([pattern]) => pattern.test(point))?.[2];
  if (sure !== undefined) return sure;
  return /outbox|log\.|inbox|engine|command/.test(point) ? 6 : 4;
};

/** The wishes of a wave, in an order of the seed. The prefix names their customers. */
export const wishesOf = (point: string, prefix: string, random: Random): Wish[] =>
  ordered([...USUAL, ...waysTo(point).flatMap((way) => SPECIAL[way])], prefix, random);

/** Everything that players can do, once. */
export const allWishes = (prefix: string, random: Random): Wish[] =>
  ordered([...USUAL, ...Object.values(SPECIAL).flat()], prefix, random);

const ordered = (recipes: readonly Recipe[], prefix: string, random: Random): Wish[] =>
  recipes
    .map((recipe) => ({ recipe, place: random.next() }))
    .sort((one, other) => one.place - other.place)
    .map(({ recipe }, index): Wish => ({
      flow: 'usual',
      ...recipe,
      customer: `${prefix}c${index}`,
      // No ending that the provider takes for a scenario.
      amountMinor: BigInt(1 + random.below(900)) * 100n,
    }))
    // Two batches of the same net would be taken for one transfer.
    .map((wish) => (wish.kind === 'settlement' ? { ...wish, amountMinor: ownAmount(wish.customer) } : wish));

const ownAmount = (name: string): bigint =>
  1n + BigInt(`0x${createHash('sha256').update(name).digest('hex').slice(0, 10)}`);
