import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, scratchFolder } from '@defter/testing';
import type { JobRunView } from '@defter/reconciliation-contracts';
import { jobLoop } from '../jobs/job-loop.js';
import { runExecution } from '../roles.js';
import { netOf } from '../testing/book.js';
import { faultyBook } from '../testing/faults.js';
import { Stand } from '../testing/stand.js';
import type { DailyContent } from './daily-content.js';
import type { StoredReport } from './report.js';
import type { SettlementContent } from './settlement-content.js';

const DAY_MS = 86_400_000;
const mails = scratchFolder('mails');
const book = faultyBook(7, 120);
let stand: Stand;

beforeAll(async () => {
  const env = { REPORT_MAIL_DIR: mails, JOB_POLL: '20ms' };
  const providers = [...runExecution, jobLoop()];
  stand = await Stand.start({ roles: ['http', 'jobs'], env, providers });
});
afterAll(() => stand.stop());

const made = async (job: string, date: string, again = false): Promise<JobRunView> => {
  const asked = await stand.call('POST', `/jobs/${job}/runs`, { body: { date, again } });
  return eventually(async () => {
    const { body } = await stand.call('GET', `/jobs/${job}/runs/${String(asked.body['id'])}`);
    expect(['done', 'failed']).toContain(body['status']);
    return body as unknown as JobRunView;
  });
};
const daily = async (name: string) =>
  (await stand.call('GET', `/reports/${name}`)).body as unknown as StoredReport<DailyContent>;
