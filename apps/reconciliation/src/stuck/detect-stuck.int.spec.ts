import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JobRunView } from '@defter/reconciliation-contracts';
import type { PaymentsEventV1 } from '@defter/payments-contracts';
import { eventually } from '@defter/testing';
import { jobLoop } from '../jobs/job-loop.js';
import { Book } from '../testing/book.js';
import { Stand } from '../testing/stand.js';
import { StuckMetrics } from './stuck-metrics.js';

/** What the other services answer; `away` ones refuse. */
const answers = {
  payouts: [] as object[],
  paymentsAway: false,
  ledgerHead: 0,
  metrics: 'defter_outbox_oldest_unpublished_seconds{service="payments"} 0\n',
};
let server: Server;
let stand: Stand;
const asked: { url: string; tenant: unknown; authorization: unknown }[] = [];

const answerOf = (url: string): { status: number; body: unknown } => {
  if (url.startsWith('/metrics')) return { status: 200, body: answers.metrics };
  if (url.startsWith('/v2/main/logs'))
    return {
      status: 200,
      body: { cursor: { data: answers.ledgerHead === 0 ? [] : [{ id: answers.ledgerHead }] } },
    };
  if (answers.paymentsAway) return { status: 503, body: {} };
  const from = /cursor=(\d+)/.exec(url)?.[1] ?? '0';
  const start = parseInt(from, 10);
  const data = answers.payouts.slice(start, start + 100);
  const more = start + 100 < answers.payouts.length;
  return { status: 200, body: { data, ...(more && { next: `${start + 100}` }) } };
};

