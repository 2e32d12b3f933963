/**
 * What happens at the provider weeks or minutes later, with the real mock and the real ledger: disputes, a
 * refund that comes back, a payer who walks away from a challenge.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { persistently, type Stage, until } from '@defter/cli';
import { send, startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  // Before what is pending is looked up anyway.
  world = await startWorld({ CHALLENGE_EXPIRES: '15s', PENDING_LOOKUP_AFTER: '10m' });
}, 240_000);
afterAll(() => world?.stop());

interface IntentView {
  readonly id: string;
  readonly status: string;
  readonly attempts: readonly {
    readonly operation_id: string;
    readonly result: string;
    readonly is_abandoned: boolean;
  }[];
  readonly releases: readonly object[];
  readonly next_action: { readonly url: string } | null;
  readonly needs_attention: readonly string[];
  readonly disputes: readonly {
    readonly status: string;
    readonly owed_minor: number;
    readonly debt_moves: readonly {
      readonly booking_id: string;
      readonly amount_minor: number;
      readonly is_refused: boolean;
    }[];
    readonly operation: { readonly provider_ref: string };
  }[];
  readonly bookings: readonly { readonly id: string; readonly kind: string; readonly state: string }[];
}
const call = async <T>(stage: Stage, method: string, path: string, body?: object): Promise<T> => {
  const answer = await send(`${stage.urls.payments}/v1/${path}`, {
    ...{ method, token: stage.tenant.apiKey },
    ...(body === undefined ? {} : { raw: JSON.stringify(body) }),
    ...(method === 'GET' ? {} : { headers: { 'idempotency-key': crypto.randomUUID() } }),
  });
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body as T;
};
const start = (stage: Stage, reference: string, method: string, scenario: string): Promise<IntentView> =>
  persistently(() =>
    call<IntentView>(stage, 'POST', 'payment_intents', {
      ...{ amount_minor: 100_000, currency: 'TRY', customer_id: 'c1', merchant_reference: reference },
      ...{ confirm: true, payment_method: method, metadata: { 'mock.scenario': scenario } },
    }),
  );
const reach = (stage: Stage, id: string, isThere: (intent: IntentView) => boolean): Promise<IntentView> =>
  until(`a step of ${id}`, async () => {
    const intent = await call<IntentView>(stage, 'GET', `payment_intents/${id}`);
    return isThere(intent) ? intent : undefined;
  });
const paid = async (stage: Stage, reference: string): Promise<IntentView> => {
  const { id } = await start(stage, reference, 'tok_visa', 'approve');
  return reach(stage, id, ({ bookings }) => bookings[0]?.state === 'booked');
};
const balanceOf = async (stage: Stage, account: string): Promise<bigint> =>
  BigInt((await stage.ledger.balances('main', account).catch(() => []))[0]?.posted ?? 0);
const books = (stage: Stage, account: string, amount: bigint) =>
  until(`${amount} on ${account}`, async () =>
    (await balanceOf(stage, account)) === amount ? true : undefined,
  );
/** The payer's bank, as the mock plays it. */
const open = async (stage: Stage, intent: IntentView): Promise<void> => {
  const connectionId = stage.tenant.connection.id;
  await stage.provider('POST', '/_test/disputes', {
    ...{ connectionId, operationId: intent.attempts[0]?.operation_id },
  });
  await reach(stage, intent.id, ({ disputes }) => disputes[0]?.status === 'opened');
};
/** The provider's names of them. */
const disputeIds = async (stage: Stage, { id }: IntentView): Promise<readonly string[]> =>
  (await call<IntentView>(stage, 'GET', `payment_intents/${id}`)).disputes.map(
    ({ operation }) => operation.provider_ref,
  );
const move = (stage: Stage, disputeId: string, to: 'evidence' | 'won' | 'lost') =>
  stage.provider('POST', `/_test/disputes/${disputeId}`, { connectionId: stage.tenant.connection.id, to });
const dispute = async (stage: Stage, intent: IntentView, end: 'won' | 'lost'): Promise<void> => {
  await open(stage, intent);
  const [id = ''] = await disputeIds(stage, intent);
  await move(stage, id, 'evidence');
  await move(stage, id, end);
  await reach(stage, intent.id, ({ disputes }) => disputes[0]?.status === end);
};

