import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Payout } from '@defter/client';
import { WebhookTopics } from '@defter/webhooks-contracts';
import { persistently, until } from '../demo/stage.js';
import { bookOf } from './books.read.js';
import { sendByHand } from './by-hand.js';
import type { ChaosWorld } from './chaos-world.js';
import { indebt } from './debt-player.js';
import { reportDeposit, reportReturn } from './report-player.js';
import { playSettlement } from './settlement-player.js';
import { REFUNDED_MINOR, type Wish } from './wishes.js';

const CURRENCY = 'TRY';
const RETRY_MS = 100;
/** So long a ledger stands still: longer than a payout waits before it is taken up again. */
const PAUSE_MS = 2_500;

/** Gives customers what they will withdraw, in one transaction. */
export const give = async ({ stage }: ChaosWorld, prefix: string, wishes: readonly Wish[]): Promise<void> => {
  const postings = wishes
    .filter(({ kind }) => kind === 'withdrawal')
    .map(({ customer, amountMinor }) => ({
      ...{ source: 'world', destination: `users:${customer}:main`, amount: amountMinor, asset: 'TRY/2' },
    }));
  if (postings.length === 0) return;
  const gift = { postings, reference: `gift:${prefix}` };
  await persistently(() => stage.ledger.createTransaction(stage.tenant.ledger, gift, `gift:${prefix}`));
};

/** The ids that were acknowledged. */
export interface Told {
  readonly id: string;
  readonly refundId?: string;
}

/** Plays one wish through the public APIs, asking again with the same keys. */
export const play = async (world: ChaosWorld, wish: Wish): Promise<Told> => {
  switch (wish.kind) {
    case 'deposit':
      return { id: await playDeposit(world, wish) };
    case 'refund':
      return playRefund(world, wish);
    case 'withdrawal':
      return { id: await playWithdrawal(world, wish) };
    case 'debt': {
      const id = await playDeposit(world, wish);
      // Where a step is never reached, the books are to show what is missing.
      await indebt(world, wish, id).catch(() => undefined);
      return { id };
    }
    case 'settlement':
      return { id: await playSettlement(world, wish) };
  }
};

/**
 * A deposit, and as soon as the caller sees that it succeeded, a part of it back. Where it never does, or the
 * refund gets no answer, the books are to show what is missing: that is how a switched-on bug is found.
 */
const playRefund = async (world: ChaosWorld, wish: Wish): Promise<Told> => {
  const id = await playDeposit(world, { ...wish, scenario: 'approve' });
  const refundId = await giveBack(world, wish, id).catch(() => undefined);
  return refundId === undefined ? { id } : { id, refundId };
};

const giveBack = async (world: ChaosWorld, wish: Wish, id: string): Promise<string> => {
  const { payments } = world.stage;
  await until('the deposit', async () =>
    (await payments.intent(id)).status === 'succeeded' ? true : undefined,
  );
  const metadata = { 'mock.scenario': wish.scenario };
  const body = { payment_intent: id, amount_minor: REFUNDED_MINOR, metadata };
  // 503 while the deposit isn't booked: the same key is asked with until there is an answer.
  return (await persistently(() => payments.requestRefund(body, `back-${wish.customer}`))).id;
};

const playDeposit = async (world: ChaosWorld, wish: Wish): Promise<string> => {
  const { customer, amountMinor, scenario } = wish;
  const body = {
    ...{ amount_minor: amountMinor, currency: CURRENCY, customer_id: customer, merchant_reference: customer },
    ...{ confirm: true, payment_method: 'tok_visa', metadata: { 'mock.scenario': scenario } },
  };
  const { id } = await persistently(() => world.stage.payments.createIntent(body, customer));
  if (wish.flow === 'parked') await tellByReference(world, wish);
  if (wish.flow === 'reported') await reportDeposit(world, wish, id);
  return id;
};

