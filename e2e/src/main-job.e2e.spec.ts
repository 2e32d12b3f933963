import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startBrowser } from '@defter/testing';
import { persistently, playStory, type Stage, until } from '@defter/cli';
import { send, startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 180_000);
afterAll(() => world?.stop());

const deposit = (stage: Stage, reference: string, amount: number, scenario = 'approve') =>
  persistently(() =>
    stage.payments.createIntent(
      {
        amount_minor: amount,
        currency: 'TRY',
        customer_id: 'c1',
        merchant_reference: reference,
        confirm: true,
        payment_method: 'tok_visa',
        metadata: { 'mock.scenario': scenario },
      },
      reference,
    ),
  );
const wallet = async (stage: Stage): Promise<number> =>
  Number((await stage.ledger.balances('main', 'users:c1:main').catch(() => []))[0]?.posted ?? 0);

describe('the main job', () => {
  it('is played through with a killed ledger and a faulty settlement file; all claims hold', async () => {
    const story = await playStory(world.stage('t_story'), { deposits: 80, withdrawals: 30 }, () => undefined);
    expect(story.checks.filter(({ holds }) => !holds)).toEqual([]);
    expect(story.checks.length).toBeGreaterThan(5);
  }, 240_000);

  it('50 withdrawals at once, through two ledgers: exactly the affordable number is accepted', async () => {
    const stage = world.stage('t_race');
    await deposit(stage, 'fund', 123_400);
    await until('the deposit', async () => ((await wallet(stage)) === 123_400 ? true : undefined));
    const ledgers = [world.stack.service('ledger', 0).url, world.stack.service('ledger', 1).url];
    const posting = { source: 'users:c1:main', destination: 'out', amount: 5_000, asset: 'TRY/2' };
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        send(`${ledgers[index % 2]}/v2/main/transactions`, {
          token: stage.tenant.apiKey,
          raw: JSON.stringify({ postings: [posting] }),
          headers: { 'idempotency-key': `race-${index}` },
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(24);
    expect(answers.filter(({ body }) => body.code === 'insufficient-funds')).toHaveLength(26);
    expect(await wallet(stage)).toBe(3_400);
  }, 120_000);

  it('50 payouts at once from one wallet hold exactly what is affordable', async () => {
    const stage = world.stage('t_payout_race');
    await deposit(stage, 'fund', 100_000);
    await until('the deposit', async () => ((await wallet(stage)) === 100_000 ? true : undefined));
    const wish = {
      amount_minor: 7_000,
      currency: 'TRY',
      customer_id: 'c1',
      destination: 'TR330006100519786457841326',
    };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) =>
        persistently(() => stage.requester.requestPayout(wish, `race-${index}`)),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(14);
    const [balance] = await stage.ledger.balances('main', 'users:c1:main');
    expect(balance).toMatchObject({ posted: 100_000, pendingOut: 98_000, available: 2_000 });
  }, 120_000);

  it('the same webhook 20 times at once through two ingresses: one effect, twenty 2xx', async () => {
    const stage = world.stage('t_webhook');
    const { connection } = stage.tenant;
    const intent = await deposit(stage, 'silent', 10_000, 'webhook.drop');
    const operation = await until('the charge', async () => {
      const { attempts } = await stage.payments.intent(intent.id);
      return attempts[0]?.result === 'pending' ? attempts[0] : undefined;
    });
    const { data } = await stage.provider<{ data: Record<string, unknown>[] }>(
      'GET',
      `/_test/book?connectionId=${connection.id}`,
    );
    const view = data[0] ?? {};
    expect(await wallet(stage)).toBe(0);
    const body = JSON.stringify({
      id: 'evt_by_hand',
      type: 'deposit_captured',
      connection_id: connection.id,
      occurred_at: new Date().toISOString(),
      operation: { ...view, operation_id: operation.operation_id, status: 'succeeded' },
    });
    const t = Math.floor(Date.now() / 1000);
    const v1 = createHmac('sha256', connection.signingKey.secret).update(`${t}.${body}`).digest('hex');
    const ingresses = [0, 1].map((replica) => world.stack.service('webhook-ingress', replica).url);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        send(`${ingresses[index % 2]}${connection.webhookPath}`, {
          raw: body,
          headers: { 'mock-signature': `t=${t},v1=${v1}` },
        }),
      ),
    );
    expect(answers.map(({ status }) => Math.floor(status / 100))).toEqual(Array(20).fill(2));
    await until('the credit', async () => ((await wallet(stage)) > 0 ? true : undefined));
    const books: string[] = [];
    for await (const { idempotencyKey } of stage.ledger.logs('main')) books.push(idempotencyKey ?? '');
    expect(books).toEqual([`deposit:${operation.operation_id}`]);
    expect(await wallet(stage)).toBe(10_000);
    const forged = body.replace('10000', '90000');
    const refused = await send(`${ingresses[0]}${connection.webhookPath}`, {
      raw: forged,
      headers: { 'mock-signature': `t=${t},v1=${v1}` },
    });
    expect(refused.status).toBe(401);
  }, 120_000);

  it('a payer says no, then yes to the bank, on pages without scripts; credited once', async () => {
    const stage = world.stage('t_page');
    const browser = await startBrowser();
    try {
      const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB' });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      const order = {
        ...{ amount_minor: 123_400, currency: 'TRY', customer_id: 'c1', merchant_reference: 'order' },
        ...{ success_url: 'https://shop.example/thanks', cancel_url: 'https://shop.example/cart' },
      };
      const opened = await persistently(() => stage.payments.openCheckout(order, 'order'));
      await page.goto(opened.checkout_url);
      for (const answer of ['Decline', 'Approve']) {
        await page.locator('input[value=challenge]').check();
        await page.getByRole('button').click();
        // The page comes again by itself while it waits.
        await page.getByRole('link', { name: 'Continue to your bank' }).click();
        await page.getByText('Mock Bank').waitFor();
        await page.getByRole('button', { name: answer }).click();
        await page.waitForURL(`${opened.checkout_url}**`);
        const ending =
          answer === 'Decline'
            ? page.getByRole('alert').getByText('You could not be authenticated.')
            : page.getByRole('heading', { name: 'Payment successful' });
        await ending.waitFor();
      }
      const session = await stage.payments.checkout(opened.session_id);
      expect(session).toMatchObject({ status: 'complete', payment_status: 'paid' });
      const intent = await stage.payments.intent(session.payment_intent_id ?? '');
      expect(intent.attempts.map(({ result }) => result)).toEqual(['declined', 'succeeded']);
      expect(intent.bookings).toHaveLength(1);
      await until('the credit', async () => ((await wallet(stage)) > 0 ? true : undefined));
      expect(await wallet(stage)).toBe(123_400);
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  }, 120_000);
});
