import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { TestLedger } from '../ledger.fixture.js';

let ledger: TestLedger;
let admin: pg.Client;
beforeAll(async () => {
  ledger = await TestLedger.start({ replicas: 2 });
  await ledger.open('main');
  admin = new pg.Client({ connectionString: ledger.database.adminUrl });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await ledger.stop();
});

const TRIGGER = `
create function slow() returns trigger language plpgsql
  as $$ begin perform pg_sleep(0.3); return null; end $$;
create constraint trigger slow_commit after insert on batch
  deferrable initially deferred for each row execute function slow();`;

const COMMITTING = `
select 1 from pg_stat_activity
where datname = current_database() and query like '%update ledger_head%' and wait_event = 'PgSleep'`;

describe('a commit', () => {
  it('is over before anyone is answered', async () => {
    await admin.query(TRIGGER);
    try {
      let answered = false;
      const answer = ledger.transfer('main', { from: 'world', to: 'slow:1', amount: 1 }).then((result) => {
        answered = true;
        return result;
      });
      while ((await admin.query(COMMITTING)).rowCount === 0) expect(answered).toBe(false);
      expect((await admin.query(`select 1 from event`)).rowCount).toBe(0);
      expect(answered).toBe(false);
      expect((await answer).status).toBe(200);
    } finally {
      await admin.query('drop trigger slow_commit on batch; drop function slow()');
    }
  });

  it('whose connection is cut is either answered as done and is there, or as 503 and is not', async () => {
    const acknowledged = new Set<string>();
    const failed = new Set<string>();
    let cutting = true;
    const cutter = (async () => {
      let cuts = 0;
      while (cutting) {
        const { rowCount } = await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle' limit 1`);
        cuts += rowCount ?? 0;
        // The next cut waits for some progress: cutting without a pause would prove nothing.
        const enough = acknowledged.size + 3;
        while (cutting && acknowledged.size < enough) await sleep(2);
      }
      return cuts;
    })();
    const client = async (name: number) => {
      for (let index = 0; index < 40; index++) {
        const key = `cut-${name}-${index}`;
        const { status } = await ledger.transfer('main', { from: 'world', to: 'cut:1', amount: 1 }, { key });
        expect([200, 503]).toContain(status);
        (status === 200 ? acknowledged : failed).add(key);
      }
    };
    await Promise.all(Array.from({ length: 16 }, (_, name) => client(name)));
    cutting = false;
    expect(await cutter).toBeGreaterThan(5);
    const { rows } = await admin.query<{ key: string }>(
      `select idempotency_key as key from event where idempotency_key like 'cut-%'`,
    );
    const recorded = new Set(rows.map(({ key }) => key));
    expect([...acknowledged].filter((key) => !recorded.has(key))).toEqual([]);
    expect([...failed].filter((key) => recorded.has(key))).toEqual([]);
    expect(acknowledged.size).toBeGreaterThan(0);
    const [balance] = await ledger.database.database.query<{ input: string }>(
      `select input from balance where account = 'cut:1'`,
    );
    expect(BigInt(balance?.input ?? 0)).toBe(BigInt(recorded.size));
  });
});
