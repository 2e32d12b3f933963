import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger, Database } from '@defter/platform';
import { type TestDatabase, testDatabase } from '@defter/testing';
import { service } from '../service.js';
import { listPayouts, type PayoutFilter, payoutListQuery } from './payout.read.js';
import { toPayoutFilter } from './payout.wire.js';

const TENANT = 't_list';
const MANY = 20_000;
const STUCK_AFTER_MS = 900_000;
/** The newest payout was made at this time, each one before it a minute earlier. */
const NOW = new Date('2026-03-01T00:00:00Z');

let database: TestDatabase;
let admin: Database;
beforeAll(async () => {
  database = await testDatabase({ migrations: service.migrations as URL });
  admin = new Database({
    url: database.adminUrl,
    name: 'admin',
    logger: createLogger('test', 'silent'),
    poolSize: 1,
  });
  await seed('t_other', 0);
  await seed(TENANT, 7);
  await admin.query('analyze payout');
});
afterAll(async () => {
  await admin.close();
  await database.stop();
});

/** One in a hundred is open; amounts, people and providers are spread by the number. */
const seed = (tenantId: string, salt: number) =>
  admin.query(
    `insert into payout (tenant_id, payout_id, customer_id, amount_minor, currency, provider, requested_by,
                         assignee, status, state, version, review_deadline, sla_breach_at, created_at,
                         updated_at)
     select $1, 'po_' || lpad(to_hex($2::bigint - n * 60000), 12, '0') || lpad(to_hex(n + $4), 20, '0'),
            'c' || n % 500, 1000 + n, 'TRY', 'p' || n % 400, 'r' || n % 300,
            case when n % 50 = 0 then 'a' || n % 40 end,
            case when n % 100 = 3 then (array['in_review', 'queued', 'on_hold', 'unknown'])[n / 100 % 4 + 1]
                 else 'paid' end,
            jsonb_build_object('payoutId', n, 'amountMinor', (1000 + n)::text), 1,
            now() + interval '1 hour', now() + interval '2 hours', now(), now()
       from generate_series(0, $3::int - 1) n`,
    [tenantId, NOW.getTime(), MANY, salt],
  );

const filterOf = (query: object): PayoutFilter => ({ ...toPayoutFilter(query, undefined, NOW), limit: 16 });
const numbers = async (query: object) =>
  (await listPayouts(admin, TENANT, STUCK_AFTER_MS, filterOf(query))).map(
    ({ payout }) => payout.payoutId as unknown as number,
  );

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly Plan[];
}
const nodesOf = (plan: Plan): readonly Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

describe('the list of payouts', () => {
  it.each([
    ['nothing', {}, 'payout_pkey'],
    ['a common state', { state: 'paid' }, 'payout_'],
    ['a rare state', { state: 'unknown' }, 'payout_'],
    ['an age', { age: '2d' }, 'payout_pkey'],
    ['a provider', { provider: 'p7' }, 'payout_by_provider'],
    ['a customer', { customer_id: 'c7' }, 'payout_by_customer'],
    ['who asked', { requested_by: 'r7' }, 'payout_by_requester'],
    ['an assignee', { assignee: 'a10' }, 'payout_by_assignee'],
    ['a narrow range of amounts', { amount: '5000..5010' }, 'payout_by_amount'],
    ['a wide range of amounts', { amount: '5000..' }, 'payout_'],
    ['being stuck', { stuck: 'true' }, 'payout_open'],
    ['not being stuck', { stuck: 'false' }, 'payout_pkey'],
    ['a provider and an age', { provider: 'p7', age: '2d' }, 'payout_by_provider'],
  ])('by %s is read along an index', async (_what, query, index) => {
    const { sql, values } = payoutListQuery(TENANT, STUCK_AFTER_MS, filterOf(query));
    const [row] = await admin.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `explain (format json) ${sql}`,
      values,
    );
    const nodes = row === undefined ? [] : nodesOf(row['QUERY PLAN'][0].Plan);
    const scans = nodes.filter((node) => node['Node Type'] === 'Seq Scan');
    expect(scans).toEqual([]);
    expect(nodes.map((node) => node['Index Name'] ?? '').join(' ')).toContain(index);
  });

  it('gives what is asked for, newest first, and goes on after a cursor', async () => {
    expect(await numbers({ provider: 'p7' })).toEqual(
      Array.from({ length: 16 }, (_, page) => 7 + page * 400),
    );
    expect(await numbers({ amount: '5000..5002' })).toEqual([4000, 4001, 4002]);
    expect(await numbers({ amount: '..1001' })).toEqual([0, 1]);
    expect(await numbers({ amount: '1005' })).toEqual([5]);
    expect(await numbers({ state: 'unknown', age: '1d' })).toMatchObject({ 0: 1503, 1: 1903 });
    expect((await numbers({ age: '100m' }))[0]).toBe(101);
    expect((await numbers({ assignee: 'a10' }))[0]).toBe(50);
    const first = await listPayouts(admin, TENANT, STUCK_AFTER_MS, filterOf({}));
    const [row] = await admin.query<{ id: string }>(
      `select payout_id as id from payout where tenant_id = $1 order by payout_id desc offset 15 limit 1`,
      [TENANT],
    );
    const next = { ...toPayoutFilter({}, row?.id, NOW), limit: 2 };
    const second = await listPayouts(admin, TENANT, STUCK_AFTER_MS, next);
    expect(first.at(-1)?.payout.payoutId).toBe(15);
    expect(second.map(({ payout }) => payout.payoutId)).toEqual([16, 17]);
  });

  it('calls stuck what is beyond its deadline, and says the same of each payout', async () => {
    expect(await numbers({ stuck: 'true' })).toEqual([]);
    const late = (column: string, n: number) =>
      admin.query(
        `update payout set ${column} = now() - interval '1 minute'
          where tenant_id = $1 and state ->> 'payoutId' = $2`,
        [TENANT, `${n}`],
      );
    await late('review_deadline', 3);
    await late('sla_breach_at', 203);
    // Beyond its deadline as well, but on hold, decided or paid.
    await late('review_deadline', 603);
    await late('sla_breach_at', 4);
    await admin.query(
      `update payout set updated_at = now() - interval '16 minutes'
        where tenant_id = $1 and state ->> 'payoutId' in ('103', '403')`,
      [TENANT],
    );
    // 103 is queued; 403 is in review, where people may take their hour.
    expect(await numbers({ stuck: 'true' })).toEqual([3, 103, 203]);
    expect((await numbers({ stuck: 'false' })).slice(0, 6)).toEqual([0, 1, 2, 4, 5, 6]);
  });
});
