import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { CLOCK, CONFIG, Database, type Transaction } from '@defter/platform';
import { addDays, startOf } from '../business-day.js';
import type { Config } from '../config.js';
import type { Job, JobResult, RunningJob } from '../jobs/job.js';
import { arrivedBetween, batchesBetween } from './batch.read.js';
import { ReportPlaces } from './report-places.js';
import { paymentsBetween, bookingsBetween } from './payment.read.js';
import {
  bankTotals,
  doubtfulAccounts,
  doubtfulLines,
  paymentStates,
  type SettlementContent,
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
    const facts = { version: report.version, isNew, batches: content.batches.length, sentTo };
    job.info('The settlement report is made', facts);
    return { found: doubtfulLines(content) + doubtfulAccounts(content), facts };
  }

  private async content(tx: Transaction, { tenant, businessOn }: RunningJob): Promise<SettlementContent> {
    const from = addDays(businessOn, 1 - DAYS);
    const [since, end] = [startOf(from, tenant.zone), startOf(addDays(businessOn, 1), tenant.zone)];
    const batches = await batchesBetween(tx, tenant.id, [from, businessOn]);
    const ledger = { tenantId: tenant.id, ledger: tenant.ledger };
    const arrived = await arrivedBetween(tx, ledger, [since, end]);
    const providerOf = (connection: string): string =>
      tenant.connections.find(({ id }) => id === connection)?.provider ?? '';
    const { bankWindowDays: transferDays } = this.config;
    const payments = await paymentsBetween(tx, tenant.id, [from, businessOn]);
    const bookings = await bookingsBetween(tx, tenant.id, [from, businessOn]);
    const sides = { batches, arrived, payments, bookings, until: businessOn, transferDays, providerOf };
    return {
      ...{ tenant: tenant.id, tenantName: tenant.name, zone: tenant.zone, businessOn },
      ...{ since: since.toISOString(), asOf: this.clock.now().toISOString(), from },
      ...{ batches, bank: bankTotals(sides), payments: paymentStates(sides) },
    };
  }
}
