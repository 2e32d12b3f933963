import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LedgerTopics } from '@defter/ledger-contracts';
import { toHeaders } from '@defter/platform';
import { eventually } from '@defter/testing';
import { TENANT, TestPayments } from '../testing/test-payments.js';
import { ToldByLedger } from '../testing/told-by-ledger.js';

let payments: TestPayments;
let ledger: ToldByLedger;
const startedAs = (roles: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  beforeAll(async () => {
    payments = await TestPayments.start([...roles], { BOOKING_RETRY: '1h', ...env });
    ledger = new ToldByLedger(payments);
  });
  afterAll(() => payments.stop());
};

let customers = 0;
let markers = 0;
const get = async (id: string) => (await payments.call('GET', `/v1/payment_intents/${id}`)).body;
const publish = (topic: string, id: string, body: object) =>
  payments.messaging.publish([
    {
      ...{ topic, key: `${TENANT}/main`, value: JSON.stringify(body) },
      headers: toHeaders({ id, type: 'x', source: 'ledger', tenantId: TENANT, time: new Date() }),
    },
  ]);
const refuse = (commandId: string, code = 'insufficient-funds') =>
  publish(LedgerTopics.refusals.name, `refusal ${commandId}`, {
    ...{ ledger: 'main', commandId, commandType: 'CreateTransaction' },
    ...{ code, detail: 'no funds' },
  });
/** The ledger has booked it; the balances are those of the wallet after it. */
const book = (commandId: string, wallet?: { readonly account: string; readonly available: string }) => {
  const balance = { asset: 'TRY/2', posted: '0', pendingOut: '0', pendingIn: '0' };
  const balances = wallet === undefined ? [] : [{ ...balance, ...wallet, posted: wallet.available }];
  return ledger.booked(commandId, { balances });
};
interface Booking {
  readonly id: string;
  readonly kind: string;
}
const lastOf = (id: string, kind: string, count = 1): Promise<string> =>
  eventually(async () => {
    const found = (await get(id)).bookings.filter((one: Booking) => one.kind === kind);
    expect(found).toHaveLength(count);
    return found.at(-1).id as string;
  });
/** All events of the ledger so far were heard. */
const heardAll = async () => {
  const marker = `marker ${++markers}`;
  await payments.rows(
    "insert into booking (tenant_id, booking_id, owner_id, kind) values ($1, $2, 'nobody', 'deposit')",
    [TENANT, marker],
  );
  await book(marker);
  await eventually(async () =>
    expect(
      await payments.rows("select from booking where booking_id = $1 and state = 'booked'", [marker]),
    ).toHaveLength(1),
  );
};
/** The job has taken the debt twice more; each time it notes when it will look again. */
const lookedAgain = async (id: string) => {
  const times = new Set<string>();
  await eventually(async () => {
    const due = 'select due_at::text as due from debt where owner_id = $1';
    for (const { due: time } of await payments.rows<{ due: string }>(due, [id])) times.add(time);
    expect(times.size).toBeGreaterThan(4);
  });
};
const owedOf = async (id: string) => (await get(id)).disputes[0].owed_minor;
const movesOf = async (id: string) =>
  (await get(id)).disputes[0].debt_moves.map((move: { amount_minor: number }) => move.amount_minor);

/** A payment whose dispute was lost when its payee had nothing. */
const indebted = async (fundsMinor: bigint) => {
  const customer = `debtor${++customers}`;
  const account = `users:${customer}:main`;
  const request = {
    ...{ amount_minor: 1000, currency: 'TRY', customer_id: customer, merchant_reference: `debt-${customer}` },
    ...{ confirm: true, payment_method: 'tok_visa' },
  };
  const { body: intent } = await payments.call('POST', '/v1/payment_intents', { body: request });
  await eventually(async () => expect((await get(intent.id)).status).toBe('succeeded'));
  await payments.bookDeposits();
  payments.ledger.available.set(account, fundsMinor);
  const [{ operation_id: operationId }] = intent.attempts;
  const tell = (result: 'pending' | 'succeeded' | 'returned') =>
    payments.hear({
      providerType: 'dispute',
      facts: {
        ...{ operationId, providerRef: 'pi', disputeRef: `dp_${customer}`, kind: 'chargeback', result },
        ...{ amountMinor: '1000', currency: 'TRY' },
      },
    });
  await tell('pending');
  await refuse(await lastOf(intent.id, 'hold'));
  await tell('succeeded');
  await refuse(await lastOf(intent.id, 'late_debit'));
  await book(await lastOf(intent.id, 'debt'));
  return { id: intent.id as string, account, tell };
};

