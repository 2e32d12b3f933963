import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import type { JobRunView, JobView } from '@defter/reconciliation-contracts';
import { Database, type RunningService } from '@defter/platform';
import { Stand } from '../testing/stand.js';
import { JobExecutor } from './job-executor.js';
import { jobLoop } from './job-loop.js';
import { JobMetrics, JobMetricsTools } from './job-metrics.js';
import { JobQueue } from './job-queue.js';
import { JobRequests } from './job-requests.js';
import { type Job, JOBS, type JobResult, type RunningJob } from './job.js';

const DAY_MS = 86_400_000;
const good: JobResult = { found: 0, facts: {} };

/** A report whose work the test decides. */
class TestJob implements Job {
  readonly name = 'daily-report';
  starts: { businessOn: string; progress: unknown }[] = [];
  work: (job: RunningJob) => Promise<JobResult> = () => Promise.resolve(good);

  run(job: RunningJob): Promise<JobResult> {
    this.starts.push({ businessOn: job.businessOn, progress: job.progress });
    return this.work(job);
  }
}

const job = new TestJob();
let stand: Stand;
let other: RunningService;
const request = (body: object = {}, as?: string) =>
  stand.call('POST', '/jobs/daily-report/runs', { body, ...(as !== undefined && { as }) });
const views = async () => (await stand.call('GET', '/jobs/daily-report/runs')).body['data'] as JobRunView[];

beforeAll(async () => {
  const jobs = { provide: JOBS, useValue: [job] };
  const env = { JOB_LEASE: '1500ms', JOB_POLL: '20ms' };
  const providers = [jobs, JobMetrics, JobMetricsTools];
  stand = await Stand.start({ roles: ['http', 'jobs'], env, providers });
  other = await stand.add(['jobs'], [jobs]);
});
afterAll(() => stand.stop());
beforeEach(async () => {
  await stand.database.database.query('delete from job_run');
  job.starts = [];
  job.work = () => Promise.resolve(good);
});

/** What the command line does: asks, takes, carries out. */
async function carriedOut(service: RunningService, again = false, date?: string) {
  const asked = { tenantId: 't_one', job: 'daily-report', by: 'test', again, taken: true, date };
  const requested = await service.get(JobRequests).request(asked);
  if (!requested.accepted || requested.state === 'done') return requested;
  const { run, state } = requested;
  const held = state === 'created' ? run : await service.get(JobQueue).take('t_one', run.run_id);
  return held === undefined ? 'busy' : service.get(JobExecutor).execute(held);
}

