import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Ingress, secrets, startIngress, tokens } from '../testing/ingress.js';
import { signed } from '../testing/test-provider.js';

let ingress: Ingress;
beforeAll(async () => {
  ingress = await startIngress();
  for (let index = 0; index < 5; index++) await send(`listed_${index}`);
  await send('listed_0', 'other bytes');
  await post('not json');
});
afterAll(() => ingress.stop());

const post = async (body: string) => {
  expect((await ingress.post('test-psp/c_one', signed(body, secrets.old))).status).toBe(202);
};
const bodyOf = (id: string, note?: string, type = 'deposit_captured') =>
  JSON.stringify({ events: [{ id, type, operation: `op_${id}`, note }] });
const send = (id: string, note?: string) => post(bodyOf(id, note));
const query = <R extends object>(sql: string, ...parameters: unknown[]) =>
  ingress.database.database.query<R>(sql, parameters);
const requestOf = async (providerEventId: string): Promise<string> => {
  const sql = 'select request_id as id from webhook_event where provider_event_id = $1';
  return (await query<{ id: string }>(sql, providerEventId))[0]?.id ?? '';
};
/** The members of the answers that tests look at. */
interface Answer {
  readonly data: readonly { readonly id: string }[];
  readonly next?: string;
  readonly code?: string;
  readonly body_base64: string;
}
const bodyIn = async (answer: Response): Promise<Answer> => (await answer.json()) as Answer;
const json = async (path: string, token = tokens.reader) => bodyIn(await ingress.operate(path, token));
describe('the list', () => {
  it('is newest first, page by page', async () => {
    const first = await json('?pageSize=3');
    const second = await json(`?pageSize=3&cursor=${first.next}`);
    const third = await json(`?pageSize=3&cursor=${second.next}`);
    const all = [...first.data, ...second.data, ...third.data];
    expect(all).toHaveLength(7);
    expect(all.map(({ id }) => id)).toEqual(
      all
        .map(({ id }) => id)
        .sort()
        .toReversed(),
    );
    expect(third.next).toBeUndefined();
  });

  it.each([
    ['status=conflict', 1],
    ['status=unparseable', 1],
    ['status=accepted', 5],
    ['status=unverified', 0],
    ['provider=test-psp', 7],
    ['provider=test-psp&status=conflict', 1],
    ['provider=other', 0],
    ['provider=other&status=conflict', 0],
  ])('filters by %s', async (filter, count) => {
    expect((await json(`?${filter}`)).data).toHaveLength(count);
  });

  it.each(['status=paid', 'cursor=abc', 'pageSize=0', 'colour=red'])('refuses %s', async (wrong) => {
    const answer = await ingress.operate(`?${wrong}`, tokens.reader);
    expect([answer.status, (await bodyIn(answer)).code]).toEqual([400, 'malformed']);
  });

  it('refuses a cursor of a list with another filter', async () => {
    const { next } = await json('?pageSize=1');
    expect((await ingress.operate(`?status=accepted&cursor=${next}`, tokens.reader)).status).toBe(400);
  });
});

describe('one webhook', () => {
  it('is shown with its exact bytes and its events', async () => {
    const id = await requestOf('listed_1');
    const shown = await json(`/${id}`);
    expect(Buffer.from(shown.body_base64, 'base64').toString()).toBe(bodyOf('listed_1'));
    expect(shown).toMatchObject({
      id,
      key_id: 'key_old',
      events: [{ provider_event_id: 'listed_1', conflict: false }],
    });
  });

  it('exists for its tenant only, and for keys with the scope', async () => {
    const id = await requestOf('listed_1');
    const status = async (path: string, token: string) => (await ingress.operate(path, token)).status;
    expect(await status(`/${id}`, tokens.stranger)).toBe(404);
    expect(await status('/whk_none', tokens.reader)).toBe(404);
    expect(await status(`/${id}`, tokens.scopeless)).toBe(403);
    expect(await status(`/${id}`, 'dk_unknown')).toBe(401);
    expect((await json('', tokens.stranger)).data).toEqual([]);
  });
});
