import { afterEach, describe, expect, it } from '@jest/globals';
import { Book, type Line, settlementText } from '../testing/book.js';
import { DAY, open, start, stopAll, told, unsettled } from '../testing/tell-stand.js';

afterEach(stopAll);

describe('a matched line', () => {
  it('is told of every operation whose money hasn’t moved by our books, once', async () => {
    const stand = await start();
    const results = ['sending', 'pending', 'unknown', 'errored', 'declined', 'failed', 'succeeded'];
    const book = await unsettled(stand, results);
    const counts = { told: { observations: 6, settlements: 0 } };
    expect(await stand.reconcile()).toMatchObject({ status: 'completed', counts });
    const messages = await told(stand);
    expect(messages.map(({ body }) => body.operationId)).toEqual(
      [...book.operations.keys()].filter((id) => book.operations.get(id)?.result !== 'succeeded').sort(),
    );
    const [first] = messages;
    expect(first).toMatchObject({
      ...{ key: 't_one/op_t_0', message_id: first?.body.observationId },
      body: {
        ...{ kind: 'sale', result: 'succeeded', amountMinor: '10000', currency: 'TRY', origin: 'provider' },
        ...{ providerRef: 'mp_t_0', connectionId: 'c_one', reportRef: `settlement-${DAY}` },
      },
    });
    expect(await stand.reconcile()).toMatchObject({ counts: { told: { observations: 0 } } });
    expect(await told(stand)).toHaveLength(6);
  });

  it('closes its finding in the next run, once payments and the ledger have it', async () => {
    const stand = await start();
    const book = await unsettled(stand, ['unknown']);
    await stand.reconcile();
    expect(await open(stand)).toEqual(['status_mismatch']);
    const [operation] = book.operations.values();
    if (operation === undefined) throw new Error('no operation');
    operation.result = 'succeeded';
    book.book(operation);
    await stand.know(
      book.events().map((event) => ({ ...event, version: 2 })),
      book.ledger,
    );
    expect(await stand.reconcile()).toMatchObject({ counts: { findings: 0, auto_resolved: 1 } });
    expect(await open(stand)).toEqual([]);
  });

  it('says its own money, and what it explains itself; that which differs is a finding, too', async () => {
    const stand = await start();
    const changes: readonly ((line: Line) => Partial<Line>)[] = [
      ({ gross, fee }) => ({ gross: gross - fee }),
      ({ gross }) => ({ gross: gross + 1n }),
      () => ({ currency: 'USD' }),
    ];
    await unsettled(stand, ['unknown', 'unknown', 'unknown'], (line, index) => changes[index]?.(line) ?? {});
    await stand.reconcile();
    const money = (await told(stand)).map(({ body }) => `${body.amountMinor} ${body.currency}`);
    expect(money).toEqual(['10000 TRY', '10008 TRY', '10014 USD']);
    expect(await open(stand)).toEqual(
      expect.arrayContaining(['amount_mismatch', 'currency_mismatch', 'status_mismatch']),
    );
  });

  it('that was corrected is another observation; in other bytes the same one, none', async () => {
    const stand = await start();
    const book = await unsettled(stand, ['unknown'], ({ gross }) => ({ gross: gross + 1n }));
    await stand.reconcile();
    const [operation] = book.operations.values();
    if (operation === undefined) throw new Error('no operation');
    const line = book.lineOf(operation);
    stand.shelf.put(DAY, settlementText(DAY, [line]));
    await stand.reconcile();
    // Other bytes, the same line.
    stand.shelf.put(DAY, settlementText(DAY, [line, { ...line, operationId: 'op_x', providerRef: 'mp_x' }]));
    await stand.reconcile();
    expect((await told(stand)).map(({ body }) => body.amountMinor)).toEqual(['10001', '10000']);
  });

  it('by a reference that two operations share is told of neither; by one of its own it is', async () => {
    const stand = await start();
    const book = new Book('r');
    for (const [index, providerRef] of ['mp_shared', 'mp_shared', 'mp_own'].entries())
      book.add(index, { result: index === 1 ? 'declined' : 'unknown', providerRef, amountMinor: '5000' });
    const lines = [...book.operations.values()].map((each) => ({ ...book.lineOf(each), operationId: '' }));
    await stand.know(book.events(), []);
    stand.shelf.put(DAY, settlementText(DAY, lines.slice(1)));
    await stand.reconcile();
    expect((await told(stand)).map(({ body }) => body.operationId)).toEqual(['op_r_2']);
  });

  it('by a reference is told of nothing while another attempt has none yet', async () => {
    const stand = await start();
    const book = new Book('n');
    const operations = Array.from({ length: 4 }, (_, index) => book.add(index, { result: 'unknown' }));
    const lines = operations.map((each) => ({ ...book.lineOf(each), operationId: '' }));
    // Attempts of one intent; then of another one, of which one is a refund.
    const [first, second, third, fourth] = operations;
    if (!first || !second || !third || !fourth) throw new Error('no operations');
    const { providerRef: _ref, ...sending } = { ...second, result: 'sending' as const };
    const { providerRef: _other, ...refund } = { ...fourth, kind: 'refund' as const };
    const [event, , another] = book.events();
    if (!event || !another) throw new Error('no events');
    await stand.know(
      [
        { ...event, operations: [first, sending] },
        { ...another, operations: [third, refund] },
      ],
      [],
    );
    stand.shelf.put(
      DAY,
      settlementText(
        DAY,
        [lines[0], lines[2]].flatMap((line) => line ?? []),
      ),
    );
    await stand.reconcile();
    expect((await told(stand)).map(({ body }) => body.operationId)).toEqual(['op_n_2']);
  });

  it('of a paid payout that came back says so; of another connection or tenant nothing is told', async () => {
    const stand = await start();
    const book = new Book('p');
    const payout = book.add(0, { kind: 'payout' });
    book.lines.push({ ...book.lineOf(payout), status: 'returned' });
    const foreign = book.add(1, { result: 'unknown', connectionId: 'c_else' });
    book.lines.push(book.lineOf(foreign));
    await stand.know(book.events(), book.ledger);
    stand.shelf.put(DAY, book.text());
    await stand.reconcile();
    expect((await told(stand)).map(({ body }) => [body.operationId, body.kind, body.result])).toEqual([
      ['op_p_0', 'payout', 'returned'],
    ]);
  });

  it('of a file that somebody handed in says so', async () => {
    const stand = await start();
    const book = new Book('f');
    const { operationId } = book.add(0, { result: 'unknown' });
    await stand.know(book.events(), []);
    const csv = [
      'currency,gross,fee,net,reporting_category,created,payment_intent_id,' +
        'payment_metadata[defter_operation]',
      `try,100.00,2.50,97.50,charge,2026-01-31 10:00:00,pi_1,${operationId}`,
    ].join('\n');
    expect(await stand.handIn('stripe', 'january.csv', `${csv}\n`)).toMatchObject({ status: 200 });
    await stand.reconcile();
    expect((await told(stand)).map(({ body }) => [body.operationId, body.origin])).toEqual([
      [operationId, 'file'],
    ]);
  });
});
