import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunningService } from '@defter/platform';
import { eventually } from '@defter/testing';
import type { JobRunView, RunView } from '@defter/reconciliation-contracts';
import { JobExecutor } from '../jobs/job-executor.js';
import { JobQueue } from '../jobs/job-queue.js';
import { JobRequests } from '../jobs/job-requests.js';
import { Stand } from '../testing/stand.js';

let stand: Stand;
/** As a CronJob's pod: it asks and waits, and carries no run out. */
let pod: RunningService;

beforeAll(async () => {
  stand = await Stand.start({ roles: ['http', 'jobs'], env: { JOB_LEASE: '1500ms', JOB_POLL: '20ms' } });
  pod = await stand.add(['jobs'], []);
});
afterAll(() => stand.stop());
beforeEach(async () => {
  await stand.database.database.query('delete from job_run');
  stand.shelf.away = false;
});

/** What the command line does: asks, takes, carries out. */
async function carriedOut(by: RunningService, date?: string): Promise<string> {
  const asked = { tenantId: 't_one', job: 'reconcile', by: 'test', again: false, taken: true, date };
  const requested = await by.get(JobRequests).request(asked);
  if (!requested.accepted) return requested.refusal.code;
  if (requested.state === 'done') return 'done before';
  const { run, state } = requested;
  const held = state === 'created' ? run : await by.get(JobQueue).take('t_one', run.run_id);
  return held === undefined ? 'busy' : by.get(JobExecutor).execute(held);
}

/** The runs of these dates; each test has dates of its own. */
const runs = async (...dates: readonly string[]): Promise<RunView[]> =>
  ((await stand.call('GET', '/runs')).body['data'] as unknown as RunView[]).filter(({ business_on: date }) =>
    dates.includes(date ?? ''),
  );
const jobRuns = async (): Promise<JobRunView[]> =>
  (await stand.call('GET', '/jobs/reconcile/runs')).body['data'] as JobRunView[];

describe('the job reconcile', () => {
  it('runs reconciliation of the date once, whoever asks again', async () => {
    expect(await carriedOut(pod)).toBe('done');
    expect(await runs('2026-02-09')).toMatchObject([
      {
        ...{ provider: 'mock-psp', connection_id: 'c_one', business_on: '2026-02-09' },
        ...{ status: 'completed', requested_by: 'job reconcile' },
      },
    ]);
    const [run] = await runs('2026-02-09');
    expect(await jobRuns()).toMatchObject([
      { status: 'done', result: { runs: { c_one: `${run?.id ?? ''} completed` } } },
    ]);
    expect(await carriedOut(stand.app)).toBe('done before');
    expect(await runs('2026-02-09')).toHaveLength(1);
    expect(await carriedOut(pod, '2026-02-08')).toBe('done');
    expect(await runs('2026-02-08', '2026-02-09')).toHaveLength(2);
  });

  it('requests nothing again after its process died, and waits for what was requested', async () => {
    const date = '2026-02-07';
    const request = { ...{ tenantId: 't_one', job: 'reconcile', by: 'test' }, again: false, taken: true };
    const requested = await pod.get(JobRequests).request({ ...request, date });
    if (!requested.accepted) throw new Error(requested.refusal.code);
    const earlier = await stand.reconcile({ business_on: date });
    await stand.database.database.query(
      `update job_run set progress = $1, lease_until = now() - interval '1 s' where run_id = $2`,
      [JSON.stringify({ runs: { c_one: earlier.id } }), requested.run.run_id],
    );
    expect(await carriedOut(pod, date)).toBe('done');
    expect((await runs(date)).map(({ id }) => id)).toEqual([earlier.id]);
  });

  it('could not look where a run failed, and says why', async () => {
    stand.shelf.away = true;
    const date = '2026-02-06';
    const ending = carriedOut(pod, date);
    await eventually(async () => expect(await runs(date)).toHaveLength(1));
    const [run] = await runs(date);
    await stand.database.database.query(
      `update run set status = 'failed', failure_code = 'x', failure_detail = 'the provider was away',
         finished_at = now() where run_id = $1`,
      [run?.id],
    );
    expect(await ending).toBe('failed');
    const [ran] = await jobRuns();
    expect(ran?.failure).toMatchObject({ code: 'could-not-look' });
    expect(JSON.stringify(ran?.failure)).toContain('the run of c_one failed: the provider was away');
  });
});
