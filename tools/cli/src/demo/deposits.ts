import { setTimeout as sleep } from 'node:timers/promises';
import type { Intent } from '@defter/client';
import { inParallel, persistently, type Stage, until } from './stage.js';

const CUSTOMERS = 20;
const WIDTH = 16;

/** What the provider's webhooks do to every tenth deposit; the rest arrive in the usual way. */
const PLAYS: Readonly<Record<number, string>> = {
  1: 'webhook.duplicate:3',
  2: 'webhook.reorder',
  3: 'webhook.delay:1500',
  4: 'webhook.duplicate:2,webhook.delay:400',
  5: 'webhook.reorder,webhook.duplicate:1',
};

export interface DepositWish {
  readonly reference: string;
  readonly customer: string;
  /** Kuruş. */
  readonly amount: number;
  readonly scenario: string | undefined;
}

/** So many deposits of 10 to 500 lira, spread over the customers. */
export const depositWishes = (count: number): DepositWish[] =>
  Array.from({ length: count }, (_, index) => ({
    reference: `deposit-${index + 1}`,
    customer: `c${(index % CUSTOMERS) + 1}`,
    amount: 1000 + ((index * 7919) % 491) * 100,
    scenario: PLAYS[index % 10],
  }));

export interface DepositsPlayed {
  readonly wishes: readonly DepositWish[];
  readonly intents: readonly Intent[];
  /** How the ledger was killed, in words. */
  readonly killed: string;
  readonly troubled: number;
}

/**
 * Sends all deposits; kills the ledger when a third of them is on its way. Returns when every one is booked.
 */
export const playDeposits = async (stage: Stage, count: number): Promise<DepositsPlayed> => {
  const wishes = depositWishes(count);
  let started = 0;
  const reached = (async () => {
    while (started < count / 3) await sleep(20);
    return stage.killLedger();
  })();
  const ids = await inParallel(wishes, WIDTH, async (wish) => {
    started += 1;
    return (await persistently(() => deposit(stage, wish))).id;
  });
  const killed = await reached;
  const intents = await inParallel(ids, WIDTH, (id) => booked(stage, id));
  return {
    wishes,
    intents,
    killed,
    troubled: wishes.filter(({ scenario }) => scenario !== undefined).length,
  };
};

const deposit = (stage: Stage, { reference, customer, amount, scenario }: DepositWish) =>
  stage.payments.createIntent(
    {
      amount_minor: amount,
      currency: 'TRY',
      customer_id: customer,
      merchant_reference: reference,
      confirm: true,
      payment_method: 'tok_visa',
      ...(scenario === undefined ? {} : { metadata: { 'mock.scenario': scenario } }),
    },
    `intent-${reference}`,
  );

/** The intent once it succeeded and the ledger has booked it. */
const booked = (stage: Stage, id: string): Promise<Intent> =>
  until(`Booking of ${id}`, async () => {
    const intent = await stage.payments.intent(id);
    const done = intent.status === 'succeeded' && intent.bookings.some(({ state }) => state === 'booked');
    return done ? intent : undefined;
  });