const playWithdrawal = async (world: ChaosWorld, wish: Wish): Promise<string> => {
  const { requester, approver } = world.stage;
  const { customer, amountMinor, scenario, fate } = wish;
  const body = {
    ...{ amount_minor: amountMinor, currency: CURRENCY, customer_id: customer },
    destination: 'TR330006100519786457841326',
    metadata: { 'mock.scenario': scenario },
  };
  const ask = () => persistently(() => requester.requestPayout(body, `ask-${customer}`));
  const { id, payload_hash } = await (wish.flow === 'paused-ledger' ? withPausedLedger(world, ask) : ask());
  if (fate === 'rejected') await persistently(() => approver.rejectPayout(id, 'no', `no-${customer}`));
  else await persistently(() => approver.approvePayout(id, payload_hash, `yes-${customer}`));
  if (fate === 'late' || fate === 'refused') await payAfterAll(world, wish, id);
  if (wish.flow === 'reported') await reportReturn(world, wish, id);
  return id;
};

/** The caller hears nothing for a while, and payments takes the reservation up by itself. */
const withPausedLedger = async ({ stack }: ChaosWorld, ask: () => Promise<Payout>): Promise<Payout> => {
  const { pid } = stack.service('ledger');
  process.kill(pid, 'SIGSTOP');
  const resumed = sleep(PAUSE_MS).then(() => process.kill(pid, 'SIGCONT'));
  try {
    return await ask();
  } finally {
    await resumed;
  }
};

/** The provider pays what it had declined; when the money is spent by then, the ledger refuses. */
const payAfterAll = async (world: ChaosWorld, wish: Wish, id: string): Promise<void> => {
  const { stage } = world;
  const { customer, amountMinor } = wish;
  const { operation } = await until('the declined payout', async () => {
    const payout = await stage.payments.payout(id);
    const voided = payout.bookings.some(({ kind, state }) => kind === 'void' && state === 'booked');
    return payout.status === 'failed' && voided ? payout : undefined;
  });
  if (wish.fate === 'refused') {
    const source = `users:${customer}:main`;
    const postings = [{ source, destination: 'world', amount: amountMinor, asset: 'TRY/2' }];
    const spent = { postings, reference: `spent:${customer}` };
    await persistently(() => stage.ledger.createTransaction(stage.tenant.ledger, spent, `spent:${customer}`));
  }
  const paid = { operation_id: operation?.operation_id, kind: 'payout', status: 'succeeded', fee: '0' };
  const money = { amount: amountMinor.toString(), currency: CURRENCY };
  await sendWebhook(world, 'withdraw_paid', { id: operation?.provider_ref, ...paid, ...money }, customer);
};

/** As the provider would sign and send it, again until it is acknowledged. */
const sendWebhook = async (
  { stage, ingressUrl }: ChaosWorld,
  type: string,
  operation: object,
  name: string,
): Promise<void> => {
  const { id, signingKey, webhookPath } = stage.tenant.connection;
  const event = { id: `evt_${name}`, type, connection_id: id, occurred_at: new Date().toISOString() };
  const body = JSON.stringify({ ...event, operation });
  for (let tries = 0; tries < 200; tries++) {
    const t = Math.floor(Date.now() / 1000);
    const v1 = createHmac('sha256', signingKey.secret).update(`${t}.${body}`).digest('hex');
    const headers = { 'mock-signature': `t=${t},v1=${v1}`, 'content-type': 'application/json' };
    const request = { method: 'POST', headers, body };
    const answer = await fetch(`${ingressUrl}${webhookPath}`, request).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(RETRY_MS);
  }
  throw new Error(`${type} for ${name} was never acknowledged`);
};

/**
 * Plays a provider whose events name only its own reference, which payments doesn't know before it has
 * looked the operation up: straight onto the topic, because the mock provider always names ours too.
 */
const tellByReference = async (world: ChaosWorld, { customer, amountMinor }: Wish): Promise<void> => {
  const { stage } = world;
  const taken = await until('the charge', async () =>
    (await bookOf(stage)).find((operation) => operation.customer === customer),
  );
  const event = {
    ...{ eventId: `evt_${randomUUID()}`, requestId: 'whk_by_hand', provider: 'mock-psp', verified: true },
    ...{ connectionId: stage.tenant.connection.id, providerEventId: customer, providerType: 'by_hand' },
    ...{ receivedAt: new Date().toISOString(), untrusted: {} },
    facts: {
      ...{ providerRef: taken.id, kind: 'sale', result: 'succeeded' },
      ...{ amountMinor: amountMinor.toString(), currency: CURRENCY },
    },
  };
  const { name: topic } = WebhookTopics.events;
  await sendByHand(world, [{ topic, key: taken.id, id: event.eventId, type: 'ProviderEvent', body: event }]);
};
