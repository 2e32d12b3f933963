import { afterEach, describe, expect, it } from '@jest/globals';
import type { BatchSettlementV1, ReportObservationV1 } from '@defter/reconciliation-contracts';
import { type Booking, statementXml } from '../testing/bank.js';
import { Book, type Line, netOf, settlementText } from '../testing/book.js';
import { Stand } from '../testing/stand.js';

const stands: Stand[] = [];
afterEach(async () => {
  await Promise.all(stands.splice(0).map((stand) => stand.stop()));
});
const DAY = '2026-01-31';

const start = async (): Promise<Stand> => {
  const stand = await Stand.start();
  stands.push(stand);
  return stand;
};
interface Sent<B> {
  readonly key: string;
  readonly message_id: string;
  readonly body: B;
}
const sent = async <B>(stand: Stand, topic: string): Promise<Sent<B>[]> => {
  const rows = await stand.database.database.query<{ key: string; message_id: string; body: string }>(
    'select key, message_id, body from outbox where topic = $1 order by position',
    [`defter.reconciliation.${topic}.v1`],
  );
  return rows.map((row) => ({ ...row, body: JSON.parse(row.body) as B }));
};
const told = (stand: Stand) => sent<ReportObservationV1>(stand, 'observations');
const asked = (stand: Stand) => sent<BatchSettlementV1>(stand, 'settlements');
const open = async (stand: Stand): Promise<string[]> =>
  (await stand.findings('&status=open')).map(({ finding_type }) => finding_type).sort();
const hear = async (stand: Stand, bookings: readonly Booking[], name = 'january.xml'): Promise<void> => {
  expect((await stand.handIn('camt053', name, statementXml(name, bookings))).status).toBe(200);
};

/** Operations of these results, of which the report says all that `status` says; none is booked. */
const unsettled = async (
  stand: Stand,
  results: readonly string[],
  change: (line: Line, index: number) => Partial<Line> = () => ({}),
): Promise<Book> => {
  const book = new Book('t');
  const operations = results.map((result, index) => book.add(index, { result }));
  const lines = operations.map((operation, index) => {
    const line = book.lineOf(operation);
    return { ...line, ...change(line, index) };
  });
  await stand.know(book.events(), book.ledger);
  stand.shelf.put(DAY, settlementText(DAY, lines));
  return book;
};

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

/** Ten deposits, settled and booked; what they add up to. */
const settled = async (
  stand: Stand,
  spoil: (lines: Line[], book: Book) => void = () => undefined,
): Promise<{ gross: bigint; fees: bigint; net: bigint; book: Book }> => {
  const book = new Book('s');
  for (let index = 0; index < 10; index++) book.add(index);
  await stand.know(book.events(), book.ledger);
  spoil(book.lines, book);
  stand.shelf.put(DAY, book.text());
  const sum = (of: (line: Line) => bigint) => book.lines.reduce((total, line) => total + of(line), 0n);
  return { gross: sum(({ gross }) => gross), fees: sum(({ fee }) => fee), net: sum(netOf), book };
};
const pay = (amount: bigint): Booking => ({ amount, on: '2026-02-01', text: `SETTLEMENT ${DAY}` });

