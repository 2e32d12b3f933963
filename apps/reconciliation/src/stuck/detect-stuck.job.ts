import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { CLOCK, CONFIG, Database, Fault } from '@defter/platform';
import { classifyAgedOperation, classifyStuckPayout } from '@defter/reconciliation-domain';
import type { Config } from '../config.js';
import type { Job, JobResult, RunningJob } from '../jobs/job.js';
import { WatchedServices } from '../watched-services.js';
import { AgedOperations } from './aged-operation.read.js';
import { parkedEvents } from './parked-event.read.js';
import { type Standing, StandingFindings } from './standing-findings.js';
import { measuredStreams, type StreamState, Streams } from './streams.js';
import { StuckPayouts } from './stuck-payouts.js';

/** Where it looks. */
@Injectable()
export class StuckSources {
  constructor(
    readonly payouts: StuckPayouts,
    readonly operations: AgedOperations,
    readonly streams: Streams,
    readonly services: WatchedServices,
  ) {}
}

/** The clock and the limits. */
@Injectable()
export class StuckLimits {
  constructor(
    @Inject(CONFIG) readonly config: Config,
    @Inject(CLOCK) readonly clock: Clock,
  ) {}
}

/** What a look found of one kind, or why it could not be had. */
type Look<T> = { readonly seen: T } | { readonly why: string };

/** Looks everywhere; what one source can't say doesn't keep the others from being heard. */
@Injectable()
export class DetectStuck implements Job {
  readonly name = 'detect-stuck';

  constructor(
    private readonly sources: StuckSources,
    private readonly limits: StuckLimits,
    private readonly findings: StandingFindings,
    private readonly database: Database,
  ) {}

  async run(job: RunningJob): Promise<JobResult> {
    const unseen: string[] = [];
    const payouts = heard(await look(() => this.payouts(job)), unseen);
    const operations = await this.operations(job);
    const streams = await this.streams(job, unseen);
    const parked = await parkedEvents(this.database, job.tenant.id);
    const late = streams.filter(
      ({ lateSeconds }) => lateSeconds * 1_000 > this.limits.config.streamLateAfterMs,
    );
    const facts = {
      payouts: payouts?.length ?? null,
      high: countHigh([...(payouts ?? []), ...operations]),
      operations: operations.length,
      parked: parked.count,
      streams,
      late: late.map(({ stream }) => stream),
    };
    const found = (payouts?.length ?? 0) + operations.length + parked.count + late.length;
    return { found, facts, unseen };
  }

  /** @throws Fault when payments doesn't answer: then nothing is raised and nothing closed */
  private async payouts(job: RunningJob): Promise<Standing[]> {
    const now = this.limits.clock.now();
    const payouts = await this.sources.payouts.read(job.tenant.id);
    const standing = payouts.map((payout) => ({ ...payout, classified: classifyStuckPayout(payout, now) }));
    await this.keep(job, 'payout_stuck', standing);
    return standing;
  }

  private async operations(job: RunningJob): Promise<Standing[]> {
    const now = this.limits.clock.now();
    const limit = new Date(now.getTime() - this.limits.config.unknownAfterMs);
    const operations = await this.sources.operations.before(job.tenant.id, limit);
    const standing = operations.map((each) => ({ ...each, classified: classifyAgedOperation(each, now) }));
    await this.keep(job, 'unknown_operation_aged', standing);
    return standing;
  }

  private async keep(
    job: RunningJob,
    type: 'payout_stuck' | 'unknown_operation_aged',
    standing: readonly Standing[],
  ): Promise<void> {
    const at = this.limits.clock.now();
    const seeing = { tenantId: job.tenant.id, origin: 'job' as const, cause: job.runId, at };
    const closed = await job.write((tx) => this.findings.keep(tx, seeing, type, standing));
    job.info('Looked for what stands still', { type, standing: standing.length, closed });
  }

  private async streams({ tenant }: RunningJob, unseen: string[]): Promise<StreamState[]> {
    const { streams, services } = this.sources;
    const measured = await measuredStreams(services);
    unseen.push(...measured.unseen);
    const events = heard(await look(() => streams.ledgerEvents(tenant)), unseen);
    const known = events === undefined ? [] : [events];
    return [await streams.ownOutbox(tenant.id), ...known, ...measured.streams];
  }
}

async function look<T>(at: () => Promise<T>): Promise<Look<T>> {
  try {
    return { seen: await at() };
  } catch (error) {
    if (error instanceof Fault) return { why: error.message };
    throw error;
  }
}

function heard<T>(looked: Look<T>, unseen: string[]): T | undefined {
  if ('seen' in looked) return looked.seen;
  unseen.push(looked.why);
  return undefined;
}

const countHigh = (standing: readonly Standing[]): number =>
  standing.filter(({ classified }) => classified.severity === 'HIGH').length;