describe('a dispute that is lost where whoever was paid has no funds', () => {
  startedAs(['http', 'worker']);

  it('is their debt: what they have is taken at once, the rest when money comes, each once', async () => {
    const { id, account } = await indebted(400n);
    const first = await lastOf(id, 'recovery');
    expect(await movesOf(id)).toEqual([400]);
    const [command] = await payments.rows<{ body: string }>('select body from outbox where message_id = $1', [
      first,
    ]);
    expect(JSON.parse(command?.body ?? '')).toMatchObject({
      reference: first,
      postings: [{ source: account, destination: account.replace('main', 'debt'), amount: '400' }],
    });
    expect((await get(id)).needs_attention).toContain('debt-open');
    payments.ledger.available.set(account, 0n);
    await book(first, { account, available: '0' });
    payments.ledger.available.set(account, 250n);
    await book('a deposit', { account, available: '250' });
    const second = await lastOf(id, 'recovery', 2);
    payments.ledger.available.set(account, 0n);
    await book(second, { account, available: '0' });
    payments.ledger.available.set(account, 5_000n);
    await book('another deposit', { account, available: '5000' });
    // A look at the funds of before may have asked for less; then the rest is asked for with the next one.
    for (let nth = 3; (await owedOf(id)) > 0; nth++) {
      await book(await lastOf(id, 'recovery', nth), { account, available: '4650' });
      await heardAll();
    }
    const moves = await movesOf(id);
    expect([moves.slice(0, 2), moves.reduce((sum: number, each: number) => sum + each, 0)]).toEqual([
      [400, 250],
      1_000,
    ]);
    expect((await get(id)).needs_attention).not.toContain('debt-open');
    await book('one more deposit', { account, available: '9000' });
    await heardAll();
    expect(await movesOf(id)).toEqual(moves);
  });

  it('owes as before what the ledger refuses, nobody is called, and it is asked again', async () => {
    const { id, account } = await indebted(0n);
    payments.ledger.available.set(account, 300n);
    await book('comes', { account, available: '300' });
    const first = await lastOf(id, 'recovery');
    payments.ledger.available.set(account, 0n);
    await refuse(first);
    await eventually(async () => expect(await owedOf(id)).toBe(1000));
    expect((await get(id)).needs_attention).not.toContain('recovery-refused-by-ledger');
    payments.ledger.available.set(account, 1_000n);
    await book('comes again', { account, available: '1000' });
    await book(await lastOf(id, 'recovery', 2));
    await eventually(async () => expect(await owedOf(id)).toBe(0));
  });

  it('is asked ever more rarely for what is refused for another reason, and people see it', async () => {
    const { id, account } = await indebted(300n);
    const pauseOf = async () => {
      const [row] = await payments.rows<{ seconds: string }>(
        'select extract(epoch from due_at - updated_at)::text as seconds from debt where owner_id = $1',
        [id],
      );
      return Number(row?.seconds);
    };
    for (const [nth, seconds] of [3_600, 7_200, 14_400].entries()) {
      await refuse(await lastOf(id, 'recovery', nth + 1), 'account-closed');
      await eventually(async () => expect(await pauseOf()).toBe(seconds));
      expect(await owedOf(id)).toBe(1000);
      expect((await get(id)).needs_attention).toContain('recovery-refused-by-ledger');
      // Money is no reason to ask sooner.
      for (const n of [1, 2]) await book(`comes in vain ${nth} ${n}`, { account, available: '300' });
      await heardAll();
      expect(await pauseOf()).toBe(seconds);
      expect(await movesOf(id)).toHaveLength(nth + 1);
      await payments.rows('update debt set due_at = now() where owner_id = $1', [id]);
    }
    const last = await lastOf(id, 'recovery', 4);
    expect((await get(id)).needs_attention).toContain('recovery-refused-by-ledger');
    payments.ledger.available.set(account, 0n);
    await book(last, { account, available: '0' });
    await eventually(async () =>
      expect((await get(id)).needs_attention).not.toContain('recovery-refused-by-ledger'),
    );
    expect(await owedOf(id)).toBe(700);
  });

  it('owes as before what is refused while a process of before hears it: it is told again', async () => {
    const { id, account } = await indebted(300n);
    const first = await lastOf(id, 'recovery');
    payments.ledger.available.set(account, 0n);
    await payments.rows(
      `update booking set state = 'refused', refusal = 'insufficient-funds', answered_at = now()
        where tenant_id = $1 and booking_id = $2`,
      [TENANT, first],
    );
    await eventually(async () => expect(await owedOf(id)).toBe(1000));
    const made = 'select made_good from booking where booking_id = $1';
    expect(await payments.rows(made, [first])).toEqual([{ made_good: true }]);
  });

  it('gets back what was taken when the provider gives the money back', async () => {
    const { id, account, tell } = await indebted(400n);
    const first = await lastOf(id, 'recovery');
    payments.ledger.available.set(account, 0n);
    await book(first, { account, available: '0' });
    await tell('returned');
    const back = await lastOf(id, 'return');
    const bodyOf = async (messageId: string) => {
      const rows = await payments.rows<{ body: string }>('select body from outbox where message_id = $1', [
        messageId,
      ]);
      return JSON.parse(rows[0]?.body ?? '');
    };
    const debt = account.replace('main', 'debt');
    expect((await bodyOf(back)).postings).toMatchObject([
      { source: 'psp:c_one:receivable', destination: debt, amount: '1000' },
    ]);
    const repaid = await lastOf(id, 'repayment');
    expect((await bodyOf(repaid)).postings).toMatchObject([
      { source: debt, destination: account, amount: '400' },
    ]);
    expect(await get(id)).toMatchObject({ disputes: [{ status: 'won', owed_minor: 0 }] });
  });
});

