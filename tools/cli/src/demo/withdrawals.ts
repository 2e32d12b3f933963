import { DefterProblem, type Payout } from '@defter/client';
import type { Intent } from '@defter/client';
import { inParallel, persistently, type Stage, until } from './stage.js';

const WIDTH = 8;
const SETTLED: readonly string[] = ['paid', 'failed', 'rejected', 'returned', 'canceled'];
/** Above anything that a wallet of the story holds. */
const BEYOND_ALL_FUNDS = 100_000_000;

type Fate = 'paid' | 'refused' | 'declined' | 'rejected' | 'returned';

interface WithdrawalWish {
  readonly name: string;
  readonly customer: string;
  readonly amount: number;
  readonly fate: Fate;
}

/** What was asked, and what became of it. */
export interface Withdrawal {
  readonly wish: WithdrawalWish;
  /** Undefined for those that were refused by funds. */
  readonly payout: Payout | undefined;
}

const fateOf = (index: number): Fate => {
  if (index === 7) return 'returned';
  if (index % 10 === 3) return 'refused';
  if (index % 10 === 5) return 'declined';
  return index % 25 === 11 ? 'rejected' : 'paid';
};

const SCENARIOS: Partial<Record<Fate, string>> = { declined: 'payout.decline', returned: 'payout.returned' };

const wishes = (count: number, intents: readonly Intent[]): WithdrawalWish[] => {
  const customers = [...new Set(intents.map(({ customer_id }) => customer_id))];
  return Array.from({ length: count }, (_, index) => {
    const fate = fateOf(index);
    const amount = fate === 'refused' ? BEYOND_ALL_FUNDS : 500 + (index % 5) * 100;
    return {
      name: `withdrawal-${index + 1}`,
      customer: customers[index % customers.length] ?? '',
      amount,
      fate,
    };
  });
};

/**
 * Asks for all withdrawals, has another person approve or reject them, and waits until each is settled and
 * booked.
 */
export const playWithdrawals = (
  stage: Stage,
  count: number,
  intents: readonly Intent[],
): Promise<Withdrawal[]> =>
  inParallel(wishes(count, intents), WIDTH, async (wish) => ({ wish, payout: await withdraw(stage, wish) }));

const withdraw = async (stage: Stage, wish: WithdrawalWish): Promise<Payout | undefined> => {
  const asked = await request(stage, wish);
  if (asked === undefined) return undefined;
  const { id, payload_hash } = asked;
  if (wish.fate === 'rejected') {
    await persistently(() => stage.approver.rejectPayout(id, 'Not today', `reject-${wish.name}`));
  } else {
    await persistently(() => stage.approver.approvePayout(id, payload_hash, `approve-${wish.name}`));
  }
  return until(`Settlement of ${wish.name}`, async () => {
    const payout = await stage.payments.payout(id);
    const final = wish.fate === 'returned' ? payout.status === 'returned' : SETTLED.includes(payout.status);
    return final && payout.bookings.every(({ state }) => state === 'booked') ? payout : undefined;
  });
};

const request = async (
  stage: Stage,
  { name, customer, amount, fate }: WithdrawalWish,
): Promise<Payout | undefined> => {
  const scenario = SCENARIOS[fate];
  const body = {
    amount_minor: amount,
    currency: 'TRY',
    customer_id: customer,
    destination: 'TR330006100519786457841326',
    ...(scenario === undefined ? {} : { metadata: { 'mock.scenario': scenario } }),
  };
  try {
    return await persistently(() => stage.requester.requestPayout(body, `request-${name}`));
  } catch (error) {
    if (error instanceof DefterProblem && error.code === 'insufficient-funds') return undefined;
    throw error;
  }
};
