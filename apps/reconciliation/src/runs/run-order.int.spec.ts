import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { Book } from '../testing/book.js';
import { Stand } from '../testing/stand.js';

let stand: Stand;
beforeAll(async () => {
  stand = await Stand.start({ env: { RUN_WAIT: '60s' } });
});
afterAll(() => stand.stop());

it('runs of one connection go one after the other, in the order in which they were asked for', async () => {
  const book = new Book('order');
  book.add(1);
  await stand.know(book.events(), book.ledger);
  stand.shelf.put('2026-01-31', book.text());
  const held = (held: string) =>
    stand.database.database.query(`update run set lease_until = clock_timestamp() + ${held}`);
  stand.shelf.away = true;
  const first = stand.reconcile();
  await eventually(() => expect(stand.shelf.listed).toBeGreaterThan(0));
  const second = stand.reconcile({ business_on: '2026-01-31' });
  await eventually(async () => expect((await stand.call('GET', '/runs')).body['data']).toHaveLength(2));
  const statuses = async (): Promise<unknown[]> => {
    const rows = await stand.database.database.query<{ status: string }>(
      'select status from run order by run_id',
    );
    return rows.map(({ status }) => status);
  };
  // The first one waits for its provider and for a worker; the second one waits behind it.
  const listed = stand.shelf.listed;
  await held(`interval '-1 second'`);
  await eventually(() => expect(stand.shelf.listed).toBeGreaterThan(listed + 1));
  expect(await statuses()).toEqual(['ingesting', 'queued']);
  stand.shelf.away = false;
  expect([(await first).status, (await second).status]).toEqual(['completed', 'completed']);
});
