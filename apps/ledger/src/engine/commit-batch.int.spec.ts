import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CreateTransaction, LedgerCommand } from '@defter/ledger-domain';
import { Database } from '@defter/platform';
import { testDatabase, type TestDatabase } from '@defter/testing';
import { service } from '../service.js';
import { BatchCommitter } from './commit-batch.js';
import { WRITER_SESSION } from './head.js';
import type { Group, Outcome, Submission } from './submission.js';

let database: TestDatabase;
let admin: Database;
let ledgerId: number;
const pools: Database[] = [];
const logger = { warn: () => undefined };

beforeAll(async () => {
  database = await testDatabase({ migrations: service.migrations as URL });
  admin = new Database({ url: database.adminUrl, name: 'admin', logger });
});
afterAll(async () => {
  await Promise.all([admin, ...pools].map((pool) => pool.close()));
  await database.stop();
});
beforeEach(async () => {
  const [row] = await admin.query<{ ledger_id: number }>(
    `insert into ledger (tenant_id, name) values ('t_one', $1) returning ledger_id`,
    [randomUUID()],
  );
  ledgerId = row?.ledger_id ?? 0;
  await admin.query('insert into ledger_head (ledger_id) values ($1)', [ledgerId]);
});

/** A replica of the service, as far as it writes. */
const replica = (poolSize = 2): BatchCommitter => {
  const pool = database.database.sibling({ poolSize, session: WRITER_SESSION });
  pools.push(pool);
  return new BatchCommitter(pool, logger, ledgerId);
};

const transfer = (source: string, destination: string, amount: bigint): CreateTransaction => ({
  type: 'CreateTransaction',
  postings: [{ source, destination, asset: 'TRY/2', amount }],
  metadata: {},
  pending: false,
  force: false,
});
const one = (command: LedgerCommand, key?: string): Group => ({
  submissions: [{ command, ...(key === undefined ? {} : { key }) } satisfies Submission],
  mode: 'continue',
  dryRun: false,
});
const said = (outcomes: readonly (readonly Outcome[])[]): string[] =>
  outcomes
    .flat()
    .map((each) =>
      each.accepted ? `${each.hit ? 'again ' : ''}${each.record.sequence}` : each.refusal.code,
    );
const commit = async (committer: BatchCommitter, ...groups: Group[]): Promise<string[]> =>
  said(await committer.write(groups, await committer.prepare(groups)));
const events = async (): Promise<bigint | undefined> =>
  (await admin.query<{ count: bigint }>('select count(*) from event where ledger_id = $1', [ledgerId]))[0]
    ?.count;

const SLOW = `
create function slow() returns trigger language plpgsql
  as $$ begin perform pg_sleep(0.2); return null; end $$;
create constraint trigger slow after insert on batch deferrable initially deferred
  for each row execute function slow();`;
const FAILING = `
create function failing() returns trigger language plpgsql
  as $$ begin perform pg_sleep(0.2); raise exception 'no room'; end $$;
create constraint trigger failing after insert on batch deferrable initially deferred
  for each row execute function failing();`;
const within = async <T>(trigger: string, name: string, work: () => Promise<T>): Promise<T> => {
  await admin.query(trigger);
  try {
    return await work();
  } finally {
    await admin.query(`drop trigger ${name} on batch`);
    await admin.query(`drop function ${name}()`);
  }
};

