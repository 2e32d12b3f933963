import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scratchFolder } from '@defter/testing';
import { jobCommand } from '../jobs/job-command.js';
import { JobMetrics, JobMetricsTools } from '../jobs/job-metrics.js';
import { Stand } from '../testing/stand.js';

const file = join(scratchFolder('exemptions'), 'exemptions.json');
let stand: Stand;

beforeAll(async () => {
  const env = { EXEMPTIONS_FILE: file };
  const providers = [JobMetrics, JobMetricsTools];
  stand = await Stand.start({ roles: ['http', 'jobs'], env, providers });
});
afterAll(() => stand.stop());

const register = (...dues: string[]): void => {
  const since = (due: string) => new Date(Date.parse(due) - 10 * 86_400_000).toISOString().slice(0, 10);
  const exemptions = dues.map((due, index) => ({
    ...{ id: `exemption-${index}`, kind: 'audit', what: 'package x 1.0', owner: 'platform' },
    ...{ reason: 'The release that mends it is not out yet', since: since(due), due },
  }));
  writeFileSync(file, JSON.stringify({ exemptions }));
};
const command = async (service = stand.app, ...more: string[]) => {
  const said: string[] = [];
  const print = (line: string) => said.push(line);
  const args = ['exemption-check', '--tenant-id', 't_one', ...more];
  return { code: await jobCommand.run({ args, service, print } as never), said: said.join('\n') };
};
const newest = async () =>
  ((await stand.call('GET', '/jobs/exemption-check/runs')).body['data'] as object[])[0];

describe('the job exemption-check', () => {
  // It is the tenth of February.
  it('ends with 0 on the last date of an exemption, and says which end soon', async () => {
    register('2026-02-10', '2026-02-17', '2026-02-18');
    expect((await command()).code).toBe(0);
    expect(await newest()).toMatchObject({
      found: '0',
      result: {
        exemptions: 3,
        overdue: [],
        soon: [{ id: 'exemption-0', due: '2026-02-10', owner: 'platform' }],
      },
    });
  });

  it('ends with 1 on the day after, also when it is asked again; an alert reads its count', async () => {
    register('2026-02-09', '2026-02-10', '2026-02-08');
    expect((await command(stand.app, '--again')).code).toBe(1);
    expect(await newest()).toMatchObject({
      ...{ status: 'done', found: '2' },
      result: { overdue: [{ id: 'exemption-0' }, { id: 'exemption-2' }] },
    });
    expect((await command()).code).toBe(1);
    const metrics = await (await fetch(`${stand.app.managementUrl}/metrics`)).text();
    expect(metrics).toMatch(/defter_reconciliation_job_found_count\{job="exemption-check",[^}]*\} 2/);
  });

  it('ends with 2 where the register is wrong, away, or named nowhere: none of that is clean', async () => {
    writeFileSync(file, '{"exemptions": [{"id": "x"}]}');
    const wrong = await command(stand.app, '--again');
    expect(wrong).toEqual({ code: 2, said: expect.stringContaining('exemptions[0] has no kind') });
    rmSync(file);
    const away = await command(stand.app, '--again');
    expect(away).toEqual({ code: 2, said: expect.stringContaining("can't be read (ENOENT)") });
    const bare = await Stand.start({ roles: ['jobs'], providers: [] });
    try {
      const none = await command(bare.app);
      expect(none).toEqual({ code: 2, said: expect.stringContaining('EXEMPTIONS_FILE names no register') });
    } finally {
      await bare.stop();
    }
  });
});
