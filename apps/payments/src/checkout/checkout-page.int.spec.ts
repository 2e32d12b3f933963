import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { eventually, startBrowser } from '@defter/testing';
import { type BankDecision, TestBank } from '../testing/test-bank.js';
import { TestPayments } from '../testing/test-payments.js';

let payments: TestPayments;
let bank: TestBank;
let browser: Browser;
let context: BrowserContext;
let page: Page;
/** What the bank does before it sends the browser back. */
let decided: (decision: BankDecision) => Promise<void> | void;
const complaints: string[] = [];

beforeAll(async () => {
  const port = `${await freePort()}`;
  const env = { HTTP_PORT: port, CHECKOUT_URL: `http://127.0.0.1:${port}` };
  [payments, bank, browser] = await Promise.all([
    TestPayments.start(['http', 'worker'], env),
    TestBank.start((decision) => decided(decision)),
    startBrowser(),
  ]);
  payments.provider.challengeUrl = (operationId, returnUrl) => bank.challengeUrl(operationId, returnUrl);
});
beforeEach(async () => {
  decided = () => undefined;
  await visit({});
});
afterEach(async () => {
  payments.provider.delayMs = 0;
  payments.provider.lookupsFail = false;
  await context.close();
  expect(complaints.splice(0)).toEqual([]);
});
afterAll(async () => {
  await browser.close();
  await bank.stop();
  await payments.stop();
});

const freePort = async (): Promise<number> => {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
};

/** Every page works without a script. What the browser refuses (the policy of contents) fails the test. */
const visit = async (options: object) => {
  context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB', ...options });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('console', (message) => complaints.push(message.text()));
};

let orders = 0;
const open = async (change: object = {}) => {
  const { body } = await payments.call('POST', '/v1/checkout/sessions', {
    body: {
      ...{
        amount_minor: 129_950,
        currency: 'TRY',
        customer_id: '42',
        merchant_reference: `page-${++orders}`,
      },
      ...{ success_url: `${bank.shopUrl}?paid`, cancel_url: `${bank.shopUrl}?cart`, ...change },
    },
  });
  return body;
};
const card = (id: string) => page.locator(`input[value=${id}]`);
const pay = async (id: string) => {
  if (!(await card(id).isVisible())) await page.locator('summary').click();
  await card(id).check();
  await page.getByRole('button').click();
};
const heading = (name: string) => page.getByRole('heading', { name }).waitFor();
const sessionOf = async ({ session_id: id }: { session_id: string }) =>
  (await payments.call('GET', `/v1/checkout/sessions/${id}`)).body;
const effectsOf = async ({ payment_intent_id: id }: { payment_intent_id: string }) => {
  const rows = await payments.rows<{ id: string }>(
    'select operation_id as id from operation where owner_id = $1 order by created_at',
    [id],
  );
  return rows.map((row) => payments.provider.effects.get(row.id) ?? 0);
};
const hearPaid = (operationId: string) =>
  payments.hear({
    facts: { operationId, kind: 'sale', result: 'succeeded', amountMinor: '129950', currency: 'TRY' },
  });

describe('a payer without scripts', () => {
  it('pays, and goes back to the shop', async () => {
    const session = await open({ description: '<b>2 m²</b> "Kadıköy"' });
    await page.goto(session.checkout_url);
    await page.getByText('<b>2 m²</b> "Kadıköy"').waitFor();
    await page.getByText('₺1,299.50').first().waitFor();
    await page.getByText('30 minutes left').waitFor();
    await pay('instant');
    await heading('Payment successful');
    expect(await sessionOf(session)).toMatchObject({ status: 'complete', payment_status: 'paid' });
    await page.getByRole('link', { name: 'Back to Kırtasiye <Demo>' }).click();
    await page.waitForURL(`${bank.shopUrl}?paid`);
  });

  it('is declined, told why in the language of the browser, and pays with another card', async () => {
    await context.close();
    await visit({ locale: 'tr-TR', viewport: { width: 360, height: 740 } });
    const session = await open();
    await page.goto(session.checkout_url);
    await pay('insufficient_funds');
    await page.getByRole('alert').getByText('Kartın bakiyesi yeterli değil.').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('tr');
    const width = await page.locator('body').evaluate((body) => body.scrollWidth);
    expect(width).toBeLessThanOrEqual(360);
    await page.getByRole('link', { name: 'English' }).click();
    await page.getByRole('alert').getByText('The card does not have enough money.').waitFor();
    await pay('instant');
    await heading('Payment successful');
    expect(await effectsOf(session)).toEqual([0, 1]);
  });

  it('goes away, and finds the page as it was', async () => {
    const session = await open();
    await page.goto(session.checkout_url);
    await page.getByRole('link', { name: 'Cancel and go back to Kırtasiye <Demo>' }).click();
    await page.waitForURL(`${bank.shopUrl}?cart`);
    expect(await sessionOf(session)).toMatchObject({ status: 'open', payment_status: 'unpaid' });
    await page.goBack();
    await heading('Pay Kırtasiye <Demo>');
    expect(await effectsOf(session)).toEqual([]);
  });

  it('who chooses no card is asked to, also past a browser that doesn’t check', async () => {
    const session = await open();
    await page.goto(`${session.checkout_url}?from=form`);
    await page.getByRole('alert').getByText('Choose a card first.').waitFor();
    expect(await card('instant').getAttribute('required')).toBe('');
  });

  it('is charged once, whatever they do: two clicks, reload, back and again', async () => {
    const session = await open();
    payments.provider.delayMs = 800;
    await page.goto(session.checkout_url);
    await card('instant').check();
    await page.getByRole('button').dblclick();
    await heading('Your payment is being processed');
    await page.reload();
    await page.goBack();
    if (await card('instant').isVisible()) await pay('instant');
    await page.goto(session.checkout_url);
    await heading('Payment successful');
    await page.reload();
    await heading('Payment successful');
    expect(await effectsOf(session)).toEqual([1]);
  });
});