describe('a batch that is decided while the one before it is written', () => {
  it('knows its money, holds, references and keys, which the database does not show yet', async () => {
    const committer = replica();
    await commit(committer, one(transfer('world', 'a', 100n)));
    const hold = { ...transfer('a', 'b', 40n), pending: true, reference: 'r1' };
    const first = [one(transfer('a', 'c', 60n), 'k1'), one(hold, 'k2'), one(transfer('a', 'c', 1n), 'k3')];
    const second = [
      one(transfer('c', 'd', 60n)),
      one(transfer('a', 'd', 1n)),
      one(transfer('a', 'c', 60n), 'k1'),
      one(transfer('a', 'c', 61n), 'k1'),
      one(transfer('a', 'c', 1n), 'k3'),
      one({ ...transfer('world', 'x', 1n), reference: 'r1' }),
      one({ type: 'PostHold', hold: { reference: 'r1' }, remainder: 'release' }),
    ];
    await within(SLOW, 'slow', async () => {
      const writing = committer.write(first, await committer.prepare(first));
      const prepared = await committer.prepare(second);
      expect(prepared).toBeDefined();
      expect(await events()).toBe(1n);
      expect(said(await writing)).toEqual(['2', '3', 'insufficient-funds']);
      expect(said(await committer.write(second, prepared))).toEqual([
        ...['4', 'insufficient-funds', 'again 2', 'idempotency-key-conflict', 'insufficient-funds'],
        ...['reference-taken', '5'],
      ]);
    });
    expect(await events()).toBe(5n);
  });

  it('is decided anew when that one fails: nobody spends money that never came', async () => {
    const committer = replica();
    await commit(committer, one(transfer('world', 'z', 1n)));
    const first = [one(transfer('world', 'a', 100n), 'k1')];
    const second = [one(transfer('a', 'b', 100n)), one(transfer('world', 'a', 100n), 'k1')];
    const prepared = await within(FAILING, 'failing', async () => {
      const writing = committer.write(first, await committer.prepare(first));
      const decided = committer.prepare(second);
      await expect(writing).rejects.toThrow('no room');
      return decided;
    });
    expect(said(await committer.write(second, prepared))).toEqual(['insufficient-funds', '2']);
  });

  it('does not repeat an answer that was never committed', async () => {
    const committer = replica();
    await commit(committer, one(transfer('world', 'z', 1n)));
    const groups = [one(transfer('world', 'a', 100n), 'k1')];
    const prepared = await within(FAILING, 'failing', async () => {
      const writing = committer.write(groups, await committer.prepare(groups));
      const decided = committer.prepare(groups);
      await expect(writing).rejects.toThrow('no room');
      return decided;
    });
    expect(said(await committer.write(groups, prepared))).toEqual(['2']);
    expect(await events()).toBe(2n);
  });
});

describe('a batch that another replica comes between', () => {
  it('is decided anew on what that one left', async () => {
    const [here, there] = [replica(), replica()];
    await commit(here, one(transfer('world', 'a', 100n)));
    const groups = [one(transfer('a', 'b', 100n))];
    const prepared = await here.prepare(groups);
    expect(await commit(there, one(transfer('a', 'c', 100n)))).toEqual(['2']);
    expect(said(await here.write(groups, prepared))).toEqual(['insufficient-funds']);
  });

  it('hears a refusal that was kept in between, though no event was', async () => {
    const [here, there] = [replica(), replica()];
    await commit(here, one(transfer('world', 'z', 1n)));
    const refused = [one(transfer('a', 'b', 1n), 'k')];
    const prepared = await here.prepare([one(transfer('world', 'b', 5n), 'k')]);
    expect(await commit(there, ...refused)).toEqual(['insufficient-funds']);
    expect(said(await here.write([one(transfer('world', 'b', 5n), 'k')], prepared))).toEqual([
      'idempotency-key-conflict',
    ]);
  });

  it('goes by the rules of the moment of its commit', async () => {
    const here = replica();
    await commit(here, one(transfer('world', 'z', 1n)));
    const groups = [one(transfer('world', 'b', 5n))];
    const prepared = await here.prepare(groups);
    await admin.query('update ledger set closed = true where ledger_id = $1', [ledgerId]);
    await admin.query('update ledger_head set settings_version = settings_version + 1 where ledger_id = $1', [
      ledgerId,
    ]);
    expect(said(await here.write(groups, prepared))).toEqual(['ledger-closed']);
  });

  it('sees rules that change while they are read', async () => {
    const pool = database.database.sibling({ poolSize: 2, session: WRITER_SESSION });
    pools.push(pool);
    const query = pool.query.bind(pool);
    let changed = false;
    // Right after the last of the rules was read, and before anything else is.
    pool.query = async <R extends object>(sql: string, parameters?: readonly unknown[]): Promise<R[]> => {
      const rows = await query<R>(sql, parameters);
      if (!changed && sql.includes('from monitor')) {
        changed = true;
        await admin.query('update ledger set closed = true where ledger_id = $1', [ledgerId]);
        await admin.query(
          'update ledger_head set settings_version = settings_version + 1 where ledger_id = $1',
          [ledgerId],
        );
      }
      return rows;
    };
    const committer = new BatchCommitter(pool, logger, ledgerId);
    expect(await commit(committer, one(transfer('world', 'b', 5n)))).toEqual(['ledger-closed']);
    expect(changed).toBe(true);
  });

  it('commits in the end when two replicas write all the time', async () => {
    const [here, there] = [replica(), replica()];
    const write = async (committer: BatchCommitter, name: string) => {
      for (let index = 0; index < 30; index++) {
        expect(await commit(committer, one(transfer('world', name, 1n)))).toHaveLength(1);
      }
    };
    await Promise.all([write(here, 'here'), write(there, 'there')]);
    expect(await events()).toBe(60n);
  });
});