describe('a dispute at the mock provider', () => {
  it('holds the wallet, takes it when lost, gives it back when won', async () => {
    const stage = world.stage('t_disputes');
    const won = await paid(stage, 'won');
    await dispute(stage, won, 'won');
    await books(stage, 'users:c1:main', 100_000n);
    const lost = await paid(stage, 'lost');
    await dispute(stage, lost, 'lost');
    await books(stage, 'users:c1:main', 100_000n);
    const { bookings } = await reach(stage, lost.id, (intent) =>
      intent.bookings.every(({ state }) => state === 'booked'),
    );
    expect(bookings.map(({ kind }) => kind).sort()).toEqual(['deposit', 'hold', 'post']);
    expect(await balanceOf(stage, 'fees:losses')).toBe(0n);
  }, 180_000);

  it('that found an empty wallet is taken from it when it is lost and the money is there again', async () => {
    const stage = world.stage('t_uncovered');
    const disputed = await paid(stage, 'spent');
    await books(stage, 'users:c1:main', 100_000n);
    const spending = { source: 'users:c1:main', destination: 'out', amount: 100_000, asset: 'TRY/2' };
    await send(`${stage.urls.ledger}/v2/main/transactions`, {
      ...{ token: stage.tenant.apiKey, raw: JSON.stringify({ postings: [spending] }) },
      headers: { 'idempotency-key': 'spend' },
    });
    await open(stage, disputed);
    await reach(stage, disputed.id, ({ needs_attention: why }) => why.includes('dispute-uncovered'));
    const again = await paid(stage, 'again');
    await books(stage, 'users:c1:main', 100_000n);
    const id = (await disputeIds(stage, disputed))[0] ?? '';
    await move(stage, id, 'lost');
    await books(stage, 'users:c1:main', 0n);
    expect(await balanceOf(stage, 'fees:losses')).toBe(0n);
    expect(again.status).toBe('succeeded');
  }, 180_000);
});

/** Money leaves the wallet. */
const spend = (stage: Stage, amount: number): Promise<unknown> => {
  const spending = { source: 'users:c1:main', destination: 'out', amount, asset: 'TRY/2' };
  return send(`${stage.urls.ledger}/v2/main/transactions`, {
    ...{ token: stage.tenant.apiKey, raw: JSON.stringify({ postings: [spending] }) },
    headers: { 'idempotency-key': crypto.randomUUID() },
  });
};

describe('a dispute that is lost while the wallet has a part of it', () => {
  it('is a debt: what there is is taken, the rest when money comes, also after a kill', async () => {
    const stage = world.stage('t_debt');
    const disputed = await paid(stage, 'indebted');
    await books(stage, 'users:c1:main', 100_000n);
    await spend(stage, 70_000);
    await open(stage, disputed);
    await reach(stage, disputed.id, ({ needs_attention: why }) => why.includes('dispute-uncovered'));
    await move(stage, (await disputeIds(stage, disputed))[0] ?? '', 'lost');
    await books(stage, 'users:c1:debt', -70_000n);
    await books(stage, 'users:c1:main', 0n);
    await reach(stage, disputed.id, ({ disputes: [one] }) => one?.owed_minor === 70_000);
    await world.crash('payments');
    await paid(stage, 'more');
    await books(stage, 'users:c1:debt', 0n);
    await books(stage, 'users:c1:main', 30_000n);
    // The ledger has booked it before payments hears so.
    const after = await reach(
      stage,
      disputed.id,
      ({ disputes: [one], bookings }) =>
        one?.owed_minor === 0 && bookings.every(({ state }) => state !== 'requested'),
    );
    expect(after.needs_attention).not.toContain('debt-open');
    // In how many parts is nobody's promise: a part is what there was when it was asked for.
    const moves = after.disputes[0]?.debt_moves.filter((move) => !move.is_refused) ?? [];
    const booked = after.bookings.filter(({ kind, state }) => kind === 'recovery' && state === 'booked');
    expect(booked.map(({ id }) => id).sort()).toEqual(moves.map((move) => move.booking_id).sort());
    expect(moves.reduce((sum, move) => sum + move.amount_minor, 0)).toBe(100_000);
    expect(await balanceOf(stage, 'fees:losses')).toBe(0n);
  }, 180_000);
});

