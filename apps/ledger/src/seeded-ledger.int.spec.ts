import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chainedHead, eventLeaf, GENESIS_HEAD, merkleRoot } from '@defter/ledger-domain';
import { seedLedger } from '@defter/testing';
import { TestLedger } from './ledger.fixture.js';
import { seeded } from './lists.fixture.js';

const COUNT = 4_321;
let ledger: TestLedger;
let ledgerId: number;
beforeAll(async () => {
  ledger = await TestLedger.start();
  ledgerId = await seeded(ledger, 'seeded', COUNT);
}, 120_000);
afterAll(() => ledger.stop());

const query = <R extends object>(sql: string, of = ledgerId): Promise<R[]> =>
  ledger.database.database.query<R>(sql, [of]);

describe('a seeded ledger', () => {
  it('has the Merkle roots and the chained hashes of its events', async () => {
    const events = await query<{
      sequence: number;
      batch: number;
      at: string;
      type: string;
      payload: string;
    }>(`select sequence::float8 as sequence, batch::float8 as batch, type, payload::text as payload,
        to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
      from event where ledger_id = $1 order by sequence`);
    expect(events.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: COUNT }, (_, index) => index + 1),
    );
    const batches = await query<{ batch: number; root: Buffer; hash: Buffer; first: number; last: number }>(
      `select batch::float8 as batch, root, hash, first_sequence::float8 as first,
         last_sequence::float8 as last
       from batch where ledger_id = $1 order by batch`,
    );
    let hash = GENESIS_HEAD;
    for (const { batch, root, hash: stored, first, last } of batches) {
      const leaves = events
        .filter((event) => event.batch === batch)
        .map(({ sequence, type, at, payload }) =>
          eventLeaf({ sequence, type, recordedAt: at, idempotencyKey: null, payload }),
        );
      expect(leaves).toHaveLength(last - first + 1);
      expect(merkleRoot(leaves).equals(root)).toBe(true);
      hash = chainedHead(hash, first, last, root);
      expect(hash.equals(stored)).toBe(true);
    }
    const [head] = await query<object>(
      'select sequence, last_transaction_id, last_batch, hash from ledger_head where ledger_id = $1',
    );
    expect(head).toEqual({
      sequence: BigInt(COUNT),
      last_transaction_id: BigInt(COUNT),
      last_batch: BigInt(batches.length),
      hash,
    });
  });

  it('has the balances that its postings add up to, none below zero but the world', async () => {
    const drift = await query(`
      with moved as (
        select destination as account, asset, amount as input, 0 as output, sequence
          from posting where ledger_id = $1
        union all select source, asset, 0, amount, sequence from posting where ledger_id = $1),
      folded as (select account, asset, sum(input) as input, sum(output) as output,
          min(sequence) as first_sequence, max(sequence) as sequence
        from moved group by 1, 2)
      select * from folded full join (select * from balance where ledger_id = $1) b using (account, asset)
      where (folded.input, folded.output, folded.first_sequence, folded.sequence)
          is distinct from (b.input, b.output, b.first_sequence, b.sequence)
        or (account <> 'world' and b.input < b.output)`);
    expect(drift).toEqual([]);
    const [rows] = await query<{ accounts: bigint; kinds: bigint; unknown: bigint }>(`
      select (select count(*) from account where ledger_id = $1) as accounts,
        (select count(distinct source) from posting where ledger_id = $1) as kinds,
        (select count(*) from posting p where ledger_id = $1 and not exists
          (select from account a where a.ledger_id = $1 and a.address = p.destination)) as unknown`);
    expect(rows).toMatchObject({ unknown: 0n });
    expect(rows?.accounts).toBeGreaterThan(100n);
    expect(rows?.kinds).toBeGreaterThan(100n);
  });

  it('says in each event the balances right after it', async () => {
    const wrong = await query(`
      with touched as (
        select p.sequence, p.asset, side.account, p.position * 2 + side.place as place
        from posting p cross join lateral (values (p.source, 0), (p.destination, 1)) as side (account, place)
        where p.ledger_id = $1),
      distinct_touched as (
        select sequence, asset, account, row_number() over (partition by sequence order by min(place)) as nth
        from touched group by sequence, asset, account),
      folded as (
        select d.sequence, d.nth, sum(case when m.destination = d.account then m.amount else 0 end) as input,
          sum(case when m.source = d.account then m.amount else 0 end) as output
        from distinct_touched d
        join posting m on m.ledger_id = $1 and m.asset = d.asset and m.sequence <= d.sequence
          and d.account in (m.source, m.destination)
        where d.sequence % 500 = 0 group by d.sequence, d.nth)
      select f.*, e.payload -> 'after' -> (f.nth::int - 1) as said from folded f
      join event e on e.ledger_id = $1 and e.sequence = f.sequence
      where (e.payload -> 'after' -> (f.nth::int - 1) ->> 0)::numeric <> f.input
        or (e.payload -> 'after' -> (f.nth::int - 1) ->> 1)::numeric <> f.output`);
    expect(wrong).toEqual([]);
  });

  it('goes on as any ledger does', async () => {
    const made = await ledger.transfer('seeded', { from: 'world', to: 'users:1:main', amount: 1 });
    expect([made.status, made.body.data.id]).toEqual([200, COUNT + 1]);
    expect((await ledger.call('GET', `/v2/seeded/transactions/${COUNT}`)).status).toBe(200);
  });

  it('is the same for the same seed, another for another, and never mixed with others', async () => {
    const hashOf = async (name: string, seed: number): Promise<string> => {
      await ledger.open(name);
      const sql = 'select ledger_id from ledger where name = $1';
      const [row] = await ledger.database.database.query<{ ledger_id: number }>(sql, [name]);
      const id = row?.ledger_id ?? 0;
      const endsAt = new Date('2026-06-30T12:00:00Z');
      const url = ledger.database.adminUrl;
      await seedLedger({ url, ledgerId: id, transactions: 300, seed, endsAt });
      await expect(seedLedger({ url, ledgerId: id, transactions: 1 })).rejects.toThrow(
        'Only an empty ledger',
      );
      const [head] = await query<{ hash: Buffer }>('select hash from ledger_head where ledger_id = $1', id);
      return head?.hash.toString('hex') ?? '';
    };
    const [one, again, two] = [await hashOf('a', 1), await hashOf('b', 1), await hashOf('c', 2)];
    expect(again).toBe(one);
    expect(two).not.toBe(one);
  });
});
