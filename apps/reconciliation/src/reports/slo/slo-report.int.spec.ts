import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { objectives } from '@defter/reconciliation-contracts';
import { eventually, type PrometheusServer, scratchFolder, startPrometheus } from '@defter/testing';
import { Stand } from '../../testing/stand.js';
import type { StoredReport } from '../report.js';
import { JobExecutor } from '../../jobs/job-executor.js';
import { JobRequests } from '../../jobs/job-requests.js';
import { jobCommand } from '../../jobs/job-command.js';
import { history } from '../../testing/metric-history.js';
import type { SloContent } from './slo-content.js';

const mails = scratchFolder('mails');
let prometheus: PrometheusServer;
let stand: Stand;

beforeAll(async () => {
  prometheus = await startPrometheus({ dir: scratchFolder('prometheus'), history: history() });
  const env = { REPORT_MAIL_DIR: mails, PROMETHEUS_URL: prometheus.url };
  stand = await Stand.start({ roles: ['http', 'jobs'], env, providers: [] });
}, 120_000);
afterAll(async () => {
  await stand.stop();
  await prometheus.stop();
});

/** What the command line does. */
async function carriedOut(date?: string, again = false) {
  const asked = { tenantId: 't_one', job: 'slo-report', by: 'test', taken: true, date, again };
  const requested = await stand.app.get(JobRequests).request(asked);
  if (!requested.accepted) return requested.refusal.code;
  if (requested.state === 'done') return 'was done';
  return stand.app.get(JobExecutor).execute(requested.run);
}
const report = async (name: string) =>
  (await stand.call('GET', `/reports/slo/${name}`)).body as unknown as StoredReport<SloContent>;