beforeAll(async () => {
  server = createServer((request, response) => {
    const { url = '', headers } = request;
    asked.push({ url, tenant: headers['defter-tenant'], authorization: headers.authorization });
    const { status, body } = answerOf(url);
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = {
    ...{ PAYMENTS_URL: url, LEDGER_URL: url, WATCHED_SERVICES: `payments=${url}`, JOB_POLL: '20ms' },
    ...{ UNKNOWN_AFTER: '1h' },
  };
  stand = await Stand.start({ roles: ['http', 'jobs'], env, providers: [jobLoop(), StuckMetrics] });
});
afterAll(async () => {
  await stand.stop();
  server.close();
});

const look = async (): Promise<JobRunView> => {
  const asking = await stand.call('POST', '/jobs/detect-stuck/runs', { body: { again: true } });
  return eventually(async () => {
    const { body } = await stand.call('GET', `/jobs/detect-stuck/runs/${String(asking.body['id'])}`);
    expect(['done', 'failed']).toContain(body['status']);
    return body as unknown as JobRunView;
  });
};
const hoursAgo = (hours: number) => new Date(stand.clock.now().getTime() - hours * 3_600_000).toISOString();
const payout = (id: string, updatedAt: string) => ({
  ...{ id, status: 'processing', amount_minor: 12_500, currency: 'TRY', customer_id: 'ayla' },
  ...{ provider: 'mock-psp', connection_id: 'c_one', needs_attention: ['void-refused-by-ledger'] },
  ...{ operation: { operation_id: `op_${id}`, provider_ref: 'mp_9' }, updated_at: updatedAt },
});
const operation = (index: number, result: string, occurredAt: string): PaymentsEventV1[] => {
  const book = new Book(`stuck${index}`);
  book.add(index, { result, occurredAt });
  return book.events();
};

const liveOf = async (type: string): Promise<number> => {
  const [row] = await stand.database.database.query<{ n: number }>(
    `select count(*)::int as n from finding where finding_type = $1 and status in ('open', 'reopened')`,
    [type],
  );
  return row?.n ?? -1;
};

describe('a payout that payments calls stuck', () => {
  it('is a finding of medium risk, from a day on of high risk; the same look changes nothing', async () => {
    answers.payouts = [payout('po_1', hoursAgo(0.5)), payout('po_2', hoursAgo(25))];
    expect(await look()).toMatchObject({ status: 'done', found: '2', result: { payouts: 2, high: 1 } });
    const [second, first] = (await stand.findings('&type=payout_stuck')).sort((one, other) =>
      one.severity.localeCompare(other.severity),
    );
    expect(second).toMatchObject({ severity: 'HIGH', tx_id: 'op_po_2', player_id: 'ayla', status: 'open' });
    expect(first).toMatchObject({ severity: 'MED', version: 1, provider_ref: 'mp_9' });
    expect(first?.message).toContain('its state is “processing” (void-refused-by-ledger)');
    await look();
    stand.clock.advance(20 * 60_000);
    await look();
    expect((await stand.findings('&type=payout_stuck')).map(({ version }) => version)).toEqual([1, 1]);
    // The service's token, for the tenant that it looks for.
    const { tenant, authorization } = asked.find(({ url }) => url.startsWith('/v1/payouts')) ?? {};
    expect({ tenant, authorization }).toEqual({ tenant: 't_one', authorization: 'Bearer dk_test' });
  });

  it('grows to high risk with its age', async () => {
    stand.clock.advance(24 * 3_600_000);
    await look();
    const found = await stand.findings('&type=payout_stuck');
    expect(found.map(({ severity }) => severity)).toEqual(['HIGH', 'HIGH']);
  });

  it('is neither raised nor closed while payments gives no answer, and the run says so', async () => {
    answers.payouts = [];
    answers.paymentsAway = true;
    const run = await look();
    expect(run).toMatchObject({
      status: 'failed',
      failure: { code: 'could-not-look' },
      result: { payouts: null },
    });
    expect(run.failure?.detail).toContain('503');
    expect((await stand.findings('&type=payout_stuck&status=open')).length).toBe(2);
    answers.paymentsAway = false;
  });

  it('is closed when it moves again, and comes back with it', async () => {
    answers.payouts = [payout('po_1', hoursAgo(30))];
    expect(await look()).toMatchObject({ status: 'done', found: '1' });
    const statuses = async () =>
      Object.fromEntries(
        (await stand.findings('&type=payout_stuck')).map((each) => [each.tx_id, each.status]),
      );
    expect(await statuses()).toEqual({ op_po_1: 'open', op_po_2: 'auto_resolved' });
    answers.payouts = [payout('po_2', hoursAgo(1))];
    await look();
    expect(await statuses()).toEqual({ op_po_1: 'auto_resolved', op_po_2: 'reopened' });
  });

  it('is found on every page of the list', async () => {
    answers.payouts = Array.from({ length: 2_105 }, (_, index) => payout(`po_many_${index}`, hoursAgo(1)));
    expect(await look()).toMatchObject({ result: { payouts: 2_105 } });
    // A newer one in front of the list closes none at its end.
    answers.payouts.unshift(payout('po_newest', hoursAgo(1)));
    expect(await look()).toMatchObject({ result: { payouts: 2_106 } });
    expect(await liveOf('payout_stuck')).toBe(2_106);
    answers.payouts = [];
    expect(await look()).toMatchObject({ found: '0' });
    expect(await liveOf('payout_stuck')).toBe(0);
  });
});

describe('an operation without an outcome', () => {
  it('is a finding of high risk after its limit, until its outcome is known', async () => {
    const events = [
      ...operation(1, 'unknown', hoursAgo(1.01)),
      ...operation(2, 'unknown', hoursAgo(0.99)),
      ...operation(3, 'pending', hoursAgo(90)),
      ...operation(4, 'sending', hoursAgo(2)),
    ];
    await stand.know(events, []);
    expect(await look()).toMatchObject({ status: 'done', found: '2', result: { operations: 2 } });
    const found = await stand.findings('&type=unknown_operation_aged');
    expect(found.map(({ tx_id }) => tx_id).sort()).toEqual(['op_stuck1_1', 'op_stuck4_4']);
    expect(found.every(({ severity }) => severity === 'HIGH')).toBe(true);
    await stand.know([{ ...known(events[0]), version: 2, operations: settled(events[0]) }], []);
    await look();
    const after = await stand.findings('&type=unknown_operation_aged&status=auto_resolved');
    expect(after.map(({ tx_id }) => tx_id)).toEqual(['op_stuck1_1']);
  });

  it('is a finding also when there are thousands, and older ones close none of the younger', async () => {
    const { database } = stand.database;
    const before = await liveOf('unknown_operation_aged');
    const add = (from: number, to: number, at: string) =>
      database.query(
        `insert into operation (tenant_id, operation_id, aggregate_id, aggregate_version, provider,
           connection_id, customer_id, kind, family, result, amount, fee, currency, business_on, occurred_at)
         select 't_one', 'op_aged_' || n, 'pi_' || n, 1, 'mock-psp', 'c_one', 'u1', 'sale', 'charge',
                'unknown', 100, 0, 'TRY', '2026-01-01', $3::timestamptz
           from generate_series($1::int, $2::int) n`,
        [from, to, at],
      );
    await add(1, 2_010, hoursAgo(2));
    await look();
    expect(await liveOf('unknown_operation_aged')).toBe(before + 2_010);
    await add(2_011, 2_020, hoursAgo(3));
    await look();
    expect(await liveOf('unknown_operation_aged')).toBe(before + 2_020);
    await database.query(`update operation set result = 'declined' where operation_id like 'op_aged_%'`);
    await look();
    expect(await liveOf('unknown_operation_aged')).toBe(before);
  });
});

const known = (event: PaymentsEventV1 | undefined): PaymentsEventV1 => {
  if (event === undefined) throw new Error('no event');
  return event;
};
const settled = (event: PaymentsEventV1 | undefined) =>
  known(event).operations.map((each) => ({ ...each, result: 'succeeded' }));

describe('streams', () => {
  it('that are late are counted and named, what is on time is not', async () => {
    answers.metrics = [
      'defter_outbox_oldest_unpublished_seconds{service="payments"} 301',
      'defter_consumer_lag_messages{topic="a",partition="0"} 4',
      'defter_consumer_lag_messages{topic="a",partition="1"} 3',
      '',
    ].join('\n');
    const { result } = await look();
    const { late, streams } = result as {
      late: string[];
      streams: { stream: string; behind: number | null }[];
    };
    expect(late).toEqual(['payments: outbox']);
    expect(streams).toContainEqual({ stream: 'payments: consumers', lateSeconds: 0, behind: 7 });
    answers.metrics = 'defter_outbox_oldest_unpublished_seconds{service="payments"} 299\n';
    expect(await look()).toMatchObject({ result: { late: [] } });
  });

  it('of the ledger that cannot be dated, for it gives no events, are said not to be seen', async () => {
    answers.ledgerHead = 12;
    const run = await look();
    expect(run).toMatchObject({ status: 'failed', failure: { code: 'could-not-look' } });
    answers.ledgerHead = 0;
  });
});

describe('the gauge and the page', () => {
  it('show the last look', async () => {
    answers.payouts = [payout('po_page', hoursAgo(49))];
    await look();
    const metrics = await fetch(`${stand.app.managementUrl}/metrics`).then((answer) => answer.text());
    expect(metrics).toMatch(/defter_reconciliation_stuck_count\{[^}]*what="payouts"[^}]*\} 1\b/);
    const url = `${stand.app.url}/api/v1/payments/reconciliation/reports/stuck`;
    const headers = { authorization: `Bearer ${stand.tokens.one}`, accept: 'text/html' };
    const page = await fetch(url, { headers }).then((answer) => answer.text());
    expect(page).toContain('Payout po_page of 125.00 TRY');
    expect(page).toMatch(/\d things are stuck\./);
    expect((await stand.call('GET', '/reports/stuck')).body).toMatchObject({ look: { status: 'done' } });
  });
});