describe('a bank that asks the payer', () => {
  const atTheBank = async () => {
    const session = await open();
    await page.goto(session.checkout_url);
    await pay('challenge');
    await eventually(async () => {
      await page.goto(session.checkout_url);
      await page.getByRole('link', { name: 'Continue to your bank' }).waitFor({ timeout: 2_000 });
    });
    await page.getByRole('link', { name: 'Continue to your bank' }).click();
    await heading('Bank');
    return session;
  };

  it('whose webhook comes before the browser does: the page knows already', async () => {
    payments.provider.lookupsFail = true;
    const session = await atTheBank();
    decided = async ({ operationId, approved }) => {
      payments.provider.decide(operationId, { approved });
      await hearPaid(operationId);
      await eventually(async () => expect((await sessionOf(session)).status).toBe('complete'));
    };
    await page.getByRole('link', { name: 'approve' }).click();
    await heading('Payment successful');
    expect(await effectsOf(session)).toEqual([1]);
  });

  it('is not offered any more once the attempt was given up', async () => {
    const session = await atTheBank();
    Object.assign(payments.provider, { lookupsFail: true, voidsFail: true });
    const abandon = `/v1/payment_intents/${session.payment_intent_id}/abandon`;
    expect((await payments.call('POST', abandon, { body: {} })).status).toBe(201);
    await page.goto(session.checkout_url);
    await heading('Your payment is being processed');
    expect(await page.getByRole('link', { name: 'Continue to your bank' }).count()).toBe(0);
    payments.provider.voidsFail = false;
  });

  it('whose webhook comes after the browser: the page waits, and sees it by itself', async () => {
    payments.provider.lookupsFail = true;
    const session = await atTheBank();
    let operation = '';
    decided = ({ operationId, approved }) => {
      operation = operationId;
      payments.provider.decide(operationId, { approved });
    };
    await page.getByRole('link', { name: 'approve' }).click();
    await heading('Your payment is being processed');
    expect((await sessionOf(session)).status).toBe('open');
    await hearPaid(operation);
    await heading('Payment successful');
    expect(await effectsOf(session)).toEqual([1]);
  });

  it('whose webhook never comes: the return makes us ask', async () => {
    const session = await atTheBank();
    decided = ({ operationId, approved }) => payments.provider.decide(operationId, { approved });
    await page.getByRole('link', { name: 'approve' }).click();
    await heading('Payment successful');
    expect(await effectsOf(session)).toEqual([1]);
  });

  it('that is told no leads back to the cards', async () => {
    const session = await atTheBank();
    decided = ({ operationId, approved }) => payments.provider.decide(operationId, { approved });
    await page.getByRole('link', { name: 'decline' }).click();
    await page.getByRole('alert').getByText('You could not be authenticated.').waitFor();
    await pay('instant');
    await heading('Payment successful');
    expect(await effectsOf(session)).toEqual([0, 1]);
  });

  it('is left alone: the page leads there again', async () => {
    const session = await atTheBank();
    await page.goto(session.checkout_url);
    await page.getByRole('link', { name: 'Continue to your bank' }).waitFor();
    expect(await effectsOf(session)).toEqual([0]);
  });
});

it('every answer of the page forbids scripts, frames and telling the address to others', async () => {
  const { checkout_url: address } = await open();
  const answer = await fetch(address);
  const text = await answer.text();
  expect(answer.headers.get('content-security-policy')?.split('; ')).toEqual([
    "default-src 'none'",
    expect.stringMatching(/^style-src 'sha256-[^' ]+'$/),
    ...["form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"],
  ]);
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(text).not.toMatch(/<script|\son[a-z]+=|javascript:|style="/i);
  expect(text.match(/<input type="radio"/g)?.length).toBe(text.match(/<label/g)?.length);
});
