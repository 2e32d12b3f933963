import { parseArgs } from 'node:util';
import type { Command, CommandContext } from '@defter/platform';
import { isDate } from '../business-day.js';
import { Tenants } from '../tenants.js';
import { JobExecutor } from './job-executor.js';
import { findPlan, jobNames, jobPlans } from './job-plans.js';
import { JobQueue } from './job-queue.js';
import { JobRequests, type Requested } from './job-requests.js';
import type { JobRunRow } from './job-run.js';
import { toJobRunView } from './job.wire.js';

/**
 * Exit codes. Done is 0 whatever was found, except by a job that looks for what must not be; the others are
 * of sysexits.h.
 */
const DONE = 0;
const FOUND = 1;
const COULD_NOT_LOOK = 2;
const USAGE = 64;
/** Under way elsewhere, or this process was told to stop: ask again later. */
const BUSY = 75;

const WORDS = `usage: job <name> [--date 2026-11-26] [--tenant-id <id>] [--again] [--json]
jobs: ${jobNames.join(', ')}`;

interface Asked {
  readonly job: string;
  readonly date: string | undefined;
  readonly tenantId: string | undefined;
  readonly again: boolean;
  readonly json: boolean;
}

/** `node main.js job <name>`: for every tenant, or the one that is named; the worst exit code counts. */
export const jobCommand: Command = {
  role: 'jobs',
  run: async (context) => {
    const asked = read(context.args);
    if (asked === undefined) {
      context.print(WORDS);
      for (const name of jobNames) context.print(`  ${name.padEnd(20)} ${jobPlans[name].does}`);
      return USAGE;
    }
    const tenants = (await context.service.get(Tenants).all()).map(({ id }) => id);
    if (asked.tenantId !== undefined && !tenants.includes(asked.tenantId)) {
      context.print(`There is no tenant ${asked.tenantId}`);
      return USAGE;
    }
    let worst = DONE;
    for (const tenantId of asked.tenantId === undefined ? tenants : [asked.tenantId])
      worst = graver(worst, await ofTenant(context, asked, tenantId));
    return worst;
  },
};

/** Not having looked is worse than being late, wrong use worse than both, and all of them than a find. */
const graver = (one: number, other: number): number =>
  [USAGE, COULD_NOT_LOOK, BUSY, FOUND].find((code) => code === one || code === other) ?? DONE;

function read(args: readonly string[]): Asked | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        date: { type: 'string' },
        'tenant-id': { type: 'string' },
        again: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const [job] = positionals;
    const { date, again, json } = values;
    if (job === undefined || positionals.length > 1 || (date !== undefined && !isDate(date)))
      return undefined;
    return { job, date, tenantId: values['tenant-id'], again, json };
  } catch {
    return undefined;
  }
}

/** Takes the run, also one that a dead process has left; what that one was for is done first. */
async function ofTenant(context: CommandContext, asked: Asked, tenantId: string): Promise<number> {
  const { job, date, again } = asked;
  const request = { tenantId, job, by: 'command line', date, again, taken: true };
  for (;;) {
    const requested = await context.service.get(JobRequests).request(request);
    const run = await takenOf(context, requested);
    if (run === undefined || !requested.accepted) return toldOf(context, asked, requested);
    const ending = await context.service.get(JobExecutor).execute(run);
    const after = await context.service.get(JobRequests).find({ tenantId, job, runId: run.run_id });
    if (after !== undefined) tell(context, asked, after);
    if (ending === 'stopped' || ending === 'taken-over') return BUSY;
    if (run.slot === requested.slot.slot) return ending === 'done' ? doneWith(after) : COULD_NOT_LOOK;
  }
}

const doneWith = (run: JobRunRow | undefined): number =>
  run !== undefined && findPlan(run.job)?.failsWhenFound === true && (run.found ?? 0n) > 0n ? FOUND : DONE;

/** The run in this process's hands; nothing when there is none to be had. */
async function takenOf({ service }: CommandContext, requested: Requested): Promise<JobRunRow | undefined> {
  if (!requested.accepted || requested.state === 'done') return undefined;
  const { run, state } = requested;
  return state === 'created' ? run : service.get(JobQueue).take(run.tenant_id, run.run_id);
}

/** Says why there is nothing to do for this process. */
function toldOf(context: CommandContext, asked: Asked, requested: Requested): number {
  if (!requested.accepted) {
    const { code, ...facts } = requested.refusal;
    context.print(asked.json ? JSON.stringify(requested.refusal) : `${code} ${JSON.stringify(facts)}`);
    return USAGE;
  }
  tell(context, asked, requested.run);
  if (requested.state === 'done') {
    if (!asked.json) context.print(`Done for ${requested.slot.slot} already; --again repeats it`);
    return doneWith(requested.run);
  }
  if (!asked.json) context.print('It is under way elsewhere');
  return BUSY;
}

function tell({ print }: CommandContext, { json }: Asked, run: JobRunRow): void {
  if (json) return print(JSON.stringify({ tenant_id: run.tenant_id, ...toJobRunView(run) }));
  const what = `${run.job} of ${run.slot} for ${run.tenant_id} (${run.run_id})`;
  if (run.status === 'done') return print(`${what}: done, ${String(run.found)} found`);
  if (run.status === 'failed') return print(`${what}: failed, ${run.failure_detail ?? run.failure_code}`);
  print(`${what}: ${run.status} since ${(run.started_at ?? run.requested_at).toISOString()}`);
}
