import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Book } from '../testing/book.js';
import { Stand } from '../testing/stand.js';

let stand: Stand;
beforeAll(async () => {
  stand = await Stand.start();
});
afterAll(() => stand.stop());

/** What is open, by operation. */
const open = async (): Promise<readonly (string | null)[]> => {
  const found = await stand.findings('&type=missing_in_ledger');
  return found
    .filter(({ status }) => status === 'open' || status === 'reopened')
    .map(({ tx_id }) => tx_id)
    .sort();
};

describe('a booking that somebody reverts in the ledger', () => {
  const book = new Book('r');
  let undone = 0;

  beforeAll(async () => {
    book.add(1);
    book.add(2, { kind: 'payout' });
    book.add(3);
    book.add(4, { kind: 'payout', result: 'returned' });
    stand.shelf.put('2026-01-31', book.text());
    await stand.know(book.events(), book.ledger);
    await stand.reconcile();
  });

  it('is none in the next run: of a deposit, a payout and a return; what was let alone is', async () => {
    expect(await open()).toEqual([]);
    const [deposit, payout] = [1, 2];
    // The last one is the return of the fourth.
    const returned = book.ledger.at(-1)?.sequence ?? 0;
    undone = book.revert(deposit);
    book.revert(payout);
    book.revert(returned);
    await stand.know([], book.ledger);
    await stand.reconcile();
    expect(await open()).toEqual(['op_r_1', 'op_r_2', 'op_r_4']);
    const [first] = await stand.findings('&type=missing_in_ledger');
    expect(first).toMatchObject({ message: expect.stringContaining('was reverted') });
  });

  it('is one again once the reversal is reverted, and none once that is', async () => {
    const again = book.revert(undone);
    await stand.know([], book.ledger);
    await stand.reconcile();
    expect(await open()).toEqual(['op_r_2', 'op_r_4']);
    book.revert(again);
    await stand.know([], book.ledger);
    await stand.reconcile();
    expect(await open()).toEqual(['op_r_1', 'op_r_2', 'op_r_4']);
  });
});