describe('a part of a debt', () => {
  startedAs(['http']);

  it.each(['debt.before-commit', 'debt.after-commit'])(
    'is taken once by two processes, each of which dies once at %s',
    async (point) => {
      const workers = [await payments.add(['worker'], point), await payments.add(['worker'], point)];
      const { id, account } = await indebted(0n);
      payments.ledger.available.set(account, 600n);
      for (let n = 0; n < 5; n++) await book(`comes ${point} ${n}`, { account, available: '600' });
      const first = await lastOf(id, 'recovery');
      // Whoever looks again finds one that waits for the ledger.
      for (let n = 5; n < 10; n++) await book(`comes ${point} ${n}`, { account, available: '600' });
      await heardAll();
      await lookedAgain(id);
      expect(await movesOf(id)).toEqual([600]);
      payments.ledger.available.set(account, 0n);
      await book(first, { account, available: '0' });
      await heardAll();
      expect(await owedOf(id)).toBe(400);
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  );
});

describe('a debt', () => {
  startedAs(['http'], { OPERATION_LEASE: '1s' });

  it('is looked at again soon when the process that took it died, though no money comes', async () => {
    const worker = await payments.add(['worker'], 'debt.after-take');
    const { id } = await indebted(600n);
    await lastOf(id, 'recovery');
    expect(await movesOf(id)).toEqual([600]);
    await worker.stop();
  });

  it('is not looked at again before an hour has passed when there was nothing to take', async () => {
    const worker = await payments.add(['worker']);
    const { id } = await indebted(0n);
    await eventually(async () => {
      const rest = `select from debt where owner_id = $1 and due_at > now() + interval '50 minutes'`;
      expect(await payments.rows(rest, [id])).toHaveLength(1);
    });
    await worker.stop();
  });
});