const text = async (path: string, headers: Record<string, string> = {}, as = stand.tokens.one) => {
  const url = `${stand.app.url}/api/v1/payments/reconciliation/reports/${path}`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${as}`, ...headers } });
  return { status: answer.status, headers: answer.headers, body: await answer.text() };
};

describe('a daily report', () => {
  it('before anything was compared says so, rather than that all is well', async () => {
    expect(await made('daily-report', '2026-02-08')).toMatchObject({ status: 'done', found: '0' });
    const { content } = await daily('2026-02-08');
    const blind = { what: 'connection', provider: 'mock-psp', connection: 'c_one' };
    expect(content).toMatchObject({ open: { HIGH: 0 }, openBefore: null, blind: [blind] });
    const page = await text('2026-02-08.html');
    expect(page.body).toContain('Nobody knows whether everything is all right');
    expect(page.body).toContain(
      'mock-psp, connection c_one: NOT compared for this day. It never was compared.',
    );
    expect(page.body).not.toContain('lead good');
  });

  it('counts what is open as the list of findings does, the worst and oldest first', async () => {
    await stand.know(book.events(), book.ledger);
    stand.shelf.put('2026-01-31', book.text());
    stand.clock.advance(60_000);
    await stand.reconcile();
    const findings = await stand.findings();
    const run = await made('daily-report', '2026-02-09');
    expect(run).toMatchObject({ status: 'done', found: `${findings.length}`, result: { version: 1 } });
    const { content } = await daily('2026-02-09');
    const of = (severity: string) => findings.filter((each) => each.severity === severity).length;
    const counts = { HIGH: of('HIGH'), MED: of('MED'), LOW: of('LOW') };
    expect(counts.HIGH).toBeGreaterThan(0);
    // Money moved on that day, too, and its report isn't here yet.
    const blind = [{ what: 'report', provider: 'mock-psp', connection: 'c_one' }];
    expect(content).toMatchObject({ open: counts, openBefore: { HIGH: 0, MED: 0, LOW: 0 }, blind });
    expect(content.changes).toEqual({
      ...{ raised: counts, cameBack: 0, closedByPeople: 0, closedByThemselves: 0 },
    });
    expect(content.ageing[0]).toEqual({ band: 'today', ...counts });
    expect(content.findings.map(({ id }) => id).sort()).toEqual(findings.map(({ id }) => id).sort());
    const order = content.findings.map(({ severity }) => severity).join();
    expect(order).toMatch(/^(HIGH,?)+(MED,?)*(LOW,?)*$/);
  });

  it('adds money up per provider, connection and currency, in and out apart', async () => {
    await made('daily-report', '2026-01-31');
    const { content } = await daily('2026-01-31');
    const operations = [...book.operations.values()].filter(({ occurredAt }) => occurredAt < '2026-02-01');
    const moved = operations.filter(({ result }) => result === 'succeeded' || result === 'returned');
    const sum = (kept: typeof moved) =>
      `${kept.reduce((all, { amountMinor }) => all + BigInt(amountMinor), 0n)}`;
    const cameIn = moved.filter(({ kind, result }) => kind === 'sale' || result === 'returned');
    const went = moved.filter(({ kind }) => kind === 'payout');
    expect(content.moved).toMatchObject([
      {
        ...{ provider: 'mock-psp', connection: 'c_one', currency: 'TRY' },
        ...{ inCount: cameIn.length, inMinor: sum(cameIn), outCount: went.length, outMinor: sum(went) },
      },
    ]);
    expect(content.flow).toEqual([
      { on: '2026-01-31', currency: 'TRY', inMinor: sum(cameIn), outMinor: sum(went) },
    ]);
    const [settled] = content.settled.filter(({ currency }) => currency === 'TRY');
    expect(settled?.lines).toBe(book.lines.filter(({ currency }) => currency === 'TRY').length);
    const gross = book.lines
      .filter(({ currency }) => currency === 'TRY')
      .reduce((all, line) => all + netOf(line) + line.fee, 0n);
    expect(settled?.amountMinor).toBe(`${gross}`);
    expect(BigInt(settled?.unexplainedMinor ?? 0)).toBeGreaterThan(0n);
    expect(BigInt(settled?.explainedMinor ?? 0)).toBeGreaterThan(0n);
    // What was found out ten days later is no part of it.
    expect(content.findings).toEqual([]);
  });

  it('made again says the same, as the same version; with other facts it is the next one', async () => {
    const first = await daily('2026-02-09');
    expect(await made('daily-report', '2026-02-09', true)).toMatchObject({
      ...{ round: 2, result: { version: 1, isNew: false } },
    });
    const [finding] = first.content.findings;
    const resolved = { body: { resolution: 'psp_dispute' }, key: 'dispute-1', as: stand.tokens.ayse };
    await stand.call('POST', `/findings/${finding?.id}/resolve`, resolved);
    expect(await made('daily-report', '2026-02-09', true)).toMatchObject({ result: { version: 2 } });
    const { content } = await daily('2026-02-09');
    expect(content.changes.closedByPeople).toBe(1);
    expect(content.findings).toHaveLength(first.content.findings.length - 1);
    expect(await daily('2026-02-09?version=1')).toEqual(first);
  });

  it('the day after says what changed; all is a day older, and the day before stays as it was', async () => {
    const before = await daily('2026-02-09');
    stand.clock.advance(DAY_MS);
    const [one] = before.content.findings;
    const resolved = { body: { resolution: 'accepted_risk' }, key: 'risk-1', as: stand.tokens.ayse };
    await stand.call('POST', `/findings/${one?.id}/resolve`, resolved);
    await made('daily-report', '2026-02-10');
    const { content } = await daily('latest');
    expect(content).toMatchObject({ businessOn: '2026-02-10', openBefore: before.content.open });
    expect(content.since).toBe(before.content.asOf);
    expect(content.changes).toMatchObject({ raised: { HIGH: 0, MED: 0, LOW: 0 }, closedByPeople: 1 });
    const [today, threeDays] = content.ageing;
    expect(today).toMatchObject({ HIGH: 0, MED: 0, LOW: 0 });
    expect(threeDays).toEqual({ band: 'threeDays', ...content.open });
    // Its end lies before the decision: nobody can change the past by making its report again.
    expect(await made('daily-report', '2026-02-09', true)).toMatchObject({ result: { isNew: false } });
  });
});

describe('the page', () => {
  it('runs nothing, loads nothing, and shows whatever a provider wrote as text', async () => {
    const evil = `<script>alert(1)</script><img src=x onerror=alert(2)>`;
    await stand.database.database.query(`update finding set message = $1`, [evil]);
    await made('daily-report', '2026-02-10', true);
    const page = await text('2026-02-10', { accept: 'text/html' });
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.body).not.toMatch(/<script|<img|<link|href=|src=x onerror=alert\(2\)>/);
    expect(page.body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  it('is in the language of the reader', async () => {
    const turkish = await text('2026-02-10.html', { 'accept-language': 'tr-TR,tr;q=0.9' });
    expect(turkish.body).toContain('<html lang="tr">');
    expect(turkish.body).toContain('Yapılacaklar, en acil olan en üstte');
    expect((await text('2026-02-10.html?lang=en', { 'accept-language': 'tr' })).body).toContain('What to do');
  });
});

describe('the table', () => {
  it('has a line for every open finding, and no formula', async () => {
    await stand.database.database.query(`update finding set message = '=cmd|calc!A1'`);
    await made('daily-report', '2026-02-10', true);
    const csv = await text('2026-02-10.csv');
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const { content } = await daily('2026-02-10');
    const lines = csv.body.trim().split('\r\n');
    expect(lines).toHaveLength(content.findings.length + 1);
    expect(csv.body).toContain(`,'=cmd|calc!A1,`);
  });
});

