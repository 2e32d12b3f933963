import { afterEach, describe, expect, it } from '@jest/globals';
import { type Line, netOf, settlementText } from '../testing/book.js';
import { asked, DAY, hear, open, pay, settled, start, stopAll } from '../testing/tell-stand.js';

afterEach(stopAll);

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
