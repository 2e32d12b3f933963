import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { TestPayments } from '../testing/test-payments.js';

let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start();
});
afterAll(() => payments.stop());

interface Entry {
  readonly at: string;
  readonly source: string;
  readonly name: string;
}
let orders = 0;
const paid = async (): Promise<string> => {
  const body = {
    ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: `line-${++orders}` },
    ...{ confirm: true, payment_method: 'tok_visa' },
  };
  const { id } = (await payments.call('POST', '/v1/payment_intents', { body })).body;
  await eventually(async () =>
    expect((await payments.call('GET', `/v1/payment_intents/${id}`)).body.status).toBe('succeeded'),
  );
  await payments.bookDeposits();
  return id;
};
const read = (id: string, query = '') =>
  payments.call('GET', `/v1/payment_intents/${id}/timeline${query === '' ? '' : `?${query}`}`);

describe('a timeline', () => {
  it('is read in pages, each entry once and in order, whatever their size', async () => {
    const id = await paid();
    // What is of one instant, too.
    await payments.rows(
      `insert into observation (tenant_id, operation_id, observation_id, source, result, is_news, detail,
                                observed_at)
       select tenant_id, operation_id, 'of one instant ' || n, 'lookup', 'pending', false, '{}', created_at
         from operation, generate_series(1, 4) n where owner_id = $1`,
      [id],
    );
    const { data: whole, next } = (await read(id)).body;
    expect(next).toBeUndefined();
    expect(whole.length).toBeGreaterThan(5);
    for (const size of [1, 2, 3]) {
      const entries: Entry[] = [];
      let cursor: string | undefined;
      do {
        const { body } = await read(
          id,
          `page_size=${size}${cursor === undefined ? '' : `&cursor=${cursor}`}`,
        );
        expect(body.data.length).toBeLessThanOrEqual(size);
        entries.push(...body.data);
        cursor = body.next;
      } while (cursor !== undefined);
      expect(entries).toEqual(whole);
    }
  });

  it('that goes on meanwhile shows what is new after the last page', async () => {
    const id = await paid();
    const { data } = (await read(id)).body;
    const first = (await read(id, `page_size=${data.length - 1}`)).body;
    const refund = { payment_intent: id, amount_minor: 100 };
    expect((await payments.call('POST', '/v1/refunds', { body: refund })).status).toBe(201);
    const second = (await read(id, `cursor=${first.next}`)).body;
    expect(second.data[0]).toEqual(data.at(-1));
    expect(second.data.map(({ name }: Entry) => name)).toContain('RefundRequested');
  });

  it('takes no cursor of another one, and none that is made up', async () => {
    const [one, other] = [await paid(), await paid()];
    const { next } = (await read(one, 'page_size=1')).body;
    for (const query of ['cursor=x', 'page_size=0', 'page_size=x'])
      expect((await read(one, query)).status).toBe(400);
    expect((await read(other, `cursor=${next}`)).status).toBe(400);
    const cursorOf = (...place: readonly string[]) =>
      Buffer.from(JSON.stringify([`timeline ${one}`, place])).toString('base64url');
    const statusOf = async (...place: readonly string[]) =>
      (await read(one, `cursor=${cursorOf(...place)}`)).status;
    for (const day of ['2026-99-99', '2026-02-30', '2026-02-29', '0000-01-01'])
      expect([day, await statusOf(`${day}T00:00:00.000000Z`, 'event', '1')]).toEqual([day, 400]);
    for (const time of ['24:00:00', '23:59:60', '25:00:00'])
      expect([time, await statusOf(`2026-02-28T${time}.000000Z`, 'event', '1')]).toEqual([time, 400]);
    const at = '2026-02-28T23:59:59.999999Z';
    expect(await statusOf(at, 'event', '1')).toBe(200);
    expect(await statusOf(at, 'ev\0ent', '1')).toBe(400);
    expect(await statusOf(at, 'event', '1\0')).toBe(400);
  });
});