/** The payer comes back to the page of the bank after all; it takes the answer, whatever became of it. */
const comesBack = async ({ next_action: step }: IntentView): Promise<void> => {
  const answer = await fetch(`${step?.url}/approve`, { method: 'POST', redirect: 'manual' });
  expect(answer.status).toBe(303);
};

describe('a payer who walks away from a challenge of the mock provider', () => {
  it('is not charged once the attempt is abandoned or its intent canceled', async () => {
    const stage = world.stage('t_away');
    const { id } = await start(stage, 'away', 'tok_visa', 'challenge');
    const waiting = await reach(stage, id, ({ status }) => status === 'requires_action');
    await call(stage, 'POST', `payment_intents/${id}/abandon`);
    await reach(stage, id, ({ status }) => status === 'requires_payment_method');
    await comesBack(waiting);
    const canceled = await start(stage, 'canceled', 'tok_visa', 'challenge');
    const asked = await reach(stage, canceled.id, ({ status }) => status === 'requires_action');
    await call(stage, 'POST', `payment_intents/${canceled.id}/cancel`);
    await reach(stage, canceled.id, ({ status }) => status === 'canceled');
    await comesBack(asked);
    // Asked for, taken, told and booked after them: what they had set off would be there by now, too.
    await paid(stage, 'later');
    await books(stage, 'users:c1:main', 100_000n);
    for (const one of [id, canceled.id]) {
      const { attempts, bookings } = await call<IntentView>(stage, 'GET', `payment_intents/${one}`);
      expect(attempts).toMatchObject([{ result: 'declined' }]);
      expect(bookings).toEqual([]);
    }
  }, 180_000);
});

describe('a payer whose time is over at the mock provider', () => {
  it('and who has paid just before, without a word from the provider, is charged once', async () => {
    const stage = world.stage('t_finished');
    const { id } = await start(stage, 'finished', 'tok_visa', 'challenge,webhook.drop');
    await comesBack(await reach(stage, id, ({ status }) => status === 'requires_action'));
    const { attempts, releases } = await reach(stage, id, ({ status }) => status === 'succeeded');
    expect([attempts, releases]).toMatchObject([[{ result: 'succeeded', is_abandoned: false }], []]);
    await books(stage, 'users:c1:main', 100_000n);
  }, 180_000);

  it('and who never came is given up, and not charged', async () => {
    const stage = world.stage('t_never');
    const { id } = await start(stage, 'never', 'tok_visa', 'challenge');
    const waiting = await reach(stage, id, ({ status }) => status === 'requires_action');
    const { attempts } = await reach(stage, id, ({ status }) => status === 'requires_payment_method');
    expect(attempts).toMatchObject([{ is_abandoned: true }]);
    await comesBack(waiting);
    expect(await balanceOf(stage, 'users:c1:main')).toBe(0n);
  }, 180_000);
});

describe('a refund that the payer’s bank sends back', () => {
  it('is in the wallet again', async () => {
    const stage = world.stage('t_back');
    const { id } = await paid(stage, 'back');
    const refund = await call<{ id: string }>(stage, 'POST', 'refunds', {
      ...{ payment_intent: id, amount_minor: 30_000 },
    });
    const read = () =>
      call<{ status: string; operation: { operation_id: string } }>(stage, 'GET', `refunds/${refund.id}`);
    const done = await until('the refund', async () => {
      const now = await read();
      return now.status === 'succeeded' ? now : undefined;
    });
    await books(stage, 'users:c1:main', 70_000n);
    const { id: connectionId } = stage.tenant.connection;
    const path = `/_test/refunds/${done.operation.operation_id}/return`;
    await stage.provider('POST', path, { connectionId });
    await until('its return', async () => ((await read()).status === 'returned' ? true : undefined));
    await books(stage, 'users:c1:main', 100_000n);
  }, 180_000);
});
