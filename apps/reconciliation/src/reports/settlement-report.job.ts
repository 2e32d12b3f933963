import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { CLOCK, CONFIG, Database, type Transaction } from '@defter/platform';
import { addDays, startOf } from '../business-day.js';
import type { Config } from '../config.js';
import type { Job, JobResult, RunningJob } from '../jobs/job.js';
import { arrivedBetween, batchesBetween } from './batch.read.js';
import { isOfBatch, withExplanations } from './explanation.js';
import { bankExplanations, lineExplanations } from './explanation.read.js';
import { ReportPlaces } from './report-places.js';
import { paymentsBetween, bookingsBetween } from './payment.read.js';
import {
  bankDoubts,
  bankTotals,
  doubtfulAccounts,
  doubtfulLines,
  paymentStates,
  type SettlementContent,
  unexplainedOf,
} from './settlement-content.js';

/** Days of a report, with the business date: more than any transfer takes. */
const DAYS = 30;

/** What providers settled, batch by batch, beside our books and the bank's own statements. */
@Injectable()
export class SettlementReport implements Job {
  readonly name = 'settlement-report';

  constructor(
    private readonly database: Database,
    private readonly places: ReportPlaces,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(job: RunningJob): Promise<JobResult> {
    const { store, outbox } = this.places;
    const content = await this.database.transaction((tx) => this.content(tx, job), {
      isolation: 'repeatable read',
    });
    const { report, isNew } = await job.write((tx) => store.keep(tx, job, 'settlement', content));
    const sentTo = await outbox.send(report);
    const unexplained = unexplainedOf(content);
    const facts = { version: report.version, isNew, batches: content.batches.length, sentTo, unexplained };
    job.info('The settlement report is made', facts);
    return { found: doubtfulLines(content) + doubtfulAccounts(content), facts };
  }

  private async content(tx: Transaction, { tenant, businessOn }: RunningJob): Promise<SettlementContent> {
    const from = addDays(businessOn, 1 - DAYS);
    const [since, end] = [startOf(from, tenant.zone), startOf(addDays(businessOn, 1), tenant.zone)];
    const days = [from, businessOn] as const;
    const asOf = this.clock.now();
    const ofLines = await lineExplanations(tx, tenant.id, { days, asOf });
    const batches = (await batchesBetween(tx, tenant.id, days)).map((batch) =>
      withExplanations(batch, ofLines, isOfBatch),
    );
    const ledger = { tenantId: tenant.id, ledger: tenant.ledger };
    const arrived = await arrivedBetween(tx, ledger, [since, end]);
    const providerOf = (connection: string): string =>
      tenant.connections.find(({ id }) => id === connection)?.provider ?? '';
    const { bankWindowDays: transferDays } = this.config;
    const payments = await paymentsBetween(tx, tenant.id, days);
    const bookings = await bookingsBetween(tx, tenant.id, days);
    const atBank = { payments, bookings, until: businessOn, transferDays };
    const doubts = bankDoubts(atBank);
    const explanations = [...ofLines, ...(await bankExplanations(tx, tenant.id, { asOf, doubts }))];
    return {
      ...{ tenant: tenant.id, tenantName: tenant.name, zone: tenant.zone, businessOn },
      ...{ since: since.toISOString(), asOf: asOf.toISOString(), from, batches },
      bank: bankTotals({ ...atBank, batches, arrived, explanations, providerOf }),
      ...{ payments: paymentStates(atBank), explanations },
    };
  }
}