describe('a job of a business date', () => {
  it('is done once, and again only when somebody says so', async () => {
    job.work = () => Promise.resolve({ found: 3, facts: { version: 1 } });
    expect(await carriedOut(stand.app)).toBe('done');
    expect(await carriedOut(stand.app)).toMatchObject({ state: 'done' });
    const asked = await request();
    expect(asked).toMatchObject({ status: 200, body: { status: 'done', found: '3', round: 1 } });
    expect(job.starts).toEqual([{ businessOn: '2026-02-09', progress: {} }]);
    expect(await carriedOut(stand.app, true)).toBe('done');
    expect(await views()).toMatchObject([
      { round: 2, result: { version: 1 } },
      { round: 1, requested_by: 'test' },
    ]);
  });

  it('is one run for ten that ask at once, in two processes', async () => {
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    job.work = () => finished.then(() => good);
    const asking = Array.from({ length: 10 }, (_, index) => carriedOut(index % 2 === 0 ? stand.app : other));
    const busy = await Promise.race([
      Promise.all(asking),
      eventually(async () => {
        const ended = await Promise.all(
          asking.map((each) => Promise.race([each, Promise.resolve('under way')])),
        );
        expect(ended.filter((each) => each === 'busy')).toHaveLength(9);
        return ended;
      }),
    ]);
    expect(busy.filter((each) => each === 'under way')).toHaveLength(1);
    expect(await request()).toMatchObject({ status: 202, body: { status: 'running' } });
    const elsewhere = await request({ date: '2026-02-08' });
    expect(elsewhere).toMatchObject({
      status: 409,
      body: { code: 'job-under-way', business_on: '2026-02-09' },
    });
    finish();
    expect((await Promise.all(asking)).filter((each) => each === 'done')).toHaveLength(1);
    expect(job.starts).toHaveLength(1);
  });

  it('goes on where a silent process saved it; that one comes back and changes nothing', async () => {
    let wake = (): void => undefined;
    const asleep = new Promise<void>((resolve) => (wake = resolve));
    job.work = async (held) => {
      await held.save({ at: 'half' });
      await asleep;
      await held.write((tx) => tx.query('update job_run set found = 99 where tenant_id = $1', ['t_one']));
      return { found: 99, facts: {} };
    };
    // A process that was stopped from outside renews nothing: its lease ends, as if it had died.
    const paused = carriedOut(stand.app);
    await eventually(async () => expect(await views()).toMatchObject([{ progress: { at: 'half' } }]));
    await stand.database.database.query(
      `update job_run set lease_until = now() - interval '1 s', attempt = 2`,
    );
    // The other one is in the middle of it when the first comes back.
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    job.work = () => finished.then(() => ({ found: 1, facts: {} }));
    const second = carriedOut(other);
    await eventually(() => expect(job.starts).toHaveLength(2));
    expect(job.starts[1]).toEqual({ businessOn: '2026-02-09', progress: { at: 'half' } });
    wake();
    expect(await paused).toBe('taken-over');
    expect(await views()).toMatchObject([{ status: 'running', found: null, attempt: 3 }]);
    finish();
    expect(await second).toBe('done');
    expect(await views()).toMatchObject([{ status: 'done', found: '1', attempt: 3 }]);
  });

  it('is renewed while it works, longer than its lease', async () => {
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    job.work = () => finished.then(() => good);
    const working = carriedOut(stand.app);
    const first = await eventually(async () => {
      const [row] = await stand.database.database.query<{ at: Date }>(
        'select lease_until as at from job_run',
      );
      expect(row).toBeDefined();
      return row?.at ?? new Date(0);
    });
    await eventually(async () => {
      const [row] = await stand.database.database.query<{ at: Date }>(
        'select lease_until as at from job_run',
      );
      expect((row?.at.getTime() ?? 0) - first.getTime()).toBeGreaterThan(800);
    });
    expect(await carriedOut(other)).toBe('busy');
    finish();
    expect(await working).toBe('done');
  });

  it('that could not look has failed, says what it did see, and may be tried again', async () => {
    job.work = () => Promise.resolve({ found: 2, facts: { seen: 'a' }, unseen: ['payments gave no answer'] });
    expect(await carriedOut(stand.app)).toBe('failed');
    const failure = { code: 'could-not-look', detail: 'payments gave no answer' };
    expect(await views()).toMatchObject([{ status: 'failed', found: '2', result: { seen: 'a' }, failure }]);
    job.work = () => Promise.reject(new Error('a bug with a secret in it'));
    expect(await carriedOut(stand.app)).toBe('failed');
    const [broken] = await views();
    expect(broken).toMatchObject({ round: 2, failure: { code: 'job-broke' } });
    expect(JSON.stringify(broken)).not.toContain('secret');
    job.work = () => Promise.resolve(good);
    expect(await carriedOut(stand.app)).toBe('done');
  });

  it('is forgotten after ninety days, when a later one has succeeded', async () => {
    await carriedOut(stand.app);
    await stand.database.database.query(`update job_run set finished_at = finished_at - interval '91 days'`);
    job.work = () => Promise.resolve({ ...good, unseen: ['x'] });
    await carriedOut(stand.app, true);
    expect(await views()).toHaveLength(2);
    job.work = () => Promise.resolve(good);
    await carriedOut(stand.app, true);
    expect((await views()).map(({ round }) => round)).toEqual([3, 2]);
  });

  it('is given up after eight starts', async () => {
    job.work = (held) => held.save({}).then(() => new Promise<JobResult>(() => undefined));
    await stand.database.database.query(
      `insert into job_run (tenant_id, run_id, job, business_on, slot, round, status, requested_by,
         requested_at,
         attempt, lease_until)
       values ('t_one', 'job_0198c2d1e0b17c3a9f54c1d2e3f40516', 'daily-report', '2026-02-09', '2026-02-09', 1,
         'running', 'test', now(), 8, now() - interval '1 s')`,
    );
    expect(await carriedOut(stand.app)).toBe('failed');
    expect(await views()).toMatchObject([{ failure: { code: 'attempts-exhausted' } }]);
  });
});