describe('a report', () => {
  it('is put into the folder as a mail, one per version', async () => {
    const names = readdirSync(mails).sort();
    expect(names).toEqual([
      ...['t_one-daily-2026-01-31-v1.eml', 't_one-daily-2026-02-08-v1.eml'],
      ...['t_one-daily-2026-02-09-v1.eml', 't_one-daily-2026-02-09-v2.eml'],
      ...['t_one-daily-2026-02-10-v1.eml', 't_one-daily-2026-02-10-v2.eml', 't_one-daily-2026-02-10-v3.eml'],
    ]);
    const mail = readFileSync(`${mails}/t_one-daily-2026-02-10-v1.eml`, 'utf8');
    const [, subject = ''] = /^Subject: =\?UTF-8\?B\?([^?]+)\?=/m.exec(mail) ?? [];
    expect(Buffer.from(subject, 'base64').toString()).toBe('Daily report 10 February 2026 · t_one');
  });

  it('is nobody else’s', async () => {
    expect((await text('2026-02-10', {}, stand.tokens.two)).status).toBe(404);
    const list = async (as: string) => (await stand.call('GET', '/reports', { as })).body['data'];
    expect(await list(stand.tokens.two)).toEqual([]);
    expect(await list(stand.tokens.reader)).toHaveLength(4);
  });

  it.each(['2026-02-30', '2026-02-10.pdf', 'weekly/2026-02-10', '2025-01-01'])('%s: 404', async (name) =>
    expect((await text(name)).status).toBe(404),
  );

  it('can’t be changed by the service', async () => {
    const change = stand.database.database.query(`update report set version = 9`);
    await expect(change).rejects.toThrow(/permission denied/);
  });
});

describe('a settlement report', () => {
  it('sets every batch beside our books, explained and unexplained apart', async () => {
    const run = await made('settlement-report', '2026-02-09');
    expect(run).toMatchObject({ status: 'done' });
    const { content } = (await stand.call('GET', '/reports/settlement/2026-02-09'))
      .body as unknown as StoredReport<SettlementContent>;
    const [batch] = content.batches.filter(({ currency }) => currency === 'TRY');
    const lines = book.lines.filter(({ currency }) => currency === 'TRY');
    const isIn = ({ kind, status }: (typeof lines)[number]) => kind === 'charge' || status === 'returned';
    const sum = (kept: typeof lines) => `${kept.reduce((all, { gross }) => all + gross, 0n)}`;
    expect(batch).toMatchObject({
      ...{ on: '2026-01-31', batch: 'settlement-2026-01-31', lines: lines.length },
      ...{ inMinor: sum(lines.filter(isIn)), outMinor: sum(lines.filter((line) => !isIn(line))) },
    });
    expect(run.found).toBe(
      `${content.batches.reduce((all, each) => all + each.unmatchedLines + each.unexplainedLines, 0)}`,
    );
    const [bank] = content.bank.filter(({ currency }) => currency === 'TRY');
    expect(bank).toMatchObject({
      netMinor: batch?.netMinor,
      arrivedMinor: '0',
      toComeMinor: batch?.netMinor,
    });
  });

  it('shows what arrived at the bank: many lines, one transfer', async () => {
    const posting = {
      source: 'bank:c_one',
      destination: 'psp:c_one:receivable',
      amount: '4000',
      asset: 'TRY/2',
    };
    const at = '2026-02-02T08:00:00Z';
    const transaction = {
      id: 9_000,
      status: 'posted' as const,
      postings: [posting],
      timestamp: at,
      metadata: {},
    };
    const common = { ledger: 'main', sequence: 9_000, recordedAt: at, balances: [] };
    await stand.know([], [{ ...common, type: 'TransactionCreated', data: { transaction } }]);
    expect(await made('settlement-report', '2026-02-09', true)).toMatchObject({ result: { version: 2 } });
    const { content } = (await stand.call('GET', '/reports/settlement/latest'))
      .body as unknown as StoredReport<SettlementContent>;
    const [bank] = content.bank.filter(({ currency }) => currency === 'TRY');
    expect(bank).toMatchObject({ arrivedMinor: '4000', transfers: 1 });
    expect(BigInt(bank?.netMinor ?? 0) - BigInt(bank?.toComeMinor ?? 0)).toBe(4_000n);
    expect((await text('settlement/latest.html')).body).toContain('40.00 TRY');
  });
});

describe('a capacity report', () => {
  it('measures tables, and their growth from the second one on', async () => {
    const today = stand.clock.now().toISOString().slice(0, 10);
    expect(await made('capacity-report', today)).toMatchObject({ status: 'done' });
    const page = await text('capacity/latest.html?lang=tr');
    expect(page.body).toContain('journal_entry');
    expect(page.body).toContain('ikinci rapordan önce bilinmez');
    stand.clock.advance(DAY_MS);
    const tomorrow = stand.clock.now().toISOString().slice(0, 10);
    await made('capacity-report', tomorrow);
    const { body } = await stand.call('GET', '/reports/capacity/latest');
    const { tables } = body['content'] as { tables: { bytesPerDay: number | null }[] };
    expect(tables.every(({ bytesPerDay }) => bytesPerDay !== null && bytesPerDay >= 0)).toBe(true);
  });
});
