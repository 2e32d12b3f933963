import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mockPsp } from '@defter/provider-mock-psp';
import { eventually } from '@defter/testing';
import { type MockServer, operation, startMockServer } from '../testing/mock-server.js';

let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer();
});
afterAll(() => mock.stop());

const returnUrl = 'http://shop.example/back?order=1';
/** Asks for a payment that is challenged, and gives the address of its page. */
const challenged = async (over: Parameters<typeof operation>[0] = {}) => {
  const asked = operation({ scenario: 'outcome=challenge', returnUrl, ...over });
  const answer = await mockPsp.execute(asked, mock.call());
  const url = (answer.result === 'pending' && answer.nextAction?.url) || '';
  return { ...asked, answer, url };
};
const press = (url: string, button: string) =>
  fetch(`${url}/${button}`, { method: 'POST', redirect: 'manual' });
const where = ({ status, headers }: Response) => [status, headers.get('location')];

describe('a challenge', () => {
  it('is asked for in the answer and in the look-up, and shown without a key', async () => {
    const { answer, operationId, url } = await challenged();
    expect(answer).toMatchObject({ result: 'pending', nextAction: { type: 'redirect' } });
    expect(url).toMatch(new RegExp(`^${mock.running.url}/challenge/ch3_[0-9a-f]{32}$`));
    expect(await mockPsp.lookup(operationId, mock.call())).toEqual(answer);
    const page = await fetch(url, { headers: { 'accept-language': 'tr-TR,tr;q=0.9' } });
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' http://shop.example");
    expect(await page.text()).toContain('Onayla');
    expect(await (await fetch(url)).text()).toContain('12.34 TRY');
  });

  it('is at the public address where there is one', async () => {
    const other = await startMockServer({ MOCK_PSP_PUBLIC_URL: 'https://pay.example/mock/' });
    const answer = await mockPsp.execute(operation({ scenario: 'challenge' }), other.call());
    await other.stop();
    expect(answer).toMatchObject({
      nextAction: { url: expect.stringMatching(/^https:\/\/pay\.example\/mock\/challenge\/ch3_/) },
    });
  });

  it.each([
    ['approve', 'succeeded', 'deposit_captured'],
    ['decline', 'declined', 'deposit_failed'],
  ])('%s: settled, told by webhook, and the browser sent back', async (button, result, type) => {
    const { operationId, url } = await challenged();
    expect(where(await press(url, button))).toEqual([303, returnUrl]);
    expect(await mockPsp.lookup(operationId, mock.call())).toMatchObject({ result });
    await eventually(() =>
      expect(mock.receiver.of(operationId).map(({ json }) => json.type)).toEqual([type]),
    );
    expect(await (await fetch(url)).text()).not.toContain('<form');
  });

  it('is ended by a void while its payer is away; what was charged is not', async () => {
    const { operationId, url, answer } = await challenged();
    const parentProviderRef = ('providerRef' in answer && answer.providerRef) || '';
    const cancel = () =>
      mockPsp.execute(operation({ kind: 'void', parentProviderRef, amountMinor: 1_234n }), mock.call());
    expect(await cancel()).toMatchObject({ result: 'pending' });
    await press(url, 'approve');
    const ended = { result: 'declined', declineCode: 'authentication_abandoned' };
    expect(await mockPsp.lookup(operationId, mock.call())).toMatchObject(ended);
    await eventually(() =>
      expect(mock.receiver.of(operationId).map(({ json }) => json.type)).toEqual(['deposit_failed']),
    );
    expect(await cancel()).toMatchObject({ result: 'failed', declineCode: 'charge-not-waiting' });

    const faster = await challenged();
    await press(faster.url, 'approve');
    const ref = ('providerRef' in faster.answer && faster.answer.providerRef) || '';
    const late = operation({ kind: 'void', parentProviderRef: ref, amountMinor: 1_234n });
    expect(await mockPsp.execute(late, mock.call())).toMatchObject({ declineCode: 'charge-not-waiting' });
    expect(await mockPsp.lookup(faster.operationId, mock.call())).toMatchObject({ result: 'succeeded' });
  });

  it('pressing again, or the other button, changes nothing and leads back all the same', async () => {
    const { operationId, url } = await challenged();
    const answers = await Promise.all(['approve', 'approve', 'decline'].map((button) => press(url, button)));
    expect(answers.map(where)).toEqual(Array(3).fill([303, returnUrl]));
    const settled = await mockPsp.lookup(operationId, mock.call());
    await press(url, settled.result === 'succeeded' ? 'decline' : 'approve');
    expect(await mockPsp.lookup(operationId, mock.call())).toEqual(settled);
    await mock.restart();
    expect(await mockPsp.lookup(operationId, mock.call())).toEqual(settled);
    expect(mock.receiver.of(operationId).length).toBeLessThanOrEqual(1);
  });

  it('walking away decides nothing; without a return address the page is where one lands', async () => {
    const { returnUrl: _, ...bare } = operation({ scenario: 'challenge' });
    const answer = await mockPsp.execute(bare, mock.call());
    const url = (answer.result === 'pending' && answer.nextAction?.url) || '';
    const left = await press(url, 'abandon');
    expect(where(left)).toEqual([303, new URL(url).pathname]);
    expect(await mockPsp.lookup(bare.operationId, mock.call())).toMatchObject({ result: 'pending' });
  });

  it('a form as a browser sends it is taken; what isn’t there is 404', async () => {
    const { url } = await challenged();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const sent = await fetch(`${url}/approve`, { method: 'POST', redirect: 'manual', headers });
    expect(sent.status).toBe(303);
    expect((await press(`${mock.running.url}/challenge/ch3_none`, 'approve')).status).toBe(404);
    expect((await fetch(`${mock.running.url}/challenge/ch3_none`)).status).toBe(404);
  });

  it.each([
    'ftp://x.example/',
    'javascript:alert(1)',
    '/back',
    'https://user:pass@x.example/',
    'http://x y/',
  ])('a return address like %s is refused', async (address) => {
    const body = { amount: '1000', currency: 'TRY', customer: 'cus_1', reference: '', return_url: address };
    const response = await mock.post('/v1/charges', body, { 'idempotency-key': 'op_r' });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([400, 'malformed']);
  });
});