const text = async (name: string) => {
  const url = `${stand.app.url}/api/v1/payments/reconciliation/reports/slo/${name}`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${stand.tokens.one}` } });
  return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() };
};
const partOf = ({ content }: StoredReport<SloContent>, objective: string, part: string | null = null) => {
  const { parts = [] } = content.objectives.find(({ name }) => name === objective) ?? {};
  const [found] = parts.filter((each) => each.part === part);
  if (found === undefined) throw new Error(`no ${objective} of ${part}`);
  return found;
};

describe('the SLO report of a week', () => {
  it('is made once a week, whichever of its days is named, and made again says the same', async () => {
    expect(await carriedOut()).toBe('done');
    expect(await carriedOut('2026-02-03')).toBe('was done');
    expect(await carriedOut('2026-02-03', true)).toBe('done');
    const [again, first] = (await stand.call('GET', '/jobs/slo-report/runs')).body['data'] as {
      business_on: string;
      result: object;
    }[];
    expect(first).toMatchObject({ business_on: '2026-02-08', result: { version: 1, isNew: true } });
    expect(again).toMatchObject({ business_on: '2026-02-08', result: { version: 1, isNew: false } });
    expect(await carriedOut('2026-02-09')).toBe('job-week-not-over');
  });

  it('is the week of the tenant’s zone, found by its name and by each of its days', async () => {
    const found = await report('2026-W06');
    expect(found.content).toMatchObject({
      ...{ week: '2026-W06', businessOn: '2026-02-08' },
      ...{ since: '2026-02-01T21:00:00.000Z', until: '2026-02-08T21:00:00.000Z' },
    });
    for (const name of ['latest', '2026-02-02', '2026-02-08.json', '2026-W06.json'])
      expect(await report(name)).toEqual(found);
    expect((await text('2026-W05')).status).toBe(404);
    expect(found.content.objectives.map(({ name }) => name)).toEqual(objectives.map(({ name }) => name));
  });

  it('has the figures that were measured', async () => {
    const found = await report('latest');
    // 60 requests a minute; of those of one hour, half failed: 1,800 of 604,800 beside a budget of 604.8.
    const ledger = partOf(found, 'availability', 'ledger');
    expect(ledger).toMatchObject({ verdict: 'missed', measured: 1, gaps: [] });
    expect(ledger.total).toBeGreaterThan(604_000);
    expect(ledger.total).toBeLessThan(605_500);
    expect(ledger.bad).toBeCloseTo(1_800, -1);
    expect(ledger.budgetSpent).toBeCloseTo(2.98, 1);
    expect(ledger.worst[0]).toMatchObject({ from: '2026-02-04T09:00:00.000Z' });
    expect(ledger.worst[0]?.bad).toBeCloseTo(1_800, -1);
    expect(ledger.days.map(({ on, bad }) => [on, bad !== null && bad > 0])).toEqual([
      ...[
        ['2026-02-02', false],
        ['2026-02-03', false],
        ['2026-02-04', true],
        ['2026-02-05', false],
      ],
      ...[
        ['2026-02-06', false],
        ['2026-02-07', false],
        ['2026-02-08', false],
      ],
    ]);
    // 2 of 100 are slow.
    const latency = partOf(found, 'latency', 'ledger');
    expect(latency.verdict).toBe('kept');
    expect(latency.attained).toBeCloseTo(0.98, 3);
    const webhooks = partOf(found, 'webhook-success');
    expect(webhooks.verdict).toBe('partial');
    expect(webhooks.attained).toBeCloseTo(0.9995, 4);
    // One of ten payouts took longer than a day, though it restarted from zero in the middle.
    const payouts = partOf(found, 'payout-time');
    expect(payouts.verdict).toBe('missed');
    expect(payouts.attained).toBeCloseTo(0.9, 2);
  });

  it('says what was not measured, and takes neither that nor silence for a success', async () => {
    const found = await report('latest');
    const payments = partOf(found, 'availability', 'payments');
    expect(payments).toMatchObject({
      verdict: 'partial',
      gaps: [{ from: '2026-02-05T21:05:00.000Z', until: '2026-02-06T21:00:00.000Z' }],
    });
    expect(payments.measured).toBeCloseTo(6 / 7, 2);
    expect(payments.days[4]).toMatchObject({ on: '2026-02-06', spent: null, total: null });
    expect(payments.hours[30]?.total).toBeGreaterThan(0);
    expect(partOf(found, 'availability', 'webhook-delivery')).toMatchObject({
      ...{ verdict: 'unknown', measured: 0, attained: null, total: null, budgetSpent: null },
    });
    expect(partOf(found, 'availability', 'reconciliation')).toMatchObject({
      ...{ verdict: 'unused', measured: 1, attained: null, total: 0 },
    });
    const { result, found: count } = (
      (await stand.call('GET', '/jobs/slo-report/runs')).body['data'] as {
        result: Record<string, unknown>;
        found: string;
      }[]
    )[0] ?? { result: {}, found: '' };
    expect(result['missed']).toEqual(['availability/ledger', 'payout-time']);
    expect(result['unknown']).toEqual([
      'availability/webhook-delivery',
      ...['latency/webhook-delivery', 'delivery-success'],
    ]);
    expect(result['partial']).toEqual([
      ...['availability/payments', 'latency/payments', 'webhook-success', 'webhook-placed'],
    ]);
    expect(count).toBe('9');
  });

  it('is a page that prints, Markdown, JSON, a table and a mail', async () => {
    const page = await text('latest.html');
    expect(page.type).toContain('text/html');
    expect(page.body).toContain('SLO report · Week 2026-W06');
    expect(page.body).toContain('2 objectives were missed: Availability (ledger), Payout time.');
    expect(page.body).toContain('To do: see what happened in the worst hours');
    // What was measured whole and good is a sentence, no table.
    expect(page.body).toContain('Measured all week, and nothing was bad.');
    expect(page.body).toContain('measured too little');
    expect(page.body).toContain('no data');
    expect(page.body).toMatch(/<polyline[^]*?class="burn"/);
    expect(page.body).toContain('class="unseen"');
    expect(page.body).toContain('@page');
    expect(page.body).not.toMatch(/undefined|NaN|Infinity/);
    const markdown = await text('latest.md');
    expect(markdown.type).toContain('text/markdown');
    expect(markdown.body).toMatch(/\| Availability \| ledger \| missed \| 99\.9 % \| 99\.70\d? % \|/);
    expect(markdown.body).toMatch(
      /\| Availability \| webhook-delivery \| not known \| 99\.9 % \| no data \|/,
    );
    expect(markdown.body).not.toMatch(/undefined|NaN/);
    const turkish = await text('latest.md?lang=tr');
    expect(turkish.body).toContain('| Kullanılabilirlik | ledger | tutmadı | %99,9 |');
    const csv = await text('2026-W06.csv');
    expect(csv.body).toContain('2026-W06,availability,webhook-delivery,unknown,0.999,,,,,0');
    expect(csv.body).toContain('2026-W06,availability,payments,partial,0.999,1,0,');
    expect(markdown.body).toContain('| Availability | payments | measured too little | 99.9 % | 100 % |');
    expect(readdirSync(mails)).toEqual(['t_one-slo-2026-02-08-v1.eml']);
    expect(readFileSync(`${mails}/t_one-slo-2026-02-08-v1.eml`, 'utf8')).toContain('text/html');
  });

  it('says of webhooks what is counted: dead letters, not what payments made of them', async () => {
    expect((await text('latest.md')).body).toContain(
      '99.9 % of webhooks are taken in without a dead letter.',
    );
    expect((await text('latest.md?lang=tr')).body).toContain(
      'Webhook’ların %99,9’u ölü mektup olmadan alınır.',
    );
  });

  it('of a week that Prometheus has forgotten fails, and its page says that nothing is known', async () => {
    expect(await carriedOut('2025-06-04')).toBe('failed');
    const [run] = (await stand.call('GET', '/jobs/slo-report/runs')).body['data'] as { failure: unknown }[];
    expect(run?.failure).toEqual({
      code: 'could-not-look',
      detail: 'Prometheus has no measurement of 2025-W23',
    });
    const page = await text('2025-W23.html');
    expect(page.body).toContain('Nothing of this week was measured');
    expect(page.body).not.toContain('100 %');
  });
});

describe('without a Prometheus that answers', () => {
  let server: Server;
  let answer: { status: number; body: string };
  let other: Stand;

  beforeAll(async () => {
    server = createServer((_, response) => response.writeHead(answer.status).end(answer.body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const env = { PROMETHEUS_URL: `http://127.0.0.1:${port}` };
    other = await Stand.start({ roles: ['http', 'jobs'], env, providers: [] });
  });
  afterAll(async () => {
    await other.stop();
    await new Promise((resolve) => server.close(resolve));
  });

  const command = async (service: Stand['app']) => {
    const said: string[] = [];
    const print = (line: string) => said.push(line);
    const args = ['slo-report', '--tenant-id', 't_one'];
    const code = await jobCommand.run({ args, service, print } as never);
    return { code, said: said.join('\n') };
  };

  it.each([
    ['no Prometheus', { status: 404, body: 'nothing here' }, 'Prometheus answered 404 without its JSON'],
    [
      'a query that it refuses',
      { status: 422, body: JSON.stringify({ status: 'error', error: 'query timed out' }) },
      'Prometheus refused (422): query timed out',
    ],
    [
      'a part of the stores only',
      {
        status: 200,
        body: JSON.stringify({ status: 'success', data: { result: [] }, warnings: ['store b is away'] }),
      },
      'Prometheus could not see everything: store b is away',
    ],
  ])('%s: it says so, ends with 2, and makes no report', async (_, given, detail) => {
    answer = given;
    expect(await command(other.app)).toEqual({ code: 2, said: expect.stringContaining(detail) });
    expect((await other.call('GET', '/reports/slo/latest')).status).toBe(404);
  });

  it('not even an address: it says which setting', async () => {
    const bare = await Stand.start({ roles: ['http', 'jobs'], providers: [] });
    try {
      const { code, said } = await command(bare.app);
      expect(code).toBe(2);
      expect(said).toContain('PROMETHEUS_URL names no Prometheus');
    } finally {
      await bare.stop();
    }
  });
});

describe('a Prometheus that scrapes', () => {
  it('gives what the report asks for: the names are those that a service exports', async () => {
    const target = `127.0.0.1:${new URL(stand.app.managementUrl).port}`;
    const scraping = await startPrometheus({ dir: scratchFolder('scraping'), scrapes: [target] });
    try {
      const query = 'process_start_time_seconds{service="reconciliation"}';
      const asked = `${scraping.url}/api/v1/query?query=${encodeURIComponent(query)}`;
      await eventually(async () => {
        await stand.call('GET', '/findings');
        const { data } = (await (await fetch(asked)).json()) as { data: { result: unknown[] } };
        expect(data.result).toHaveLength(1);
      });
      const counted = `defter_http_request_seconds_count{service="reconciliation",status_class="2xx"}`;
      await eventually(async () => {
        const url = `${scraping.url}/api/v1/query?query=${encodeURIComponent(counted)}`;
        const { data } = (await (await fetch(url)).json()) as { data: { result: unknown[] } };
        expect(data.result.length).toBeGreaterThan(0);
      });
    } finally {
      await scraping.stop();
    }
  }, 60_000);
});
