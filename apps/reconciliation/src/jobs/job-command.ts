import { parseArgs } from 'node:util';
import { type Command, type CommandContext, CONFIG } from '@defter/platform';
import { isDate } from '../business-day.js';
import type { Config } from '../config.js';
import { Tenants } from '../tenants.js';
import { JobExecutor } from './job-executor.js';
import { findPlan } from './job-plans.js';
import { JobQueue } from './job-queue.js';
import { JobRequests, type Requested } from './job-requests.js';
import type { JobRunRow } from './job-run.js';
import { toJobRunView } from './job.wire.js';
import {
  notADate,
  refusalText,
  runLines,
  tooManyNames,
  unknownJob,
  unknownTenant,
  USAGE_TEXT,
  usageLines,
} from './job-words.js';

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
    if ('help' in asked) {
      for (const line of asked.help) context.print(line);
      return DONE;
    }
    if ('wrong' in asked) {
      for (const line of asked.wrong) context.print(line);
      return USAGE;
    }
    const tenants = (await context.service.get(Tenants).all()).map(({ id }) => id);
    if (asked.tenantId !== undefined && !tenants.includes(asked.tenantId)) {
      context.print(unknownTenant(asked.tenantId, tenants));
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

interface Wrong {
  readonly wrong: readonly string[];
}

interface Help {
  readonly help: readonly string[];
}

function read(args: readonly string[]): Asked | Help | Wrong {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        date: { type: 'string' },
        'tenant-id': { type: 'string' },
        // What people type.
        tenant: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
        again: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { help: usageLines() };
    const [job] = positionals;
    if (job === undefined) return { wrong: usageLines() };
    if (positionals.length > 1) return { wrong: [tooManyNames(positionals)] };
    const { date, again, json, tenant, 'tenant-id': tenantId = tenant } = values;
    return checked({ job, date, tenantId, again, json });
  } catch (error) {
    // An option that isn't there, or without its value; its message says which.
    const [first = ''] = (error as Error).message.split('. ');
    return { wrong: [first, USAGE_TEXT] };
  }
}

function checked(asked: Asked): Asked | Wrong {
  const { job, date, json } = asked;
  if (findPlan(job) === undefined)
    return { wrong: [json ? JSON.stringify({ code: 'job-unknown' }) : unknownJob(job)] };
  return date === undefined || isDate(date) ? asked : { wrong: [notADate(date)] };
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
    const { refusal } = requested;
    context.print(asked.json ? JSON.stringify(refusal) : refusalText(asked.job, refusal));
    return USAGE;
  }
  tell(context, asked, requested.run);
  if (requested.state === 'done') {
    if (!asked.json) context.print(`It was done for ${requested.slot.slot} already: --again repeats it`);
    return doneWith(requested.run);
  }
  if (!asked.json) context.print('It is under way elsewhere: ask again later');
  return BUSY;
}

function tell({ print, service }: CommandContext, { json }: Asked, run: JobRunRow): void {
  if (json) return print(JSON.stringify({ tenant_id: run.tenant_id, ...toJobRunView(run) }));
  const { reportMailDir } = service.get<Config>(CONFIG);
  for (const line of runLines(run, reportMailDir)) print(line);
}