describe('a batch', () => {
  it('that the bank has credited is asked for once, with its figures', async () => {
    const stand = await start();
    const { gross, fees, net } = await settled(stand);
    expect(await stand.reconcile()).toMatchObject({ counts: { told: { settlements: 0 } } });
    await hear(stand, [{ ...pay(net), reference: 'FT-1' }]);
    expect(await stand.reconcile()).toMatchObject({ counts: { findings: 0, told: { settlements: 1 } } });
    const key = `t_one/c_one/${DAY}/TRY`;
    expect(await asked(stand)).toMatchObject([
      {
        ...{ key, message_id: `${key}/1` },
        body: {
          ...{ batchRef: DAY, currency: 'TRY', grossMinor: `${gross}`, feesMinor: `${fees}` },
          ...{ otherMinor: '0', netMinor: `${net}`, bookedFeesMinor: `${fees}`, bankMinor: `${net}` },
          ...{ lines: 10, unlikeLines: 0, bankReferences: ['FT-1'], handedInBy: ['k_one@test'] },
        },
      },
    ]);
    await stand.reconcile();
    expect(await asked(stand)).toHaveLength(1);
  });

  it('by another name, of the same credit, names the same booking of the bank', async () => {
    const stand = await start();
    const { net, book } = await settled(stand);
    await hear(stand, [{ amount: net, on: '2026-02-01', reference: 'FT-1' }]);
    await stand.reconcile();
    // Lines that name no batch are of their date's.
    const at = '2026-01-30T10:00:00Z';
    stand.shelf.put(
      DAY,
      settlementText(
        DAY,
        book.lines.map((line) => ({ ...line, at })),
      ),
    );
    await stand.reconcile();
    const [first, second] = (await asked(stand)).map(({ body }) => body);
    expect(second).toMatchObject({ batchRef: '2026-01-30', bankMinor: `${net}` });
    expect(second?.bankLines).toHaveLength(1);
    expect(second?.bankLines).toEqual(first?.bankLines);
  });

  it('of which the bank booked one kuruş less is a finding and is not asked for', async () => {
    const stand = await start();
    const { net } = await settled(stand);
    await hear(stand, [pay(net - 1n)]);
    await stand.reconcile();
    expect(await open(stand)).toEqual(['batch_sum_mismatch']);
    expect(await asked(stand)).toEqual([]);
  });

  it('with a line unlike ours and a fee of its own says so', async () => {
    const stand = await start();
    const { net } = await settled(stand, ([first, second]) => {
      if (first === undefined || second === undefined) throw new Error('no lines');
      first.gross += 100n;
      second.fee += 3n;
    });
    await hear(stand, [pay(net)]);
    await stand.reconcile();
    const [message] = await asked(stand);
    expect(message?.body).toMatchObject({ netMinor: `${net}`, unlikeLines: 1 });
    const { feesMinor = '0', bookedFeesMinor = '0' } = message?.body ?? {};
    expect(BigInt(feesMinor) - BigInt(bookedFeesMinor)).toBe(3n);
  });

  it('with a line that only explains itself, or that a person has linked, says so', async () => {
    const stand = await start();
    const { net, book } = await settled(stand, ([first, second]) => {
      if (first === undefined || second === undefined) throw new Error('no lines');
      first.gross -= first.fee;
      [second.operationId, second.providerRef] = ['', 'mp_unknown'];
    });
    await stand.reconcile();
    const [, linked] = book.operations.keys();
    await stand.database.database.query(
      `insert into manual_link (tenant_id, provider, connection_id, line_key, leg, operation_id,
                                finding_id, linked_by, note, linked_at)
       select tenant_id, provider, connection_id, line_key, leg, $1, 'f_1', 'ayse', '', now()
         from report_line where provider_ref = 'mp_unknown'`,
      [linked],
    );
    await hear(stand, [pay(net)]);
    await stand.reconcile();
    const links = await stand.database.database.query('select explanation from match where pass = 0');
    expect(links).toEqual([{ explanation: 'exact' }]);
    expect((await asked(stand)).map(({ body }) => body.unlikeLines)).toEqual([2]);
  });

  it('whose lines are like ours later is told again, for the proposal that waits', async () => {
    const stand = await start();
    const { net, book } = await settled(stand);
    // The capture of the first one hasn't been heard of yet.
    const [first] = book.operations.values();
    if (first === undefined) throw new Error('no operation');
    first.result = 'unknown';
    const told = (version: number) => book.events().map((event) => ({ ...event, version }));
    await stand.know(told(2), []);
    await hear(stand, [pay(net)]);
    await stand.reconcile();
    first.result = 'succeeded';
    await stand.know(told(3), []);
    await stand.reconcile();
    expect((await asked(stand)).map(({ body }) => body.unlikeLines)).toEqual([1, 0]);
  });

  it('whose line is unlike ours waits while what lacks may be on its way', async () => {
    const stand = await start();
    const { net } = await settled(stand, ([first]) => {
      if (first !== undefined) first.gross += 100n;
    });
    await hear(stand, [pay(net)]);
    await stand.reconcile({ as_of: '2026-02-01T12:00:00Z' });
    expect(await asked(stand)).toEqual([]);
    await stand.reconcile();
    expect(await asked(stand)).toHaveLength(1);
  });

  it('that was told whole is read again only when a file comes', async () => {
    const stand = await start();
    const { net, fees, book } = await settled(stand);
    await hear(stand, [pay(net)]);
    await stand.reconcile();
    const { database } = stand.database;
    // What has come so far came long before the last run.
    const age = () =>
      database.query(`update run set finished_at = clock_timestamp() + interval '1 day'
                       where finished_at is not null`);
    await age();
    // Not how a fee changes: only what shows whether the batch is read.
    await database.query('update operation set fee = fee + 1');
    await stand.reconcile();
    expect(await asked(stand)).toHaveLength(1);
    // Other bytes, the same lines.
    stand.shelf.put(DAY, settlementText(DAY, book.lines.toReversed()));
    await stand.reconcile();
    const booked = (await asked(stand)).map(({ body }) => body.bookedFeesMinor);
    expect(booked).toEqual([`${fees}`, `${fees + 10n}`]);
    await age();
    await database.query('update operation set fee = fee + 1');
    // The first version comes back.
    stand.shelf.put(DAY, book.text());
    await stand.reconcile();
    expect((await asked(stand)).at(-1)?.body.bookedFeesMinor).toBe(`${fees + 20n}`);
    await age();
    await database.query('update operation set fee = fee + 1');
    await hear(stand, [pay(net), { amount: 1n, on: '2026-02-01', text: 'interest' }]);
    await stand.reconcile();
    expect((await asked(stand)).at(-1)?.body.bookedFeesMinor).toBe(`${fees + 30n}`);
  });

  it('of a report that was issued again and paid otherwise is asked for anew', async () => {
    const stand = await start();
    const { net, book } = await settled(stand);
    await hear(stand, [pay(net)]);
    await stand.reconcile();
    const issue = async (lines: readonly Line[]) => {
      const sum = lines.reduce((total, line) => total + netOf(line), 0n);
      stand.shelf.put(DAY, settlementText(DAY, lines));
      await hear(stand, [pay(sum)], 'january.xml');
      await stand.reconcile();
      return sum;
    };
    const less = await issue(book.lines.slice(1));
    await issue(book.lines);
    const messages = await asked(stand);
    expect(messages.map(({ body }) => body.netMinor)).toEqual([`${net}`, `${less}`, `${net}`]);
    expect(messages.map(({ message_id }) => message_id.split('/').at(-1))).toEqual(['1', '2', '3']);
  });

  it('without statements is asked for only where the settings say so, once it is old', async () => {
    const stand = await start();
    await settled(stand);
    await stand.reconcile();
    expect(await asked(stand)).toEqual([]);
    await stand.changeConnection({ settledBy: 'report' });
    await stand.reconcile({ as_of: '2026-02-01T12:00:00Z' });
    expect(await asked(stand)).toEqual([]);
    await stand.reconcile();
    const messages = await asked(stand);
    expect(messages).toHaveLength(1);
    expect(messages[0]?.body).not.toHaveProperty('bankMinor');
    expect(messages[0]?.body).toMatchObject({ handedInBy: [] });
  });
});