describe('the API', () => {
  it('puts a job into the queue, and a worker carries it out', async () => {
    const worker = await stand.add(['jobs'], [{ provide: JOBS, useValue: [job] }, jobLoop()]);
    const asked = await request({ date: '2026-02-01' });
    expect(asked).toMatchObject({ status: 202, body: { status: 'queued', business_on: '2026-02-01' } });
    const path = `/jobs/daily-report/runs/${String(asked.body['id'])}`;
    await eventually(async () => {
      expect((await stand.call('GET', path)).body).toMatchObject({
        status: 'done',
        requested_by: 'k_one@test',
      });
    });
    expect((await stand.call('GET', path, { as: stand.tokens.two })).status).toBe(404);
    await worker.stop();
  });

  it('lists all jobs with the age of their last success, and counts it as late', async () => {
    job.work = () => Promise.resolve({ found: 2, facts: {} });
    await carriedOut(stand.app);
    const jobs = async () => (await stand.call('GET', '/jobs')).body['data'] as JobView[];
    stand.clock.advance(3_600_000);
    expect((await jobs()).find(({ name }) => name === 'daily-report')).toMatchObject({
      ...{ last_success_age_seconds: 3_600, is_late: false, schedule: '0 6 * * *' },
      last_run: { status: 'done' },
    });
    const metrics = await fetch(`${stand.app.managementUrl}/metrics`).then((answer) => answer.text());
    expect(metrics).toMatch(
      /defter_reconciliation_job_success_age_seconds\{[^}]*job="daily-report"[^}]*\} 3600\b/,
    );
    expect(metrics).toMatch(/defter_reconciliation_job_found_count\{[^}]*job="daily-report"[^}]*\} 2\b/);
    expect(metrics).toMatch(
      /defter_reconciliation_job_late_after_seconds\{[^}]*job="detect-stuck"[^}]*\} 1200\b/,
    );
    stand.clock.advance(26 * 3_600_000);
    expect((await jobs()).find(({ name }) => name === 'daily-report')?.is_late).toBe(true);
    expect((await jobs()).find(({ name }) => name === 'detect-stuck')).toMatchObject({
      ...{ last_success_at: null, is_late: false, last_run: null },
    });
  });

  it.each([
    ['/jobs/nothing/runs', {}, 404, 'job-unknown'],
    ['/jobs/daily-report/runs', { date: '2026-02-30' }, 400, 'malformed'],
    ['/jobs/daily-report/runs', { date: '2036-02-20' }, 422, 'job-date-ahead'],
    ['/jobs/detect-stuck/runs', { date: '2026-02-01' }, 422, 'job-looks-at-now'],
  ])('refuses %s %j', async (path, body, status, code) => {
    expect(await stand.call('POST', path, { body })).toMatchObject({ status, body: { code } });
  });

  it('is closed to who may only read', async () => {
    expect((await request({}, stand.tokens.reader)).status).toBe(403);
    expect(await stand.app.get(Database).query('select 1 from job_run')).toEqual([]);
  });
});

// The last one: its clock goes on to the next day.
describe('a job of a date', () => {
  it('is not done by a run that began before its date was over', async () => {
    const today = stand.clock.now().toISOString().slice(0, 10);
    expect(await carriedOut(stand.app, false, today)).toBe('done');
    expect(await carriedOut(stand.app, false, today)).toBe('done');
    stand.clock.advance(DAY_MS);
    expect(await carriedOut(stand.app)).toBe('done');
    expect(await carriedOut(stand.app)).toMatchObject({ state: 'done' });
    expect((await views()).map(({ round }) => round)).toEqual([3, 2, 1]);
  });
});
